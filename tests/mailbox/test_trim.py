from __future__ import annotations

from datetime import timedelta

import pytest

from bots.models import Bot
from core.clock import Clock
from core.tenancy import in_bot
from mailbox.contracts import Hand, Outcome
from mailbox.models import InboundUpdate, OutboundMessage
from mailbox.services import trim_mailbox as trimming
from mailbox.services.deliver import mark
from mailbox.services.settle import bury, settle
from mailbox.services.trim_mailbox import trim_mailbox
from mailbox.tasks import trim_mailbox as trim_mailbox_task
from tests.mailbox.letters import come, command, pick, say, take, word


def trim(bot: Bot) -> int:
    with in_bot(bot.id):
        return trim_mailbox()


def left(bot: Bot) -> tuple[int, int]:
    with in_bot(bot.id):
        return InboundUpdate.objects.for_bot(bot.id).count(), OutboundMessage.objects.for_bot(bot.id).count()


def finish(bot: Bot, hand: Hand) -> None:
    """One update done, one buried, one message sent; and one of each still open."""
    done, buried, _ = come(bot, command(1), command(2), command(3))
    sent, _ = say(bot, word(1), word(2))
    take(hand, lanes=2)
    pick(hand, slots=1)
    with in_bot(bot.id):
        settle(hand=hand, ids=[done.id])
        bury(hand=hand, ids=[buried.id], reason="r")
        mark(hand=hand, outcomes=[Outcome(sent.id, "sent")])


def test_settled_rows_are_let_go_when_their_time_is_over_and_open_ones_never(
    bot: Bot, hand: Hand, stopped_clock: Clock
) -> None:
    finish(bot, hand)
    assert (trim(bot), left(bot)) == (0, (3, 2))
    stopped_clock.advance(timedelta(days=8, hours=23))
    assert (trim(bot), left(bot)) == (0, (3, 2))
    stopped_clock.advance(timedelta(hours=2))
    # Done: Telegram repeats nothing that old any more. Buried, staff may want to look at.
    assert (trim(bot), left(bot)) == (1, (2, 2))
    stopped_clock.advance(timedelta(days=22))
    assert (trim(bot), left(bot)) == (2, (1, 1))
    stopped_clock.advance(timedelta(days=1000))
    assert (trim(bot), left(bot)) == (0, (1, 1))


def test_only_the_bots_in_scope_are_trimmed(
    bot: Bot, other_bot: Bot, hand: Hand, stopped_clock: Clock
) -> None:
    finish(bot, hand)
    stopped_clock.advance(timedelta(days=60))
    assert trim(other_bot) == 0
    assert left(bot) == (3, 2)


def test_much_is_let_go_slice_by_slice(
    bot: Bot, hand: Hand, stopped_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trimming, "SLICE", 2)
    arrivals = come(bot, *(command(lane) for lane in range(5)))
    take(hand)
    with in_bot(bot.id):
        settle(hand=hand, ids=[each.id for each in arrivals])
    stopped_clock.advance(timedelta(days=10))
    assert [trim(bot) for _ in range(4)] == [2, 2, 1, 0]


def test_the_task_goes_on_until_nothing_is_left_in_any_bot(
    bot: Bot, other_bot: Bot, hand: Hand, stopped_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trimming, "SLICE", 1)
    finish(bot, hand)
    come(other_bot, command(reason="not an object"), command(reason="not an object"))
    stopped_clock.advance(timedelta(days=60))
    trim_mailbox_task()
    assert (left(bot), left(other_bot)) == ((1, 1), (0, 0))
