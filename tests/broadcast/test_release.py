"""From the ledger into the outbox: who, when, with what; and never twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections

from bots.models import Bot
from broadcast.contracts import ITSELF
from broadcast.models import Broadcast, Recipient
from broadcast.pace import Allowance
from broadcast.services import release as releasing
from broadcast.services.draft import attach_file
from broadcast.services.lifecycle import choose_winner, finish_if_done, pause_broadcast, pause_troubled
from broadcast.services.settle_recipients import reconcile
from core.clock import Clock
from core.tenancy import in_bot
from events.services.record_event import record_event
from mailbox.models import Media
from mailbox.services.withdraw import withdraw
from profiles.models import Profile
from tests.broadcast.campaigns import begun, content, frozen, ledger, read, recounted, share_of, written
from tests.broadcast.postman import came_of, delivered, elsewhere, outbox, released, taken
from tests.broadcast.test_freeze import PDF, start
from tests.cast import make_profile


def change(person: Profile, **fields: Any) -> None:
    with in_bot(person.bot_id):
        Profile.objects.for_bot(person.bot_id).filter(id=person.id).update(**fields)


def finish(broadcast: Broadcast) -> bool:
    with in_bot(broadcast.bot_ids[0]):
        return finish_if_done(broadcast_id=broadcast.id)


def test_each_goes_out_once_and_then_it_is_done(bot: Bot) -> None:
    people = [make_profile(bot) for _ in range(5)]
    broadcast = begun(bot)
    found = released(bot, room=3)
    assert (found.count, found.running, found.done) == (3, 1, ())
    assert recounted(broadcast) == [{"total": 5, "released": 3}]
    assert released(bot, room=0).count == 0
    assert released(bot).count == 2
    assert released(bot).count == 0
    messages = taken(bot)
    assert sorted(message.chat_id for message in messages) == sorted(each.telegram_id for each in people)
    assert {message.priority for message in messages} == {3}
    came_of(bot, messages)
    assert not finish(broadcast)
    assert released(bot).done == ((broadcast.id, (bot.id,)),)
    assert finish(broadcast)
    assert recounted(broadcast) == [{"total": 5, "sent": 5}]
    assert released(bot).running == 0
    assert taken(bot) == []


def test_two_who_release_at_once_release_each_once(bot: Bot) -> None:
    for _ in range(60):
        make_profile(bot)
    broadcast = begun(bot)
    together = Barrier(3)

    def look() -> None:
        try:
            together.wait()
            for _ in range(8):
                released(bot, room=7)
        finally:
            connections.close_all()

    threads = [Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    released(bot)
    messages = taken(bot)
    assert len(messages) == len({message.chat_id for message in messages}) == 60
    assert recounted(broadcast) == [{"total": 60, "released": 60}]


def test_nothing_leaves_what_is_not_running(bot: Bot) -> None:
    make_profile(bot)
    broadcast = begun(bot)
    with in_bot(bot.id):
        pause_broadcast(broadcast_id=broadcast.id)
    assert released(bot).running == 0
    assert outbox(bot) == []


def test_a_pause_that_came_since_the_look_began_is_kept_to(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    make_profile(bot)
    broadcast = begun(bot)
    open_shares = releasing._open_shares

    def meanwhile(bot_id: Any) -> Any:
        found = open_shares(bot_id)

        def pause() -> None:
            with in_bot(bot.id):
                pause_broadcast(broadcast_id=broadcast.id)

        elsewhere(pause)
        return found

    monkeypatch.setattr(releasing, "_open_shares", meanwhile)
    assert released(bot).count == 0
    assert outbox(bot) == []
    assert recounted(broadcast) == [{"total": 1}]


def test_a_text_for_the_rest_that_was_chosen_since_the_look_began_still_reaches_them(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken for done without them, they would wait for ever: the text cannot be chosen twice."""
    for _ in range(40):
        make_profile(bot)
    broadcast = begun(bot, texts=content("One", "Two"), test_percent=30)
    spare = ledger(broadcast, bot.id).count("spare")
    assert 0 < spare < 40
    delivered(bot)
    open_shares = releasing._open_shares

    def meanwhile(bot_id: Any) -> Any:
        monkeypatch.setattr(releasing, "_open_shares", open_shares)
        found = open_shares(bot_id)

        def choose() -> None:
            with in_bot(bot.id):
                choose_winner(broadcast_id=broadcast.id, label="B", by=ITSELF)

        elsewhere(choose)
        return found

    monkeypatch.setattr(releasing, "_open_shares", meanwhile)
    found = released(bot)
    assert (found.count, found.done) == (spare, ())
    messages = taken(bot)
    assert {message.params["text"] for message in messages} == {"Two"}
    came_of(bot, messages)
    assert released(bot).done
    assert recounted(broadcast) == [{"total": 40, "sent": 40}]


