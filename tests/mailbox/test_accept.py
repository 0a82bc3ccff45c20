from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from bots.models import Bot
from core.clock import Clock, clock
from core.tenancy import in_bot
from mailbox.contracts import Hand
from mailbox.models import InboundUpdate
from mailbox.services.accept import accept
from tests.mailbox.letters import come, command, row_of, take, text


def stored(bot: Bot) -> list[int | None]:
    with in_bot(bot.id):
        return list(InboundUpdate.objects.for_bot(bot.id).order_by("seq").values_list("update_id", flat=True))


def test_a_batch_is_kept_in_the_order_in_which_it_was_heard(bot: Bot) -> None:
    with in_bot(bot.id):
        count = accept(bot_id=bot.id, arrivals=[command(update_id=each) for each in (30, 10, 20)])
    assert count == 3
    assert stored(bot) == [30, 10, 20]


def test_an_update_is_kept_with_its_bytes_as_they_came(bot: Bot, stopped_clock: Clock) -> None:
    (arrival,) = come(bot, text(lane=-5, user_id=7, payload=b'{"text": "\\ud800 \x00 \xff"}', burst_wait=0.8))
    row = row_of(bot, arrival)
    assert bytes(row.payload) == b'{"text": "\\ud800 \x00 \xff"}'
    assert (row.kind, row.lane, row.user_id, row.may_wait) == ("message", -5, 7, True)
    assert (row.attempts, row.epoch, row.settled_at, row.outcome, row.reason) == (0, 0, None, "", "")
    assert row.received_at == clock.now()
    assert row.due_at == arrival.due_at


def test_an_update_that_telegram_sends_again_is_one(bot: Bot) -> None:
    come(bot, command(update_id=1), command(update_id=2))
    with in_bot(bot.id):
        count = accept(
            bot_id=bot.id, arrivals=[command(update_id=2), command(update_id=3), command(update_id=3)]
        )
    assert count == 1
    assert stored(bot) == [1, 2, 3]


def test_an_update_that_was_settled_is_still_known(bot: Bot, hand: Hand) -> None:
    come(bot, command(update_id=5, reason="not an object"))
    come(bot, command(update_id=5))
    assert stored(bot) == [5]
    assert take(hand) == []


def test_ids_that_begin_anew_below_the_old_ones_are_new(bot: Bot) -> None:
    come(bot, command(update_id=900))
    come(bot, command(update_id=7))
    assert stored(bot) == [900, 7]


def test_two_bots_may_hear_the_same_update_id(bot: Bot, other_bot: Bot) -> None:
    come(bot, command(update_id=4))
    come(other_bot, command(update_id=4))
    assert (stored(bot), stored(other_bot)) == ([4], [4])


def test_updates_without_an_id_are_all_kept(bot: Bot) -> None:
    come(bot, command(update_id=None), command(update_id=None))
    assert stored(bot) == [None, None]


def test_what_carries_a_reason_is_buried_at_once_and_never_claimed(
    bot: Bot, hand: Hand, stopped_clock: Clock
) -> None:
    bad, good = come(bot, command(reason="not JSON that can be read"), command())
    row = row_of(bot, bad)
    assert (row.outcome, row.reason) == ("buried", "not JSON that can be read")
    assert row.settled_at == clock.now()
    assert [[each.id for each in burst] for burst in take(hand)] == [[good.id]]


def test_an_empty_batch_asks_the_database_nothing(bot: Bot) -> None:
    # Outside of any scope a statement would see no rows, and an INSERT would be refused.
    assert accept(bot_id=bot.id, arrivals=[]) == 0


@pytest.mark.parametrize("user_id", [-(2**63), 2**63 - 1, None])
def test_ids_of_64_bits_are_kept(bot: Bot, user_id: int | None) -> None:
    (arrival,) = come(bot, command(lane=2**63 - 1, user_id=user_id, update_id=2**63 - 1))
    row = row_of(bot, arrival)
    assert (row.lane, row.user_id, row.update_id) == (2**63 - 1, user_id, 2**63 - 1)


def test_of_many_that_keep_the_same_updates_at_once_each_is_kept_by_one(bot: Bot) -> None:
    def hear(_: int) -> int:
        try:
            with in_bot(bot.id):
                return accept(bot_id=bot.id, arrivals=[command(update_id=each) for each in range(1, 21)])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(hear, range(8))) == 20
    assert sorted(stored(bot)) == list(range(1, 21))
