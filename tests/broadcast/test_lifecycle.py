"""From the draft to the end: who may do what when, and what is refused before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connections

from bots.models import Bot
from broadcast.contracts import ITSELF, By
from broadcast.errors import BroadcastError
from broadcast.models import Broadcast, BroadcastChange, BroadcastFile
from broadcast.services import sweep as sweeping
from broadcast.services.draft import (
    Draft,
    File,
    attach_file,
    detach_file,
    draft_broadcast,
    draft_of,
    duplicate_broadcast,
    rewrite_broadcast,
)
from broadcast.services.lifecycle import (
    ask_to_start,
    back_to_draft,
    cancel_broadcast,
    choose_winner,
    confirm_start,
    delete_draft,
    finish_if_done,
    pause_broadcast,
    resume_broadcast,
    retry_failed,
    set_rate,
    start_due,
)
from core import work
from core.clock import Clock
from core.tenancy import in_bot, in_bots
from events.models import Event
from tests.broadcast.campaigns import begun, content, frozen, ledger, read, recounted, written
from tests.broadcast.postman import came_of, delivered, released, taken
from tests.cast import make_profile

ANN, BOB = By(telegram_id=1), By(telegram_id=2)


def refusal(service: Callable[..., Any], broadcast: Broadcast, **arguments: Any) -> str:
    """The code with which it is refused."""
    before = read(broadcast)
    with in_bots(broadcast.bot_ids), pytest.raises(BroadcastError) as refused:
        service(broadcast_id=broadcast.id, **arguments)
    after = read(broadcast)
    assert (after.state, after.changed_at) == (before.state, before.changed_at)
    return refused.value.code.removeprefix("broadcast.")


def done(service: Callable[..., Any], broadcast: Broadcast, **arguments: Any) -> Any:
    with in_bots(broadcast.bot_ids):
        return service(broadcast_id=broadcast.id, **arguments)


def history(broadcast: Broadcast) -> list[tuple[str, str, int | None]]:
    with in_bots(broadcast.bot_ids):
        rows = BroadcastChange.objects.filter(broadcast=broadcast).order_by("at", "id")
        return list(rows.values_list("action", "state", "by_telegram_id"))


def test_each_change_is_written_down_with_who_did_it_and_told_as_an_event(bot: Bot) -> None:
    make_profile(bot)
    broadcast = written(bot, by=ANN)
    done(ask_to_start, broadcast, by=ANN, is_sure=True)
    frozen(broadcast)
    done(pause_broadcast, broadcast, by=BOB)
    done(resume_broadcast, broadcast, by=ANN)
    delivered(bot)
    released(bot)
    assert done(finish_if_done, broadcast) is True
    assert done(finish_if_done, broadcast) is False
    assert history(broadcast) == [
        ("written", "draft", 1),
        ("started", "freezing", 1),
        ("frozen", "running", None),
        ("paused", "paused", 2),
        ("resumed", "running", 1),
        ("finished", "finished", None),
    ]
    with in_bot(bot.id):
        events = Event.objects.for_bot(bot.id).filter(kind__startswith="broadcast.").order_by("created_at")
        assert list(events.values_list("kind", flat=True)) == [
            "broadcast.running",
            "broadcast.paused",
            "broadcast.running",
            "broadcast.finished",
        ]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"criteria": "gendr=female"}, "criteria"),
        ({"criteria": "gender=none,gender=female"}, "empty_audience"),
        ({"texts": content("<b>Hello")}, "content"),
        ({"texts": content("Hello, {nobody}")}, "content"),
        ({"texts": content("x" * 4097)}, "content"),
        ({"texts": content("")}, "content"),
        ({"texts": {"variants": 5}}, "content"),
        ({"texts": {"fallback": "en"}}, "content"),
        ({"texts": content(buttons=[[{"label": str(n), "say": "x"}] for n in range(101)])}, "content"),
        ({"control_percent": 91}, "split"),
        ({"test_percent": 0}, "split"),
        ({"test_percent": 50}, "split"),
        ({"quiet_from": 24}, "hours"),
        ({"cap_a_day": 0}, "cap"),
        ({"rate": 0.0}, "rate"),
        ({"rate": 1001.0}, "rate"),
    ],
)
def test_what_cannot_be_sent_is_refused_before_anything_is(bot: Bot, fields: Any, code: str) -> None:
    make_profile(bot)
    broadcast = written(bot, **({"criteria": "is_active=yes"} | fields))
    assert refusal(ask_to_start, broadcast, by=ANN, is_sure=True) == code


def test_everybody_has_to_be_meant(bot: Bot) -> None:
    make_profile(bot)
    assert refusal(ask_to_start, written(bot), by=ANN) == "everybody"


def test_nobody_to_write_to_is_said_at_once(bot: Bot) -> None:
    make_profile(bot, is_active=False)
    assert refusal(ask_to_start, written(bot), by=ANN, is_sure=True) == "empty_audience"


def test_the_past_is_no_time_to_start(bot: Bot, stopped_clock: Clock) -> None:
    make_profile(bot)
    assert refusal(ask_to_start, written(bot), by=ANN, is_sure=True, at=stopped_clock.now()) == "past"


def test_a_file_that_is_missing_is_missed(bot: Bot) -> None:
    make_profile(bot)
    broadcast = written(bot)
    with in_bot(bot.id):
        Broadcast.objects.filter(id=broadcast.id).update(media="photo")
    assert refusal(ask_to_start, broadcast, by=ANN, is_sure=True) == "media"


def test_two_who_press_start_at_once_start_it_once(bot: Bot) -> None:
    for _ in range(3):
        make_profile(bot)
    broadcast = written(bot)

    def press(by: By) -> str:
        try:
            done(ask_to_start, broadcast, by=by, is_sure=True)
        except BroadcastError as error:
            return error.code
        finally:
            connections.close_all()
        return "started"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, [By(telegram_id=number) for number in range(1, 5)]))
    assert sorted(answers) == ["broadcast.state"] * 3 + ["started"]
    frozen(broadcast)
    assert len(delivered(bot)) == 3
    assert delivered(bot) == []
    assert recounted(broadcast) == [{"total": 3, "sent": 3}]


def test_very_many_need_a_second_person(bot: Bot, settings: Any) -> None:
    settings.BROADCAST_CONFIRM_ABOVE = 1
    make_profile(bot), make_profile(bot)
    broadcast = written(bot, by=ANN)
    assert done(ask_to_start, broadcast, by=ANN, is_sure=True).state == "awaiting"
    assert refusal(confirm_start, broadcast, by=ANN) == "same_person"
    assert refusal(confirm_start, broadcast, by=ITSELF) == "same_person"
    assert done(confirm_start, broadcast, by=BOB).state == "freezing"
    assert refusal(confirm_start, broadcast, by=BOB) == "state"


def test_whoever_asks_anew_is_the_one_who_cannot_confirm(bot: Bot, settings: Any) -> None:
    settings.BROADCAST_CONFIRM_ABOVE = 1
    make_profile(bot), make_profile(bot)
    broadcast = written(bot)
    done(ask_to_start, broadcast, by=ANN, is_sure=True)
    done(back_to_draft, broadcast, by=BOB)
    done(ask_to_start, broadcast, by=BOB, is_sure=True)
    assert refusal(confirm_start, broadcast, by=BOB) == "same_person"
    assert done(confirm_start, broadcast, by=ANN).state == "freezing"


def test_what_is_rewritten_has_to_be_confirmed_anew(bot: Bot, settings: Any, stopped_clock: Clock) -> None:
    settings.BROADCAST_CONFIRM_ABOVE = 1
    make_profile(bot), make_profile(bot)
    broadcast = written(bot)
    at = stopped_clock.now() + timedelta(hours=1)
    done(ask_to_start, broadcast, by=ANN, is_sure=True, at=at)
    assert done(confirm_start, broadcast, by=BOB).state == "scheduled"
    found = done(rewrite_broadcast, broadcast, draft=draft_of(broadcast), by=ANN)
    assert (found.state, found.scheduled_at) == ("draft", None)
    assert refusal(confirm_start, broadcast, by=BOB) == "state"


def test_a_time_that_passed_before_it_was_confirmed_is_now(
    bot: Bot, settings: Any, stopped_clock: Clock
) -> None:
    settings.BROADCAST_CONFIRM_ABOVE = 1
    make_profile(bot), make_profile(bot)
    broadcast = written(bot)
    done(ask_to_start, broadcast, by=ANN, is_sure=True, at=stopped_clock.now() + timedelta(hours=1))
    stopped_clock.advance(timedelta(hours=2))
    assert done(confirm_start, broadcast, by=BOB).state == "freezing"


def test_it_starts_when_its_time_has_come(bot: Bot, stopped_clock: Clock) -> None:
    make_profile(bot)
    broadcast = written(bot)
    done(ask_to_start, broadcast, by=ANN, is_sure=True, at=stopped_clock.now() + timedelta(hours=1))
    sweeping.sweep()
    assert read(broadcast).state == "scheduled"
    stopped_clock.advance(timedelta(hours=1))
    assert (broadcast.id, [bot.id]) in sweeping.sweep()
    assert read(broadcast).state == "freezing"
    frozen(broadcast)
    assert len(delivered(bot)) == 1


def test_one_that_was_put_off_meanwhile_does_not_start(bot: Bot, stopped_clock: Clock) -> None:
    make_profile(bot)
    broadcast = written(bot)
    done(ask_to_start, broadcast, by=ANN, is_sure=True, at=stopped_clock.now() + timedelta(hours=1))
    # The sweep had read that it is due.
    done(start_due, broadcast)
    assert read(broadcast).state == "scheduled"
    done(back_to_draft, broadcast, by=ANN)
    stopped_clock.advance(timedelta(hours=2))
    done(start_due, broadcast)
    assert read(broadcast).state == "draft"


def test_what_was_damaged_until_its_time_came_is_cancelled_and_says_why(
    bot: Bot, stopped_clock: Clock
) -> None:
    make_profile(bot)
    broadcast = written(bot)
    done(ask_to_start, broadcast, by=ANN, is_sure=True, at=stopped_clock.now() + timedelta(hours=1))
    with in_bot(bot.id):
        Broadcast.objects.filter(id=broadcast.id).update(criteria="streams=gone-for-good")
    stopped_clock.advance(timedelta(hours=1))
    sweeping.sweep()
    found = read(broadcast)
    assert (found.state, found.reason) == ("cancelled", "criteria")
    assert history(broadcast)[-1] == ("cancelled", "cancelled", None)


def test_a_broker_that_is_away_stops_nobody_from_starting_it(
    bot: Bot, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    work._client.cache_clear()
    make_profile(bot)
    broadcast = written(bot)
    try:
        assert done(ask_to_start, broadcast, by=ANN, is_sure=True).state == "freezing"
    finally:
        work._client.cache_clear()
    # It is found again.
    assert (broadcast.id, [bot.id]) in sweeping.sweep()
    frozen(broadcast)
    assert len(delivered(bot)) == 1


def test_the_sweep_finishes_what_is_done(bot: Bot, other_bot: Bot) -> None:
    make_profile(bot), make_profile(other_bot)
    broadcast = begun(bot, other_bot)
    for one in (bot, other_bot):
        delivered(one)
    released(bot)
    sweeping.sweep()
    assert read(broadcast).state == "running"
    released(other_bot)
    sweeping.sweep()
    assert read(broadcast).state == "finished"


def test_paused_it_waits_and_resumed_it_reaches_everybody_once(bot: Bot) -> None:
    for _ in range(6):
        make_profile(bot)
    broadcast = begun(bot)
    released(bot, room=5)
    first = taken(bot, slots=2)
    done(pause_broadcast, broadcast, by=ANN)
    # Three came back, two are on their way.
    assert recounted(broadcast) == [{"total": 6, "released": 2}]
    assert taken(bot) == []
    came_of(bot, first)
    assert refusal(pause_broadcast, broadcast, by=ANN) == "state"
    done(resume_broadcast, broadcast, by=ANN)
    assert refusal(resume_broadcast, broadcast, by=ANN) == "state"
    second = delivered(bot)
    assert len(second) == 4
    assert not {message.chat_id for message in first} & set(second)
    assert recounted(broadcast) == [{"total": 6, "sent": 6}]


def test_cancelled_while_it_is_sent_nobody_else_gets_it(bot: Bot) -> None:
    for _ in range(4):
        make_profile(bot)
    broadcast = begun(bot)
    released(bot)
    on_their_way = taken(bot, slots=1)
    done(cancel_broadcast, broadcast, by=ANN)
    came_of(bot, on_their_way)
    assert released(bot).running == 0
    assert taken(bot) == []
    assert recounted(broadcast) == [{"total": 4, "sent": 1}]
    for service in (cancel_broadcast, resume_broadcast, retry_failed):
        assert refusal(service, broadcast, by=ANN) == "state"
    assert refusal(set_rate, broadcast, rate=5.0, by=ANN) == "state"
    assert refusal(delete_draft, broadcast) == "state"


def test_nobody_rewrites_what_is_under_way(bot: Bot) -> None:
    make_profile(bot)
    broadcast = begun(bot)
    file = File("plan.pdf", "application/pdf", b"%PDF")
    assert refusal(rewrite_broadcast, broadcast, draft=draft_of(broadcast), by=ANN) == "state"
    assert refusal(attach_file, broadcast, kind="document", file=file, by=ANN) == "state"
    assert refusal(detach_file, broadcast, by=ANN) == "state"
    assert refusal(back_to_draft, broadcast, by=ANN) == "state"
    assert refusal(delete_draft, broadcast) == "state"
    assert refusal(ask_to_start, broadcast, by=ANN, is_sure=True) == "state"


def test_a_winner_is_chosen_once_among_texts_and_for_somebody(bot: Bot) -> None:
    for _ in range(30):
        make_profile(bot)
    broadcast = begun(bot, texts=content("One", "Two"), test_percent=50)
    assert refusal(choose_winner, broadcast, label="C", by=ANN) == "no_such_text"
    done(choose_winner, broadcast, label="A", by=ANN)
    assert refusal(choose_winner, broadcast, label="B", by=ANN) == "no_rest"
    assert len(delivered(bot)) == 30
    assert refusal(choose_winner, begun(bot), label="A", by=ANN) == "no_rest"


def test_the_rate_can_be_changed_while_it_runs(bot: Bot) -> None:
    make_profile(bot)
    broadcast = begun(bot)
    assert done(set_rate, broadcast, rate=2.5, by=ANN).rate == 2.5
    assert refusal(set_rate, broadcast, rate=0.05, by=ANN) == "rate"
    assert refusal(set_rate, broadcast, rate=1001.0, by=ANN) == "rate"
    assert done(set_rate, broadcast, rate=None, by=ANN).rate is None


def test_a_draft_can_be_thrown_away_with_all_that_belongs_to_it(bot: Bot) -> None:
    broadcast = written(bot)
    done(attach_file, broadcast, kind="document", file=File("a.pdf", "application/pdf", b"%PDF"), by=ANN)
    done(delete_draft, broadcast)
    with in_bot(bot.id):
        assert not Broadcast.objects.filter(id=broadcast.id).exists()
        assert not BroadcastChange.objects.filter(broadcast_id=broadcast.id).exists()
        assert not BroadcastFile.objects.filter(broadcast_id=broadcast.id).exists()


def test_a_duplicate_is_a_draft_of_its_own_with_the_file(bot: Bot) -> None:
    make_profile(bot)
    broadcast = written(bot, rate=3.0, criteria="is_active=yes")
    done(attach_file, broadcast, kind="document", file=File("a.pdf", "application/pdf", b"%PDF"), by=ANN)
    done(ask_to_start, broadcast, by=ANN)
    copy = done(duplicate_broadcast, broadcast, by=BOB)
    assert (copy.state, copy.media, copy.rate, copy.criteria) == ("draft", "document", 3.0, "is_active=yes")
    assert copy.id != broadcast.id
    with in_bot(bot.id):
        assert BroadcastFile.objects.get(broadcast_id=copy.id).filename == "a.pdf"
        assert BroadcastFile.objects.get(broadcast_id=broadcast.id).filename == "a.pdf"
    frozen(broadcast)
    assert ledger(copy, bot.id) == []


def test_bots_that_are_out_of_sight_cannot_be_written_for(bot: Bot, other_bot: Bot) -> None:
    for bot_ids in ([], [bot.id, other_bot.id], [uuid4()]):
        with in_bot(bot.id), pytest.raises(BroadcastError) as refused:
            draft_broadcast(draft=Draft("News", bot_ids, "", content()), by=ANN)
        assert refused.value.code == "broadcast.no_bots"


def test_too_many_bots_at_once_are_refused(bot: Bot, other_bot: Bot, settings: Any) -> None:
    settings.BROADCAST_MOST_BOTS = 1
    make_profile(bot)
    assert refusal(ask_to_start, written(bot, other_bot), by=ANN, is_sure=True) == "no_bots"


def test_what_is_unknown_is_said_to_be(bot: Bot, owner_database: psycopg.Connection[Any]) -> None:
    for service in (pause_broadcast, resume_broadcast, cancel_broadcast, retry_failed):
        with in_bot(bot.id), pytest.raises(BroadcastError) as refused:
            service(broadcast_id=UUID(int=5), by=ANN)
        assert refused.value.code == "broadcast.unknown"