def test_the_better_text_goes_to_the_rest_and_to_nobody_else(bot: Bot, stopped_clock: Clock) -> None:
    """With the time standing still, too: what was read before must not be what is said now."""
    for _ in range(40):
        make_profile(bot)
    broadcast = begun(bot, texts=content("One", "Two"), test_percent=30, control_percent=20)
    places = Counter(ledger(broadcast, bot.id))
    assert len(delivered(bot)) == places["waiting"]
    assert released(bot).done
    assert finish(broadcast)
    with in_bot(bot.id):
        choose_winner(broadcast_id=broadcast.id, label="B", by=ITSELF)
    assert read(broadcast).state == "running"
    released(bot)
    messages = taken(bot)
    assert [message.params["text"] for message in messages] == ["Two"] * places["spare"]
    came_of(bot, messages)
    assert released(bot).done
    assert finish(broadcast)
    assert recounted(broadcast) == [
        {"total": 40, "sent": places["waiting"] + places["spare"], "control": places["control"]}
    ]


def test_somebody_for_the_better_text_who_must_wait_gets_it_later(bot: Bot, stopped_clock: Clock) -> None:
    for _ in range(40):
        make_profile(bot, timezone="UTC")
    fields: dict[str, Any] = {"quiet_from": 13, "quiet_until": 14}
    broadcast = begun(bot, texts=content("One", "Two"), test_percent=30, **fields)
    spare = ledger(broadcast, bot.id).count("spare")
    delivered(bot)
    stopped_clock.advance(timedelta(hours=1, minutes=5))
    with in_bot(bot.id):
        choose_winner(broadcast_id=broadcast.id, label="B", by=ITSELF)
    assert released(bot).count == 0
    assert recounted(broadcast) == [{"total": 40, "sent": 40 - spare, "deferred": spare}]
    stopped_clock.advance(timedelta(hours=1))
    assert released(bot).count == spare
    messages = taken(bot)
    assert {message.params["text"] for message in messages} == {"Two"}
    came_of(bot, messages)
    assert recounted(broadcast) == [{"total": 40, "sent": 40}]


def test_who_they_are_is_looked_at_when_their_turn_has_come(bot: Bot) -> None:
    names = ("paused", "barred", "crisis", "left", "withdrew", "young", "erased", "fine")
    people = {name: make_profile(bot) for name in names}
    broadcast = begun(bot)
    change(people["paused"], paused_at=people["fine"].created_at)
    change(people["barred"], blocked_at=people["fine"].created_at)
    change(people["left"], is_active=False)
    change(people["withdrew"], consented_at=None)
    change(people["young"], is_underage=True)
    with in_bot(bot.id):
        record_event(bot_id=bot.id, kind="crisis.detected", profile_id=people["crisis"].id)
        Profile.objects.for_bot(bot.id).filter(id=people["erased"].id).delete()
    assert delivered(bot) == [people["fine"].telegram_id]
    found = {
        profile_id: (state, reason)
        for profile_id, state, reason in ledger(broadcast, bot.id, "profile_id", "state", "reason")
    }
    told = {name: found.get(each.id) for name, each in people.items() if name != "erased"}
    assert told == {
        "paused": ("held", "paused"),
        "barred": ("held", "barred"),
        "crisis": ("held", "distress"),
        "left": ("blocked", "left"),
        "withdrew": ("held", "no_consent"),
        "young": ("held", "no_consent"),
        "fine": ("sent", ""),
    }
    # Removed past all services: the row knows.
    assert found[None] == ("erased", "erased")
    assert recounted(broadcast) == [{"total": 8, "sent": 1, "held": 5, "blocked": 1, "erased": 1}]
    assert released(bot).done


