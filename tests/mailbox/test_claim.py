from __future__ import annotations

from datetime import timedelta

import pytest

from bots.models import Bot
from core.clock import Clock
from core.tenancy import in_bot
from mailbox.contracts import Hand, LeaseLost, RowBehind
from mailbox.selectors.rows_behind import rows_behind
from mailbox.services.claim import claim
from mailbox.services.settle import release, settle, try_alone
from tests.mailbox.conftest import hold
from tests.mailbox.letters import come, command, haul, row_of, take, taken_ids, text


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_the_head_of_each_lane_is_taken_oldest_first(bot: Bot, hand: Hand) -> None:
    first, _, third = come(bot, command(1), command(1), command(2))
    assert taken_ids(take(hand)) == [[first.id], [third.id]]


def test_a_claimed_row_tells_all_that_was_stored(bot: Bot, hand: Hand, stopped_clock: Clock) -> None:
    (arrival,) = come(bot, command(5, user_id=6, payload=b"{\xff}", update_id=11))
    ((row,),) = take(hand)
    assert (row.id, row.update_id, row.kind, row.lane, row.user_id) == (arrival.id, 11, "command", 5, 6)
    assert (bytes(row.payload), row.attempts, row.reason) == (b"{\xff}", 1, "")
    assert row.received_at == stopped_clock.now()
    assert row_of(bot, arrival).epoch == hand.epoch


def test_each_claim_counts_an_attempt(bot: Bot, hand: Hand) -> None:
    come(bot, command())
    assert [take(hand)[0][0].attempts for _ in range(3)] == [1, 2, 3]


def test_lanes_in_hand_are_left_alone(bot: Bot, hand: Hand) -> None:
    _, second = come(bot, command(1), command(2))
    assert taken_ids(take(hand, busy=[1])) == [[second.id]]
    assert take(hand, busy=[1, 2]) == []


def test_the_next_in_a_lane_follows_when_the_one_before_is_settled(bot: Bot, hand: Hand) -> None:
    first, second = come(bot, command(1), command(1))
    assert taken_ids(take(hand)) == [[first.id]]
    with in_bot(bot.id):
        settle(hand=hand, ids=[first.id])
    assert taken_ids(take(hand)) == [[second.id]]


def test_no_more_lanes_are_taken_than_asked_for(bot: Bot, hand: Hand) -> None:
    come(bot, *(command(lane) for lane in range(1, 6)))
    assert [burst[0].lane for burst in take(hand, lanes=2)] == [1, 2]
    assert [burst[0].lane for burst in take(hand, lanes=2, busy=[1, 2])] == [3, 4]


def test_a_lane_with_a_long_queue_does_not_hide_the_others(bot: Bot, hand: Hand) -> None:
    come(bot, *(command(1) for _ in range(250)), command(2))
    assert [burst[0].lane for burst in take(hand)] == [1]
    # The lane in hand is passed over before the scan is cut.
    assert [burst[0].lane for burst in take(hand, busy=[1])] == [2]


def test_a_lane_whose_long_queue_is_not_due_hides_no_other(bot: Bot, hand: Hand) -> None:
    *_, other = come(bot, *(text(1, burst_wait=0.8) for _ in range(250)), command(2))
    assert taken_ids(take(hand, burst_wait=0.8)) == [[other.id]]


def test_a_lane_whose_head_was_put_back_hides_no_other_however_long_its_queue(bot: Bot, hand: Hand) -> None:
    first, *_ = come(bot, *(command(1) for _ in range(250)))
    take(hand)
    with in_bot(bot.id):
        release(hand=hand, ids=[first.id], reason="model.unreachable", wait=2.0)
    second, *_ = come(bot, *(command(2) for _ in range(250)))
    assert taken_ids(take(hand)) == [[second.id]]
    with in_bot(bot.id):
        release(hand=hand, ids=[second.id], reason="model.unreachable", wait=2.0)
    # Both are passed over, each as a whole.
    *_, third = come(bot, command(1), command(2), command(3))
    assert taken_ids(take(hand)) == [[third.id]]


def test_hundreds_of_lanes_that_are_not_due_hide_no_other(bot: Bot, hand: Hand) -> None:
    *_, other = come(bot, *(text(lane, burst_wait=0.8) for lane in range(1, 500)), command(500))
    assert taken_ids(take(hand, burst_wait=0.8)) == [[other.id]]


def test_what_is_passed_over_keeps_its_order(bot: Bot, hand: Hand, stopped_clock: Clock) -> None:
    waiting = come(bot, *(text(1, burst_wait=0.8) for _ in range(200)), command(1))
    assert take(hand, burst_wait=0.8) == []
    stopped_clock.advance(seconds(0.8))
    assert taken_ids(take(hand, burst_wait=0.8)) == [[each.id for each in waiting[:10]]]


