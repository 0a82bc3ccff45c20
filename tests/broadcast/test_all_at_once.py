"""Everything that touches a broadcast, at the same time."""

from __future__ import annotations

import random
from collections import Counter
from threading import Thread
from typing import Any

from django.db import connections

from bots.models import Bot
from broadcast.contracts import ITSELF
from broadcast.errors import BroadcastError
from broadcast.services.attribute_replies import attribute_replies
from broadcast.services.lifecycle import (
    choose_winner,
    finish_if_done,
    pause_broadcast,
    resume_broadcast,
    retry_failed,
    set_rate,
)
from broadcast.services.note_click import note_click
from broadcast.services.settle_recipients import reconcile
from core.tenancy import in_bot
from mailbox.services.erase_mail import erase_mail
from mailbox.services.withdraw import withdraw
from profiles.models import Profile
from profiles.services.erase_profile import erase_profile
from profiles.services.log_activity import log_activity
from tests.broadcast.campaigns import content, frozen, ledger, read, recounted, written
from tests.broadcast.postman import came_of, came_of_each, released, taken
from tests.broadcast.test_freeze import start
from tests.cast import make_profile

PEOPLE = 120
BUTTONS = [[{"label": "Yes"}]]


def test_nobody_gets_it_twice_nobody_waits_in_a_circle_and_all_is_counted(  # noqa: C901 - many at once
    bot: Bot,
) -> None:
    chance = random.Random(7)
    people = [make_profile(bot) for _ in range(PEOPLE)]
    texts = content("One", "Two", buttons=BUTTONS)
    # The younger start first: their order by id is another than by start.
    fields: dict[str, Any] = {"texts": texts, "test_percent": 70, "control_percent": 5}
    campaigns = [written(bot, error_percent=0, errors_in_row=0, **fields) for _ in range(3)]
    for each in reversed(campaigns):
        start(each)
        frozen(each)
    recipient_ids = [each for one in campaigns for each in ledger(one, bot.id, "id")]
    arrived: Counter[tuple[str, int]] = Counter()
    failures: list[Exception] = []
    is_over = False

    def in_scope(service: Any, **arguments: Any) -> None:
        with in_bot(bot.id):
            service(**arguments)

    def send() -> None:
        messages = taken(bot, slots=12)
        verdicts = []
        for message in messages:
            state = chance.choices(["sent", "failed", "unknown", "pending"], [80, 6, 6, 8])[0]
            if state == "sent":
                arrived[message.correlation_id, message.chat_id] += 1
            verdicts.append((message, state))
        came_of_each(bot, verdicts)

    def press() -> None:
        one = chance.choice(campaigns)
        service: Any = chance.choice(
            [pause_broadcast, resume_broadcast, retry_failed, set_rate, choose_winner]
        )
        needed: dict[Any, dict[str, Any]] = {set_rate: {"rate": None}, choose_winner: {"label": "B"}}
        more = needed.get(service, {})
        try:
            in_scope(service, broadcast_id=one.id, by=ITSELF, **more)
        except BroadcastError:
            return

    def forget() -> None:
        if len(people) > PEOPLE // 2:
            person = people.pop()
            with in_bot(bot.id):
                erase_profile(bot_id=bot.id, profile_id=person.id)
                erase_mail(bot_id=bot.id, telegram_id=person.telegram_id)

    def answer() -> None:
        person = chance.choice(people[: PEOPLE // 2])
        with in_bot(bot.id):
            log_activity(bot_id=bot.id, profile_id=person.id, kind="message")
            Profile.objects.for_bot(bot.id).filter(id=person.id).update(last_seen_at=person.last_seen_at)
        in_scope(attribute_replies, bot_id=bot.id)

    def click() -> None:
        in_scope(note_click, bot_id=bot.id, recipient_id=chance.choice(recipient_ids), button=0)

    def look_after() -> None:
        in_scope(reconcile, bot_id=bot.id)
        for one in campaigns:
            in_scope(finish_if_done, broadcast_id=one.id)

    def want_quiet() -> None:
        in_scope(withdraw, bot_id=bot.id, chat_id=chance.choice(people[: PEOPLE // 2]).telegram_id)

    def again_and_again(work: Any) -> None:
        try:
            while not is_over:
                work()
        except Exception as error:  # noqa: BLE001 - told by the test
            failures.append(error)
        finally:
            connections.close_all()

    works = [lambda: released(bot, room=20), send, press, forget, answer, click, look_after, want_quiet]
    threads = [Thread(target=again_and_again, args=[each]) for each in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(6.0 if thread is threads[0] else 0.0)
    is_over = True
    for thread in threads:
        thread.join()
    assert failures == []

    for one in campaigns:
        with in_bot(bot.id):
            if read(one).state == "paused":
                resume_broadcast(broadcast_id=one.id, by=ITSELF)
            if not read(one).winner:
                choose_winner(broadcast_id=one.id, label="A", by=ITSELF)
    for _ in range(50):
        released(bot)
        messages = taken(bot)
        arrived.update((message.correlation_id, message.chat_id) for message in messages)
        came_of(bot, messages)
        look_after()
        if all(read(one).state == "finished" for one in campaigns):
            break
    assert {read(one).state for one in campaigns} == {"finished"}
    assert max(arrived.values()) == 1
    for one in campaigns:
        (figures,) = recounted(one)
        assert set(figures) <= {
            "total",
            "sent",
            "failed",
            "unknown",
            "control",
            "erased",
            "replied",
            "clicked",
        }
        # Of those who were erased while it was on its way nobody knows.
        known = sum(count for (name, _), count in arrived.items() if name == str(one.id))
        assert figures["sent"] <= known <= figures["sent"] + figures["erased"]