def test_a_crisis_is_over_after_three_days(bot: Bot, stopped_clock: Clock) -> None:
    vera = make_profile(bot)
    with in_bot(bot.id):
        record_event(bot_id=bot.id, kind="crisis.detected", profile_id=vera.id)
    stopped_clock.advance(timedelta(days=3))
    held = begun(bot)
    assert delivered(bot) == []
    assert ledger(held, bot.id, "reason") == ["distress"]
    stopped_clock.advance(timedelta(seconds=1))
    begun(bot)
    assert delivered(bot) == [vera.telegram_id]


def test_what_waits_in_the_outbox_when_a_crisis_comes_is_not_sent_and_not_taken_for_lost(bot: Bot) -> None:
    vera, mila = make_profile(bot), make_profile(bot)
    broadcast = begun(bot)
    released(bot)
    with in_bot(bot.id):
        record_event(bot_id=bot.id, kind="crisis.detected", profile_id=vera.id)
        assert withdraw(bot_id=bot.id, chat_id=vera.telegram_id) == 1
    messages = taken(bot)
    assert [message.chat_id for message in messages] == [mila.telegram_id]
    came_of(bot, messages)
    with in_bot(bot.id):
        assert reconcile(bot_id=bot.id) == []
    released(bot)
    assert taken(bot) == []
    assert ledger(broadcast, bot.id, "state", "reason") == [("held", "distress"), ("sent", "")]
    assert recounted(broadcast) == [{"total": 2, "sent": 1, "held": 1}]


def test_at_night_it_waits_for_the_morning_of_each(bot: Bot, stopped_clock: Clock) -> None:
    berlin, tokyo = make_profile(bot, timezone="Europe/Berlin"), make_profile(bot, timezone="Asia/Tokyo")
    broadcast = begun(bot, quiet_from=21, quiet_until=9)
    # Noon in Greenwich, nine in the evening in Tokyo.
    assert delivered(bot) == [berlin.telegram_id]
    assert recounted(broadcast) == [{"total": 2, "sent": 1, "deferred": 1}]
    assert released(bot).done == ()
    stopped_clock.advance(timedelta(hours=11, minutes=59))
    assert delivered(bot) == []
    stopped_clock.advance(timedelta(minutes=1))
    assert delivered(bot) == [tokyo.telegram_id]
    assert recounted(broadcast) == [{"total": 2, "sent": 2}]


def test_a_message_that_is_caught_by_the_night_in_the_outbox_waits_again(
    bot: Bot, stopped_clock: Clock
) -> None:
    vera = make_profile(bot, timezone="UTC")
    broadcast = begun(bot, quiet_from=13, quiet_until=15)
    released(bot)
    (message,) = taken(bot)
    assert message.not_after == stopped_clock.now() + timedelta(hours=1)
    stopped_clock.advance(timedelta(hours=2))
    came_of(bot, [message], "failed", error="its time was over")
    assert recounted(broadcast) == [{"total": 1}]
    assert released(bot).count == 0
    assert recounted(broadcast) == [{"total": 1, "deferred": 1}]
    stopped_clock.advance(timedelta(hours=1))
    assert delivered(bot) == [vera.telegram_id]
    assert recounted(broadcast) == [{"total": 1, "sent": 1}]


def test_the_cap_counts_over_all_broadcasts_of_a_bot_also_within_one_look(
    bot: Bot, other_bot: Bot, stopped_clock: Clock
) -> None:
    vera = make_profile(bot)
    make_profile(other_bot, telegram_id=vera.telegram_id)
    begun(other_bot)
    assert delivered(other_bot) == [vera.telegram_id]
    campaigns = []
    for _ in range(3):
        campaigns.append(begun(bot, cap_a_day=2))
        stopped_clock.advance(timedelta(minutes=1))
    assert released(bot).count == 2
    came_of(bot, taken(bot, slots=1)), came_of(bot, taken(bot, slots=1))
    assert [ledger(each, bot.id, "state", "reason") for each in campaigns] == [
        [("sent", "")],
        [("sent", "")],
        [("deferred", "enough_today")],
    ]
    stopped_clock.advance(timedelta(days=1, microseconds=-1))
    assert released(bot).count == 0
    stopped_clock.advance(timedelta(microseconds=1))
    assert delivered(bot) == [vera.telegram_id]
    assert [recounted(each) for each in campaigns] == [[{"total": 1, "sent": 1}]] * 3