@pytest.mark.parametrize(("most", "lanes"), [(0, [2]), (1, [1, 2]), (9, [1, 2, 3])])
def test_no_more_lanes_that_begin_with_free_text_are_taken_than_are_wanted(
    bot: Bot, hand: Hand, most: int, lanes: list[int]
) -> None:
    come(bot, text(1), command(1), command(2), text(2), text(3))
    with in_bot(bot.id):
        brought = claim(hand=hand, busy=(), lanes=10, burst_wait=0.0, most_texts=most)
    assert [burst[0].lane for burst in brought.bursts] == lanes


def test_a_claim_tells_which_lanes_hold_more(bot: Bot, hand: Hand) -> None:
    come(bot, command(1), command(1), command(2), text(3), text(3), text(4), command(4))
    brought = haul(hand)
    assert (brought.followed, brought.is_cut) == ({1, 4}, False)
    assert haul(hand, busy=[1, 3, 4]).followed == frozenset()


def test_a_claim_tells_that_there_may_be_more_than_it_looked_at(bot: Bot, hand: Hand) -> None:
    come(bot, *(command(1) for _ in range(199)))
    assert haul(hand).is_cut is False
    come(bot, command(2))
    assert haul(hand).is_cut is True
    assert haul(hand, busy=[1]).is_cut is False


def test_texts_that_follow_each_other_are_taken_together(bot: Bot, hand: Hand) -> None:
    first, second, third = come(bot, text(1), text(1), text(1))
    assert taken_ids(take(hand)) == [[first.id, second.id, third.id]]


def test_a_command_ends_a_burst_and_begins_none(bot: Bot, hand: Hand) -> None:
    first, second, stop, after = come(bot, text(1), text(1), command(1), text(1))
    assert taken_ids(take(hand)) == [[first.id, second.id]]
    with in_bot(bot.id):
        settle(hand=hand, ids=[first.id, second.id])
    assert taken_ids(take(hand)) == [[stop.id]]
    with in_bot(bot.id):
        settle(hand=hand, ids=[stop.id])
    assert taken_ids(take(hand)) == [[after.id]]


def test_texts_of_different_lanes_are_different_bursts(bot: Bot, hand: Hand) -> None:
    a1, b1, a2, b2 = come(bot, text(1), text(2), text(1), text(2))
    assert taken_ids(take(hand)) == [[a1.id, a2.id], [b1.id, b2.id]]


def test_a_burst_has_at_most_ten_texts(bot: Bot, hand: Hand) -> None:
    arrivals = come(bot, *(text(1) for _ in range(13)))
    assert taken_ids(take(hand)) == [[each.id for each in arrivals[:10]]]


def test_a_text_waits_for_what_may_follow_it(bot: Bot, hand: Hand, stopped_clock: Clock) -> None:
    (only,) = come(bot, text(1, burst_wait=0.8))
    assert take(hand, burst_wait=0.8) == []
    stopped_clock.advance(seconds(0.8))
    assert taken_ids(take(hand, burst_wait=0.8)) == [[only.id]]


def test_each_text_of_a_burst_makes_it_wait_again(bot: Bot, hand: Hand, stopped_clock: Clock) -> None:
    (first,) = come(bot, text(1, burst_wait=0.8))
    stopped_clock.advance(seconds(0.5))
    (second,) = come(bot, text(1, burst_wait=0.8))
    stopped_clock.advance(seconds(0.5))
    assert take(hand, burst_wait=0.8) == []
    stopped_clock.advance(seconds(0.3))
    assert taken_ids(take(hand, burst_wait=0.8)) == [[first.id, second.id]]


def test_a_burst_that_does_not_end_is_taken_after_three_waits(
    bot: Bot, hand: Hand, stopped_clock: Clock
) -> None:
    arrivals = []
    for _ in range(4):
        arrivals += come(bot, text(1, burst_wait=0.8))
        assert take(hand, burst_wait=0.8) == []
        stopped_clock.advance(seconds(0.6))
    # 2.4 s after the first: the newest is not due yet, and yet all four are taken.
    assert taken_ids(take(hand, burst_wait=0.8)) == [[each.id for each in arrivals]]


def test_a_command_behind_a_waiting_text_keeps_its_place(bot: Bot, hand: Hand, stopped_clock: Clock) -> None:
    first, second = come(bot, text(1, burst_wait=0.8), command(1))
    assert take(hand, burst_wait=0.8) == []
    stopped_clock.advance(seconds(0.8))
    assert taken_ids(take(hand, burst_wait=0.8)) == [[first.id]]
    with in_bot(bot.id):
        settle(hand=hand, ids=[first.id])
    assert taken_ids(take(hand, burst_wait=0.8)) == [[second.id]]


