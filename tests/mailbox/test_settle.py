from __future__ import annotations

import pytest

from bots.models import Bot
from core.clock import Clock
from core.tenancy import in_bot
from mailbox.contracts import Hand, LeaseLost
from mailbox.models import OutboundMessage
from mailbox.selectors.backlogs import backlogs
from mailbox.services.post import post
from mailbox.services.settle import bury, give_back, release, settle
from tests.mailbox.conftest import hold
from tests.mailbox.letters import come, command, row_of, take, taken_ids, text, word


def test_what_is_settled_is_done_and_keeps_its_bytes(bot: Bot, hand: Hand, stopped_clock: Clock) -> None:
    (arrival,) = come(bot, command(payload=b"{}"))
    take(hand)
    with in_bot(bot.id):
        settle(hand=hand, ids=[arrival.id])
    row = row_of(bot, arrival)
    assert (row.outcome, row.settled_at, bytes(row.payload)) == ("done", stopped_clock.now(), b"{}")
    assert take(hand) == []


def test_what_is_settled_blank_keeps_nothing_that_was_said(bot: Bot, hand: Hand) -> None:
    (arrival,) = come(bot, command(payload=b'{"text": "secret"}'))
    take(hand)
    with in_bot(bot.id):
        settle(hand=hand, ids=[arrival.id], blank=True)
    assert bytes(row_of(bot, arrival).payload) == b""


def test_a_row_is_settled_once(bot: Bot, hand: Hand) -> None:
    (arrival,) = come(bot, command())
    take(hand)
    with in_bot(bot.id):
        settle(hand=hand, ids=[arrival.id])
    with pytest.raises(LeaseLost), in_bot(bot.id):
        settle(hand=hand, ids=[arrival.id])


def test_a_row_that_was_never_taken_cannot_be_settled(bot: Bot, hand: Hand) -> None:
    (arrival,) = come(bot, command())
    with pytest.raises(LeaseLost), in_bot(bot.id):
        settle(hand=hand, ids=[arrival.id])
    assert row_of(bot, arrival).settled_at is None


def test_an_earlier_holder_undoes_all_that_it_did_in_the_same_transaction(bot: Bot, hand: Hand) -> None:
    first, second = come(bot, text(1), text(1))
    take(hand)
    later = hold(bot, holder="host:2:b")
    take(later)
    said = word()

    def answer() -> None:
        with in_bot(bot.id):
            post(bot_id=bot.id, posts=[said])
            settle(hand=hand, ids=[first.id, second.id])

    with pytest.raises(LeaseLost) as refused:
        answer()
    assert (refused.value.code, refused.value.permanent) == ("mailbox.lease_lost", True)
    with in_bot(bot.id):
        assert not OutboundMessage.objects.for_bot(bot.id).filter(id=said.id).exists()
        settle(hand=later, ids=[first.id, second.id])
    assert [row_of(bot, each).outcome for each in (first, second)] == ["done", "done"]


def test_one_row_in_another_hand_undoes_the_settling_of_all(bot: Bot, hand: Hand) -> None:
    mine, theirs = come(bot, command(1), command(2))
    take(hand)
    later = hold(bot, holder="host:2:b")
    take(later, busy=[1])
    with pytest.raises(LeaseLost), in_bot(bot.id):
        settle(hand=hand, ids=[mine.id, theirs.id])
    assert row_of(bot, mine).settled_at is None


def test_a_holder_that_was_replaced_may_still_settle_what_nobody_else_took(bot: Bot, hand: Hand) -> None:
    (arrival,) = come(bot, command())
    take(hand)
    later = hold(bot, holder="host:2:b")
    with in_bot(bot.id):
        settle(hand=hand, ids=[arrival.id])
    assert take(later) == []


def test_what_is_released_stays_open_with_the_code_of_its_reason(
    bot: Bot, hand: Hand, stopped_clock: Clock
) -> None:
    (arrival,) = come(bot, command())
    take(hand)
    with in_bot(bot.id):
        release(hand=hand, ids=[arrival.id], reason="x" * 400, wait=0.0)
    row = row_of(bot, arrival)
    assert (row.settled_at, row.reason, row.due_at) == (None, "x" * 300, stopped_clock.now())
    assert taken_ids(take(hand)) == [[arrival.id]]


def test_an_earlier_holder_cannot_put_back_what_another_has_taken(
    bot: Bot, hand: Hand, stopped_clock: Clock
) -> None:
    (arrival,) = come(bot, command())
    take(hand)
    take(hold(bot, holder="host:2:b"))
    with in_bot(bot.id):
        release(hand=hand, ids=[arrival.id], reason="late", wait=60.0)
    row = row_of(bot, arrival)
    assert (row.reason, row.due_at) == ("", stopped_clock.now())


def test_what_is_given_back_is_none_the_worse_for_it(bot: Bot, hand: Hand) -> None:
    (arrival,) = come(bot, command())
    for _ in range(5):
        ((row,),) = take(hand)
        assert row.attempts == 1
        with in_bot(bot.id):
            give_back(hand=hand, ids=[arrival.id])


def test_what_is_settled_or_in_another_hand_cannot_be_given_back(bot: Bot, hand: Hand) -> None:
    done, taken = come(bot, command(1), command(2))
    take(hand)
    with in_bot(bot.id):
        settle(hand=hand, ids=[done.id])
    take(hold(bot, holder="host:2:b"))
    with in_bot(bot.id):
        give_back(hand=hand, ids=[done.id, taken.id])
    assert [row_of(bot, each).attempts for each in (done, taken)] == [1, 2]


def test_what_is_buried_keeps_its_bytes_and_reason_and_its_lane_goes_on(
    bot: Bot, hand: Hand, stopped_clock: Clock
) -> None:
    bad, good = come(bot, command(1, payload=b"{bad"), command(1))
    take(hand)
    with in_bot(bot.id):
        bury(hand=hand, ids=[bad.id], reason="update.unreadable" + "!" * 400)
    row = row_of(bot, bad)
    assert (row.outcome, row.settled_at, bytes(row.payload)) == ("buried", stopped_clock.now(), b"{bad")
    assert row.reason == ("update.unreadable" + "!" * 400)[:300]
    assert taken_ids(take(hand)) == [[good.id]]


def test_an_earlier_holder_buries_nothing(bot: Bot, hand: Hand) -> None:
    (arrival,) = come(bot, command())
    take(hand)
    take(hold(bot, holder="host:2:b"))
    with pytest.raises(LeaseLost), in_bot(bot.id):
        bury(hand=hand, ids=[arrival.id], reason="late")
    assert row_of(bot, arrival).settled_at is None


def test_the_backlog_counts_what_is_open_and_names_the_oldest(
    bot: Bot, other_bot: Bot, hand: Hand, stopped_clock: Clock
) -> None:
    since = stopped_clock.now()
    first, _, _ = come(bot, command(1), command(2), command(3, reason="not an object"))
    with in_bot(bot.id):
        assert backlogs(bot_ids=[bot.id, other_bot.id]) == {bot.id: (2, since)}
    take(hand)
    with in_bot(bot.id):
        settle(hand=hand, ids=[first.id])
        assert backlogs(bot_ids=[bot.id]) == {bot.id: (1, since)}