def test_what_failed_or_was_taken_back_does_not_count_towards_the_cap(bot: Bot, stopped_clock: Clock) -> None:
    vera = make_profile(bot)
    first = begun(bot, cap_a_day=1)
    released(bot)
    came_of(bot, taken(bot), "failed", error="bad_request: no")
    second = begun(bot, cap_a_day=1)
    released(bot)
    with in_bot(bot.id):
        pause_broadcast(broadcast_id=second.id)
    third = begun(bot, cap_a_day=1)
    assert delivered(bot) == [vera.telegram_id]
    assert [recounted(each) for each in (first, second, third)] == [
        [{"total": 1, "failed": 1}],
        [{"total": 1}],
        [{"total": 1, "sent": 1}],
    ]


def test_its_own_rate_is_kept_to(bot: Bot, stopped_clock: Clock) -> None:
    for _ in range(10):
        make_profile(bot)
    begun(bot, rate=2.0)
    allowance = Allowance()
    counts = []
    for _ in range(5):
        counts.append(released(bot, allowance=allowance).count)
        stopped_clock.advance(timedelta(seconds=0.5))
    assert counts == [1, 1, 1, 1, 1]
    stopped_clock.advance(timedelta(minutes=1))
    assert released(bot, allowance=allowance).count == 2


def test_who_pays_is_not_followed_by_those_who_do_not(bot: Bot) -> None:
    make_profile(bot)
    paid = begun(bot, is_paid=True)
    assert released(bot, room=0).is_paid
    unpaid = begun(bot)
    assert not released(bot).is_paid
    assert ["allow_paid_broadcast" in each for each in outbox(bot, "params")] == [True, False]
    came_of(bot, taken(bot, slots=1)), came_of(bot, taken(bot, slots=1))
    released(bot)
    assert [recounted(each) for each in (paid, unpaid)] == [[{"total": 1, "sent": 1}]] * 2
    assert not released(bot).is_paid


def test_texts_that_were_damaged_stop_theirs_and_no_other(bot: Bot) -> None:
    vera = make_profile(bot)
    damaged, sound = begun(bot), begun(bot)
    with in_bot(bot.id):
        Broadcast.objects.filter(id=damaged.id).update(content={"variants": 5}, changed_at=sound.created_at)
    found = released(bot)
    assert (found.count, found.unreadable) == (1, (damaged.id,))
    with in_bot(bot.id):
        assert pause_troubled(broadcast_id=damaged.id, reason="content")
        assert not pause_troubled(broadcast_id=damaged.id, reason="content")
    assert read(damaged).reason == "content"
    assert delivered(bot) == [vera.telegram_id]
    assert recounted(damaged) == [{"total": 1}]


def test_one_recipient_alone_takes_a_file_there_and_the_rest_follows_by_its_id(bot: Bot) -> None:
    for _ in range(4):
        make_profile(bot)
    broadcast = begun_with_file(bot)
    assert [released(bot).count for _ in range(3)] == [1, 0, 0]
    came_of(bot, taken(bot))
    # Its outcome said nothing of the file: the next one tries alone, too.
    assert released(bot).count == 1
    with in_bot(bot.id):
        Media.objects.for_bot(bot.id).update(file_id="AgAD")
    assert released(bot).count == 2
    assert share_of(broadcast, bot.id).released == 3
    with in_bot(bot.id):
        Media.objects.for_bot(bot.id).update(file_id="")
        Recipient.objects.for_bot(bot.id).filter(state="sent").update(state="waiting")
    # Telegram has forgotten it: nobody else before those who are under way.
    assert released(bot).count == 0


def begun_with_file(bot: Bot) -> Broadcast:
    broadcast = written(bot)
    with in_bot(bot.id):
        attach_file(broadcast_id=broadcast.id, kind="document", file=PDF, by=ITSELF)
    start(broadcast)
    frozen(broadcast)
    return broadcast