def test_a_lane_that_waits_holds_no_other_back(bot: Bot, hand: Hand, stopped_clock: Clock) -> None:
    _, other = come(bot, text(1, burst_wait=0.8), command(2))
    assert taken_ids(take(hand, lanes=1, burst_wait=0.8)) == [[other.id]]


def test_a_row_taken_twice_before_is_taken_alone(bot: Bot, hand: Hand) -> None:
    first, second = come(bot, text(1), text(1))
    assert taken_ids(take(hand)) == [[first.id, second.id]]
    assert taken_ids(take(hand)) == [[first.id, second.id]]
    assert taken_ids(take(hand)) == [[first.id]]
    with in_bot(bot.id):
        settle(hand=hand, ids=[first.id])
    assert taken_ids(take(hand)) == [[second.id]]


def test_a_suspect_inside_a_burst_ends_it(bot: Bot, hand: Hand) -> None:
    (suspect,) = come(bot, text(1))
    take(hand)
    take(hand)
    (after,) = come(bot, text(1))
    assert taken_ids(take(hand)) == [[suspect.id]]
    assert row_of(bot, after).attempts == 0


def test_a_released_row_blocks_its_lane_until_it_is_due(bot: Bot, hand: Hand, stopped_clock: Clock) -> None:
    first, second = come(bot, command(1), command(1))
    take(hand)
    with in_bot(bot.id):
        release(hand=hand, ids=[first.id], reason="model.unreachable", wait=2.0)
    assert take(hand) == []
    stopped_clock.advance(seconds(2.0))
    ((row,),) = take(hand)
    assert (row.id, row.reason, row.attempts) == (first.id, "model.unreachable", 2)
    assert row_of(bot, second).attempts == 0


def test_nothing_of_another_bot_is_taken(bot: Bot, other_bot: Bot, hand: Hand) -> None:
    come(other_bot, command(1))
    assert take(hand) == []


def test_a_later_holder_takes_over_what_an_earlier_one_left(bot: Bot, hand: Hand) -> None:
    (arrival,) = come(bot, command())
    take(hand)
    later = hold(bot, holder="host:2:b")
    ((row,),) = take(later)
    assert (row.id, row.attempts) == (arrival.id, 2)
    assert row_of(bot, arrival).epoch == later.epoch


def test_an_earlier_holder_takes_nothing_any_more(bot: Bot, hand: Hand) -> None:
    (left,) = come(bot, command(1))
    later = hold(bot, holder="host:2:b")
    take(later)
    (fresh,) = come(bot, command(2))
    assert take(hand) == []
    assert [(row_of(bot, each).epoch, row_of(bot, each).attempts) for each in (left, fresh)] == [
        (later.epoch, 1),
        (0, 0),
    ]


def test_a_suspect_that_waits_for_its_turn_is_not_to_blame_when_the_process_ends(
    bot: Bot, hand: Hand
) -> None:
    (update,) = come(bot, command(1))
    attempts = [take(hand)[0][0].attempts for _ in range(5)]
    assert attempts == [1, 2, 3, 3, 3]
    assert row_of(bot, update).attempts == 2


def test_a_suspect_that_was_tried_alone_is(bot: Bot, hand: Hand) -> None:
    (update,) = come(bot, command(1))
    for _ in range(3):
        take(hand)
    with in_bot(bot.id):
        try_alone(hand=hand, ids=[update.id])
    assert take(hand)[0][0].attempts == 4


def test_a_suspect_in_another_hand_is_not_tried(bot: Bot, hand: Hand) -> None:
    (update,) = come(bot, command(1))
    take(hand)
    with pytest.raises(LeaseLost), in_bot(bot.id):
        try_alone(hand=Hand(bot.id, hand.epoch - 1), ids=[update.id])
    assert row_of(bot, update).attempts == 1


def test_what_stands_behind_rows_in_hand_is_told_by_lane_oldest_first(bot: Bot, hand: Hand) -> None:
    come(bot, command(1), command(2), command(3))
    bursts = take(hand)
    with in_bot(bot.id):
        in_hand = [row for burst in bursts[:2] for row in burst]
        assert rows_behind(bot_id=bot.id, rows=in_hand) == {}
        come(bot, text(1, payload=b"a"), command(3), command(2, payload=b"b"), command(1, payload=b"c"))
        assert rows_behind(bot_id=bot.id, rows=in_hand) == {
            1: [RowBehind("message", b"a"), RowBehind("command", b"c")],
            2: [RowBehind("command", b"b")],
        }
