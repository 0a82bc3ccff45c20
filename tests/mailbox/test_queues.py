"""What staff see of the queues and do with them: rows of one bot, counted, replayed, discarded, kept back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from audit.models import AuditEntry
from bots.models import Bot
from bots.services.acquire_lease import acquire_lease
from core.actor import acting
from core.clock import Clock, clock
from core.ids import new_id
from core.tenancy import in_bot
from events.models import Event
from mailbox import tasks
from mailbox.contracts import Hand, Outcome
from mailbox.models import Clearing, InboundUpdate, OutboundMessage
from mailbox.selectors.clearings import latest_clearings
from mailbox.selectors.queue_figures import queue_figures
from mailbox.selectors.queue_rows import queue_content, queue_groups, queue_row, queue_rows
from mailbox.services.clear_shelf import SLICE, Cleared, clear_shelf, want_clearing
from mailbox.services.deliver import mark, outgoing
from mailbox.services.settle import bury, release
from mailbox.services.sweep_clearings import sweep_clearings
from mailbox.services.tend_queue import tend_queue
from mailbox.services.trim_mailbox import trim_mailbox
from mailbox.shelves import Act, QueueError, QueueFigures, Shelf
from mailbox.tasks import clear_shelf as task
from tests.cast import make_profile
from tests.mailbox.letters import come, command, message_of, row_of, say, take, word


def hand_of(bot: Bot) -> Hand:
    lease = acquire_lease(bot_id=bot.id, holder=f"test:{new_id()}", seconds=-1.0)
    assert lease is not None
    return Hand(bot.id, lease.epoch)


def figures(bot: Bot) -> QueueFigures:
    with in_bot(bot.id):
        return queue_figures(bot_ids=[bot.id])[0]


def rows(bot: Bot, shelf: Shelf, **asked: Any) -> list[Any]:
    with in_bot(bot.id):
        return queue_rows(bot_id=bot.id, shelf=shelf, **asked)


def give_up(bot: Bot, count: int = 1, *, reason: str = "ValueError", blank: bool = False) -> list[UUID]:
    arrivals = come(bot, *(command(7_000 + each) for each in range(count)))
    ids = [each.id for each in arrivals]
    with in_bot(bot.id):
        InboundUpdate.objects.for_bot(bot.id).filter(id__in=ids).update(
            outcome="buried", settled_at=clock.now(), reason=reason, **({"payload": b""} if blank else {})
        )
    return ids


def undelivered(bot: Bot, *, state: str = "failed", error: str = "Forbidden", **fields: Any) -> UUID:
    hand = hand_of(bot)
    (post,) = say(bot, word(**fields))
    with in_bot(bot.id):
        outgoing(hand=hand, busy=(), slots=10)
        mark(hand=hand, outcomes=[Outcome(post.id, state, error=error)])
    return post.id


def test_an_empty_bot_has_empty_queues(bot: Bot) -> None:
    assert figures(bot) == QueueFigures(bot.id, 0, 0, 0, None, 0, None, 0, 0, 0, None, 0, 0, None)
    assert [rows(bot, shelf) for shelf in Shelf] == [[], [], [], []]


def test_open_rows_are_told_apart_by_what_they_wait_for(bot: Bot, stopped_clock: Clock) -> None:
    hand = hand_of(bot)
    come(bot, command(1), command(2), command(3))
    before = clock.now()
    held, back, _third = [each[0] for each in take(hand)]
    with in_bot(bot.id):
        release(hand=hand, ids=[back.id], reason="TimeoutError", wait=60.0)
        InboundUpdate.objects.for_bot(bot.id).filter(lane=3).update(attempts=0)
    stopped_clock.advance(timedelta(seconds=5))
    seen = {row.id: row for row in rows(bot, Shelf.WAITING)}
    assert [row.state for row in seen.values()] == ["held", "later", "waiting"]
    assert (seen[held.id].attempts, seen[back.id].reason) == (1, "TimeoutError")
    told = figures(bot)
    assert (told.heard_open, told.heard_held, told.heard_later) == (3, 1, 1)
    assert told.heard_oldest == before


def test_what_an_earlier_holder_had_in_hand_waits(bot: Bot) -> None:
    come(bot, command(1))
    take(hand_of(bot))
    with in_bot(bot.id), connection.cursor() as cursor:
        cursor.execute("UPDATE bot_statuses SET lease_epoch = lease_epoch + 1 WHERE bot_id = %s", [bot.id])
    assert [row.state for row in rows(bot, Shelf.WAITING)] == ["waiting"]
    assert figures(bot).heard_held == 0


def test_messages_that_wait_are_told_apart_too(bot: Bot, stopped_clock: Clock) -> None:
    hand = hand_of(bot)
    say(bot, word(1))
    with in_bot(bot.id):
        outgoing(hand=hand, busy=(), slots=10)
    say(bot, word(2), word(3, not_before=clock.now() + timedelta(hours=1), priority=2))
    told = figures(bot)
    assert (told.said_open, told.said_held, told.said_later) == (3, 1, 1)
    assert [(row.chat_id, row.state, row.priority) for row in rows(bot, Shelf.OUTGOING)] == [
        (1, "held", 0),
        (2, "waiting", 0),
        (3, "later", 2),
    ]


def test_what_was_not_delivered_stands_with_its_reason(bot: Bot) -> None:
    undelivered(bot, chat_id=1)
    undelivered(bot, chat_id=2, state="unknown", error="no answer came")
    undelivered(bot, chat_id=3, state="sent", error="")
    told = figures(bot)
    assert (told.failed, told.unknown) == (1, 1)
    assert [(row.state, row.reason) for row in rows(bot, Shelf.UNDELIVERED)] == [
        ("unknown", "no answer came"),
        ("failed", "Forbidden"),
    ]


def test_shelves_are_paged_narrowed_and_grouped(bot: Bot) -> None:
    give_up(bot, 2)
    give_up(bot, 3, reason="KeyError")
    seen = rows(bot, Shelf.BURIED, limit=4)
    assert [row.reason for row in seen] == ["KeyError"] * 3 + ["ValueError"]
    assert len(rows(bot, Shelf.BURIED, beyond=seen[-1].seq)) == 1
    assert len(rows(bot, Shelf.BURIED, reason="ValueError")) == 2
    assert rows(bot, Shelf.BURIED, kind="message") == []
    with in_bot(bot.id):
        groups = queue_groups(bot_id=bot.id, shelf=Shelf.BURIED)
    assert [(each.kind, each.reason, each.count) for each in groups] == [
        ("command", "KeyError", 3),
        ("command", "ValueError", 2),
    ]


def test_one_row_is_found_on_its_shelf_alone_and_in_its_bot_alone(bot: Bot, other_bot: Bot) -> None:
    (row_id,) = give_up(bot)
    with in_bot(bot.id):
        found = queue_row(bot_id=bot.id, shelf=Shelf.BURIED, row_id=row_id)
        assert found is not None
        assert found.state == "buried"
        assert queue_content(bot_id=bot.id, shelf=Shelf.BURIED, row_id=row_id) == b'{"update_id": 1}'
        assert queue_row(bot_id=bot.id, shelf=Shelf.WAITING, row_id=row_id) is None
        assert queue_content(bot_id=bot.id, shelf=Shelf.WAITING, row_id=row_id) == b""
        assert queue_content(bot_id=bot.id, shelf=Shelf.OUTGOING, row_id=row_id) == {}
    with in_bot(other_bot.id):
        assert queue_row(bot_id=bot.id, shelf=Shelf.BURIED, row_id=row_id) is None


def events(bot: Bot, kind: str) -> list[dict[str, Any]]:
    with in_bot(bot.id):
        return [each.payload for each in Event.objects.for_bot(bot.id).filter(kind=kind)]


def test_what_is_replayed_or_discarded_is_in_the_book_of_changes(bot: Bot) -> None:
    first, second = give_up(bot, 2)
    with acting(user_id=4711, address="192.0.2.7"), in_bot(bot.id):
        assert tend_queue(bot_id=bot.id, act=Act.REPLAY, ids=[first], by=4711) == 1
        assert tend_queue(bot_id=bot.id, act=Act.DISCARD, ids=[second], by=4711) == 1
        assert tend_queue(bot_id=bot.id, act=Act.DISCARD, ids=[second], by=4711) == 0
    assert events(bot, "updates.replayed") == [{"by": 4711, "count": 1, "rows": [str(first)]}]
    with in_bot(bot.id):
        kept = InboundUpdate.objects.for_bot(bot.id).get(id=second)
        entries = AuditEntry.objects.filter(bot_id=bot.id, actor_id=4711).order_by("id")
        seen = [(each.action, each.subject, each.address) for each in entries]
    assert (kept.outcome, bytes(kept.payload), kept.update_id is not None) == ("done", b"", True)
    assert seen == [
        ("update", "updates.replayed", "192.0.2.7"),
        ("delete", "updates.discarded", "192.0.2.7"),
    ]


def test_rows_of_another_bot_are_left_alone(bot: Bot, other_bot: Bot) -> None:
    (foreign,) = give_up(other_bot)
    with in_bot(bot.id):
        assert tend_queue(bot_id=bot.id, act=Act.DISCARD, ids=[foreign], by=1) == 0
    assert figures(other_bot).buried == 1
    assert events(bot, "updates.discarded") == []


def test_a_message_that_waits_is_kept_back_and_one_in_hand_or_promised_is_not(bot: Bot) -> None:
    hand = hand_of(bot)
    (in_hand,) = say(bot, word(1))
    with in_bot(bot.id):
        outgoing(hand=hand, busy=(), slots=10)
    waiting, farewell, to_many = say(bot, word(2), word(3, is_farewell=True), word(4, priority=3))
    ids = [in_hand.id, waiting.id, farewell.id, to_many.id]
    with in_bot(bot.id):
        assert tend_queue(bot_id=bot.id, act=Act.CANCEL, ids=ids, by=1) == 1
    assert [message_of(bot, each).state for each in (in_hand, waiting, farewell, to_many)] == [
        "sending",
        "failed",
        "pending",
        "pending",
    ]
    assert message_of(bot, waiting).error == "taken back by staff"
    with in_bot(bot.id):
        assert [each.id for each in outgoing(hand=hand, busy=(1, 4), slots=10)] == [farewell.id]


def kept(bot: Bot, row_id: UUID) -> OutboundMessage:
    with in_bot(bot.id):
        return OutboundMessage.objects.for_bot(bot.id).get(id=row_id)


def test_what_was_not_delivered_is_sent_once_more_but_for_what_is_decided_elsewhere(
    bot: Bot, other_bot: Bot, stopped_clock: Clock
) -> None:
    refused, unsure = undelivered(bot), undelivered(bot, state="unknown", chat_id=2)
    morning, to_many = undelivered(bot, chat_id=3, priority=2), undelivered(bot, chat_id=4, priority=3)
    farewell, foreign = undelivered(bot, chat_id=5, is_farewell=True), undelivered(other_bot)
    (waiting,) = say(bot, word(6))
    ids = [refused, unsure, morning, to_many, farewell, foreign, waiting.id]
    with acting(user_id=4711, address="192.0.2.7"), in_bot(bot.id):
        assert tend_queue(bot_id=bot.id, act=Act.SEND, ids=ids, by=4711) == 2
        assert tend_queue(bot_id=bot.id, act=Act.SEND, ids=ids, by=4711) == 0
        entry = AuditEntry.objects.get(bot_id=bot.id, subject="messages.sent_again")
    assert (entry.action, entry.actor_id, (entry.after or {})["count"]) == ("update", 4711, 2)
    again = kept(bot, refused)
    assert (again.state, again.error, again.attempts, again.resends) == ("pending", "", 0, 1)
    assert (again.settled_at, again.not_before) == (None, clock.now())
    assert [kept(bot, each).state for each in (morning, to_many, farewell)] == ["failed"] * 3
    assert kept(other_bot, foreign).state == "failed"
    with in_bot(bot.id):
        found = outgoing(hand=hand_of(bot), busy=(), slots=10)
    assert {each.id for each in found} == {refused, unsure, waiting.id}


def test_whoever_was_blocked_since_hears_nothing(bot: Bot) -> None:
    make_profile(bot, telegram_id=1, blocked_at=clock.now())
    row_id = undelivered(bot, chat_id=1)
    with in_bot(bot.id):
        assert tend_queue(bot_id=bot.id, act=Act.SEND, ids=[row_id], by=1) == 0
    assert kept(bot, row_id).state == "failed"


def test_a_morning_that_is_over_keeps_no_answer_back(bot: Bot, stopped_clock: Clock) -> None:
    row_id = undelivered(bot, not_after=clock.now() + timedelta(minutes=1))
    with in_bot(bot.id):
        tend_queue(bot_id=bot.id, act=Act.SEND, ids=[row_id], by=1)
    assert kept(bot, row_id).not_after is None


# A whole shelf


def want(bot: Bot, act: Act = Act.DISCARD, shelf: Shelf = Shelf.BURIED, **asked: str) -> int:
    with in_bot(bot.id):
        return want_clearing(
            bot_id=bot.id,
            shelf=shelf,
            act=act,
            by=4711,
            address="192.0.2.7",
            **{"kind": "", "reason": "", **asked},
        )


def wanted(bot: Bot) -> Clearing:
    with in_bot(bot.id):
        return Clearing.objects.for_bot(bot.id).get()


def test_a_shelf_is_cleared_of_what_was_there_when_it_was_asked_for(bot: Bot) -> None:
    give_up(bot, 3)
    give_up(bot, 2, reason="KeyError")
    assert want(bot, reason="ValueError") == 3
    give_up(bot, 1)
    task(str(bot.id), str(wanted(bot).id))
    done = wanted(bot)
    assert (done.state, done.total, done.looked_at, done.done) == ("done", 3, 3, 3)
    assert sorted(row.reason for row in rows(bot, Shelf.BURIED)) == ["KeyError", "KeyError", "ValueError"]
    with in_bot(bot.id):
        entry = AuditEntry.objects.get(bot_id=bot.id, subject="updates.discarded")
    assert (entry.actor_id, entry.address, (entry.after or {})["count"]) == (4711, "192.0.2.7", 3)


def test_a_large_shelf_is_cleared_in_slices_and_whoever_comes_next_goes_on(bot: Bot) -> None:
    give_up(bot, SLICE + 3)
    want(bot)
    clearing = wanted(bot)
    first = clear_shelf(bot_id=bot.id, clearing_id=clearing.id, must_stop=lambda: True)
    assert first == Cleared(is_done=False, rows=SLICE)
    half = wanted(bot)
    assert (half.state, half.looked_at, half.done) == ("wanted", SLICE, SLICE)
    assert (bot.id, clearing.id) in sweep_clearings()
    # The run of the background work says how many rows it were.
    assert tasks.clear_shelf(str(bot.id), str(clearing.id)) == {"rows": 3}
    assert (wanted(bot).state, wanted(bot).done, figures(bot).buried) == ("done", SLICE + 3, 0)
    assert (bot.id, clearing.id) not in sweep_clearings()
    assert [each["done"] for each in events(bot, "queue.cleared")] == [SLICE + 3]


def test_what_cannot_be_replayed_stays_and_is_counted_as_looked_at(bot: Bot) -> None:
    give_up(bot, 1)
    give_up(bot, 1, blank=True)
    want(bot, Act.REPLAY)
    clear_shelf(bot_id=bot.id, clearing_id=wanted(bot).id, must_stop=lambda: False)
    assert (wanted(bot).looked_at, wanted(bot).done) == (2, 1)
    assert (figures(bot).heard_open, figures(bot).buried) == (1, 1)


def test_one_works_on_a_shelf_at_a_time(bot: Bot, stopped_clock: Clock) -> None:
    give_up(bot, 1)
    want(bot)
    with pytest.raises(QueueError) as refused:
        want(bot, Act.REPLAY)
    assert refused.value.code == "mailbox.under_way"
    clearing = wanted(bot)
    with in_bot(bot.id):
        Clearing.objects.for_bot(bot.id).update(state="running", beat_at=clock.now())
    # Somebody goes on with it; only when they have fallen silent, another one does.
    assert clear_shelf(bot_id=bot.id, clearing_id=clearing.id, must_stop=lambda: False).is_done
    assert wanted(bot).state == "running"
    stopped_clock.advance(timedelta(minutes=4))
    assert clear_shelf(bot_id=bot.id, clearing_id=clearing.id, must_stop=lambda: False).is_done
    assert wanted(bot).state == "done"


def test_what_cannot_be_done_with_a_shelf_is_refused_and_an_empty_one_asks_for_nothing(bot: Bot) -> None:
    with pytest.raises(QueueError) as refused:
        want(bot, Act.CANCEL)
    assert refused.value.code == "mailbox.not_here"
    assert want(bot) == 0
    with in_bot(bot.id):
        assert not Clearing.objects.for_bot(bot.id).exists()


def test_what_was_done_with_queues_is_listed_and_forgotten_after_a_month(
    bot: Bot, other_bot: Bot, stopped_clock: Clock
) -> None:
    begun = clock.now()
    for each in (bot, other_bot):
        give_up(each, 1)
        want(each)
        clear_shelf(bot_id=each.id, clearing_id=wanted(each).id, must_stop=lambda: False)
    with in_bot(bot.id):
        (line,) = latest_clearings(bot_ids=[bot.id], most=5, since=begun)
        assert (line.action, line.shelf, line.state, line.done, line.asked_by) == (
            "discard",
            "buried",
            "done",
            1,
            4711,
        )
        stopped_clock.advance(timedelta(days=31))
        trim_mailbox()
        assert latest_clearings(bot_ids=[bot.id], most=5, since=begun) == []
    assert wanted(other_bot).state == "done"


def test_the_undelivered_are_found_by_their_index_and_taking_a_message_leaves_it_alone(bot: Bot) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'outbound_undelivered'")
        (definition,) = cursor.fetchone()
    assert "state" not in definition
    (post,) = say(bot, word(1))
    with in_bot(bot.id):
        assert OutboundMessage.objects.for_bot(bot.id).filter(id=post.id).exists()


def test_burying_still_goes_by_the_hand(bot: Bot) -> None:
    hand = hand_of(bot)
    (arrival,) = come(bot, command(1))
    take(hand)
    with in_bot(bot.id):
        bury(hand=hand, ids=[arrival.id], reason="ValueError")
    assert row_of(bot, arrival).outcome == "buried"
    assert figures(bot).buried == 1
