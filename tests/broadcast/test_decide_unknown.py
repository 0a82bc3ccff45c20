"""Messages of which nobody knows whether they arrived: somebody decides."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from bots.models import Bot
from broadcast.contracts import By
from broadcast.errors import BroadcastError
from broadcast.models import Broadcast, BroadcastChange, Recipient
from broadcast.services.decide_unknown import decide_unknown
from core.clock import clock
from core.tenancy import in_bot, in_bots
from tests.broadcast.campaigns import begun, ledger, read, share_of
from tests.cast import make_profile
from tests.web.broadcast_forms import become, in_state

ME = By(telegram_id=77)


def unknown(bot: Bot) -> tuple[Broadcast, UUID]:
    """A finished broadcast with one recipient of whom nothing is known."""
    make_profile(bot)
    broadcast = begun(bot)
    become(broadcast, bot, "unknown", reason="timeout", sent_at=clock.now(), tries=1, outbound_id=uuid4())
    in_state(broadcast, "finished")
    with in_bot(bot.id):
        return broadcast, Recipient.objects.for_bot(bot.id).get(broadcast_id=broadcast.id).id


def decide(broadcast: Broadcast, bot: Bot, recipient_id: UUID, *, arrived: bool) -> None:
    with in_bots(broadcast.bot_ids):
        decide_unknown(
            broadcast_id=broadcast.id, bot_id=bot.id, recipient_id=recipient_id, arrived=arrived, by=ME
        )


def test_it_arrived(bot: Bot) -> None:
    broadcast, recipient_id = unknown(bot)
    decide(broadcast, bot, recipient_id, arrived=True)
    assert ledger(broadcast, bot.id, "state", "reason") == [("sent", "")]
    share = share_of(broadcast, bot.id)
    assert (share.sent, share.unknown) == (1, 0)
    assert read(broadcast).state == "finished"
    with in_bots([bot.id]):
        change = BroadcastChange.objects.filter(broadcast=broadcast).order_by("-at", "-id")[0]
    assert (change.action, change.note, change.by_telegram_id) == ("arrived", str(recipient_id), 77)


def test_it_is_sent_again(bot: Bot) -> None:
    broadcast, recipient_id = unknown(bot)
    decide(broadcast, bot, recipient_id, arrived=False)
    # The number of tries stays: the message in the outbox gets another key.
    assert ledger(broadcast, bot.id, "state", "reason", "outbound_id", "sent_at", "tries") == [
        ("waiting", "", None, None, 1)
    ]
    share = share_of(broadcast, bot.id)
    assert (share.sent, share.unknown, share.done_at) == (0, 0, None)
    assert read(broadcast).state == "running"


def test_while_it_runs_it_goes_on_running(bot: Bot) -> None:
    broadcast, recipient_id = unknown(bot)
    in_state(broadcast, "paused")
    decide(broadcast, bot, recipient_id, arrived=False)
    assert read(broadcast).state == "paused"
    assert ledger(broadcast, bot.id) == ["waiting"]


@pytest.mark.parametrize("arrived", [True, False])
def test_nobody_decides_twice(bot: Bot, arrived: bool) -> None:
    broadcast, recipient_id = unknown(bot)
    decide(broadcast, bot, recipient_id, arrived=arrived)
    with pytest.raises(BroadcastError) as refused:
        decide(broadcast, bot, recipient_id, arrived=not arrived)
    assert refused.value.code == "broadcast.not_unknown"
    assert ledger(broadcast, bot.id) == ["sent" if arrived else "waiting"]


def test_what_is_cancelled_is_not_sent_again(bot: Bot) -> None:
    broadcast, recipient_id = unknown(bot)
    in_state(broadcast, "cancelled")
    with pytest.raises(BroadcastError) as refused:
        decide(broadcast, bot, recipient_id, arrived=False)
    assert refused.value.code == "broadcast.state"
    decide(broadcast, bot, recipient_id, arrived=True)
    assert ledger(broadcast, bot.id) == ["sent"]


def test_who_was_erased_is_not_written_to_again(bot: Bot) -> None:
    broadcast, recipient_id = unknown(bot)
    with in_bot(bot.id):
        Recipient.objects.for_bot(bot.id).filter(id=recipient_id).update(profile=None)
    with pytest.raises(BroadcastError) as refused:
        decide(broadcast, bot, recipient_id, arrived=False)
    assert refused.value.code == "broadcast.erased"


def test_a_stranger_is_not_decided_about(bot: Bot) -> None:
    broadcast, _ = unknown(bot)
    with pytest.raises(BroadcastError) as refused:
        decide(broadcast, bot, uuid4(), arrived=True)
    assert refused.value.code == "broadcast.not_unknown"
    assert ledger(broadcast, bot.id) == ["unknown"]
