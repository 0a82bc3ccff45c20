"""What became of each message, in the ledger and in the figures; whatever died in between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from bots.models import Alert, Bot, BotStatus
from broadcast.contracts import ITSELF, By
from broadcast.errors import BroadcastError
from broadcast.models import Recipient
from broadcast.services.decide_unknown import decide_unknown
from broadcast.services.lifecycle import (
    cancel_broadcast,
    pause_broadcast,
    pause_troubled,
    resume_broadcast,
    retry_failed,
)
from broadcast.services.settle_recipients import is_troubled, reconcile
from broadcast.services.sweep import sweep
from core.clock import Clock
from core.tenancy import in_bot
from mailbox.contracts import Hand
from mailbox.models import OutboundMessage
from mailbox.services.deliver import recover
from profiles.models import Profile
from tests.broadcast.campaigns import begun, ledger, read, recounted, share_of
from tests.broadcast.postman import came_of, delivered, elsewhere, outbox, released, taken
from tests.cast import make_profile

ANN = By(telegram_id=1)


def reconciled(bot: Bot) -> list[Any]:
    with in_bot(bot.id):
        return reconcile(bot_id=bot.id)


def the_recipient(bot: Bot, **where: Any) -> Recipient:
    with in_bot(bot.id):
        return Recipient.objects.for_bot(bot.id).get(**where)


@pytest.mark.parametrize(
    ("state", "error", "found", "reason"),
    [
        ("sent", "", "sent", ""),
        ("failed", "blocked: bot was blocked by the user", "blocked", "blocked: bot was blocked by the user"),
        ("failed", "deactivated: gone", "blocked", "deactivated: gone"),
        ("failed", "chat_not_found: none", "blocked", "chat_not_found: none"),
        ("failed", "bad_request: no", "failed", "bad_request: no"),
        ("failed", "too_long: " + "x" * 280, "failed", "too_long: " + "x" * 190),
        ("failed", "a file that goes along is gone", "failed", "a file that goes along is gone"),
        ("unknown", "maybe_sent: cut", "unknown", "maybe_sent: cut"),
        ("failed", "its time was over", "waiting", ""),
    ],
)
def test_each_outcome_has_its_state_and_reason(
    bot: Bot, stopped_clock: Clock, state: str, error: str, found: str, reason: str
) -> None:
    make_profile(bot)
    broadcast = begun(bot)
    released(bot)
    messages = taken(bot)
    assert came_of(bot, messages, state, error=error) == []
    assert ledger(broadcast, bot.id, "state", "reason") == [(found, reason)]
    assert recounted(broadcast) == [{"total": 1, **({found: 1} if found != "waiting" else {})}]
    row = the_recipient(bot)
    assert (row.sent_at is not None) == (found in ("sent", "unknown"))
    assert (row.telegram_message_id is not None) == (found == "sent")
    share = share_of(broadcast, bot.id)
    assert (share.first_sent_at, share.last_sent_at) == (
        (stopped_clock.now(), stopped_clock.now()) if found == "sent" else (None, None)
    )
    # Said a second time it changes nothing.
    came_of(bot, messages, "failed", error="bad_request: late")
    assert ledger(broadcast, bot.id, "state", "reason") == [(found, reason)]
    recounted(broadcast)


def test_what_is_to_be_tried_again_is_still_under_way(bot: Bot, stopped_clock: Clock) -> None:
    make_profile(bot)
    broadcast = begun(bot)
    released(bot)
    came_of(bot, taken(bot), "pending", error="flood: wait", wait=timedelta(seconds=30))
    assert recounted(broadcast) == [{"total": 1, "released": 1}]
    assert taken(bot) == []
    stopped_clock.advance(timedelta(seconds=30))
    came_of(bot, taken(bot))
    assert recounted(broadcast) == [{"total": 1, "sent": 1}]


def test_who_has_blocked_the_bot_is_no_longer_active(bot: Bot) -> None:
    vera = make_profile(bot)
    begun(bot)
    released(bot)
    came_of(bot, taken(bot), "failed", error="blocked: bot was blocked by the user", is_gone=True)
    with in_bot(bot.id):
        assert not Profile.objects.for_bot(bot.id).get(id=vera.id).is_active


@pytest.mark.parametrize("stop", [pause_broadcast, cancel_broadcast])
def test_what_comes_back_after_it_was_stopped_does_not_go_out_again(bot: Bot, stop: Any) -> None:
    """Telegram asked for patience for a message that was on its way when somebody pressed the button."""
    people = [make_profile(bot) for _ in range(3)]
    broadcast = begun(bot)
    released(bot, room=2)
    flooded, arrived = taken(bot)
    with in_bot(bot.id):
        stop(broadcast_id=broadcast.id, by=ITSELF)
    assert recounted(broadcast) == [{"total": 3, "released": 2}]
    came_of(bot, [flooded], "pending", error="flood: wait")
    came_of(bot, [arrived])
    assert taken(bot) == []
    assert recounted(broadcast) == [{"total": 3, "sent": 1}]
    if read(broadcast).state == "paused":
        with in_bot(bot.id):
            resume_broadcast(broadcast_id=broadcast.id, by=ITSELF)
        assert len(delivered(bot)) == 2
        assert recounted(broadcast) == [{"total": 3, "sent": len(people)}]


def test_what_a_process_that_died_had_marked_is_found_again(
    bot: Bot, owner_database: psycopg.Connection[Any]
) -> None:
    people = [make_profile(bot) for _ in range(3)]
    broadcast = begun(bot)
    released(bot)
    # Its outcome was written down, the ledger was not (of a version that did it in two steps, say).
    owner_database.execute(
        "UPDATE outbound_messages SET state = 'sent', settled_at = now(), telegram_message_id = 5"
        " WHERE bot_id = %s AND chat_id = %s",
        [bot.id, people[0].telegram_id],
    )
    owner_database.execute(
        "DELETE FROM outbound_messages WHERE bot_id = %s AND chat_id = %s", [bot.id, people[1].telegram_id]
    )
    assert reconciled(bot) == []
    assert ledger(broadcast, bot.id, "state", "reason") == [
        ("released", ""),
        ("sent", ""),
        ("unknown", "lost"),
    ]
    assert recounted(broadcast) == [{"total": 3, "released": 1, "sent": 1, "unknown": 1}]
    sweep()
    assert recounted(broadcast) == [{"total": 3, "released": 1, "sent": 1, "unknown": 1}]


def test_after_a_takeover_what_was_in_flight_is_unknown_and_stays_so(bot: Bot) -> None:
    for _ in range(3):
        make_profile(bot)
    broadcast = begun(bot)
    released(bot)
    in_flight = taken(bot, slots=2)
    BotStatus.objects.filter(bot_id=bot.id).update(lease_epoch=1)
    with in_bot(bot.id):
        assert recover(hand=Hand(bot.id, 1)) == 2
    assert reconciled(bot) == []
    # The earlier holder learns what became of one of them, and has lost the say in it.
    came_of(bot, in_flight[:1])
    came_of(bot, in_flight[1:], "pending", error="flood: wait")
    assert recounted(broadcast) == [{"total": 3, "released": 1, "unknown": 2}]
    # It takes nothing more, and the new one not what is unknown.
    assert taken(bot) == []
    assert outbox(bot) == ["unknown", "unknown", "pending"]
    released(bot)
    assert outbox(bot) == ["unknown", "unknown", "pending"]


def test_the_sender_and_whoever_looks_after_it_count_once(bot: Bot) -> None:
    for _ in range(4):
        make_profile(bot)
    broadcast = begun(bot)
    released(bot)
    messages = taken(bot)
    came_of(bot, messages[:2])
    elsewhere(lambda: reconciled(bot))
    came_of(bot, messages[2:])
    reconciled(bot)
    assert recounted(broadcast) == [{"total": 4, "sent": 4}]


@pytest.mark.parametrize(
    ("recent", "percent", "in_row", "troubled"),
    [
        ("", 5, 20, False),
        ("x" * 9, 5, 20, False),
        ("x" * 10, 5, 20, True),
        ("." * 190 + "x" * 10, 5, 20, True),
        ("x" * 19, 0, 20, False),
        ("x" * 20, 0, 20, True),
        ("x" * 30 + ".", 0, 20, False),
        ("x" * 200, 0, 0, False),
        ("x." * 100, 100, 2, False),
        ("x", 0, 1, True),
    ],
)
def test_too_many_errors_of_the_last_or_in_a_row(
    recent: str, percent: int, in_row: int, troubled: bool
) -> None:
    assert is_troubled(recent, percent=percent, in_row=in_row) is troubled


def test_too_many_errors_pause_it_once_and_staff_are_told_once(bot: Bot) -> None:
    for _ in range(8):
        make_profile(bot)
    broadcast = begun(bot, errors_in_row=3, error_percent=0)
    released(bot)
    messages = taken(bot, slots=6)
    assert came_of(bot, messages[:2], "failed", error="bad_request: no") == []
    assert came_of(bot, messages[2:4], "unknown", error="maybe_sent: cut") == [broadcast.id]
    with in_bot(bot.id):
        assert pause_troubled(broadcast_id=broadcast.id)
    # Those that were under way still come in, and are no news.
    assert came_of(bot, messages[4:], "failed", error="bad_request: no") == [broadcast.id]
    with in_bot(bot.id):
        assert not pause_troubled(broadcast_id=broadcast.id)
        assert list(Alert.objects.filter(bot_id=bot.id).values_list("kind", flat=True)) == [
            "broadcast_paused"
        ]
    found = read(broadcast)
    assert (found.state, found.reason) == ("paused", "errors")
    assert recounted(broadcast) == [{"total": 8, "failed": 4, "unknown": 2}]
    with in_bot(bot.id):
        resume_broadcast(broadcast_id=broadcast.id, by=ANN)
    assert share_of(broadcast, bot.id).recent == ""
    assert read(broadcast).reason == ""
    assert len(delivered(bot)) == 2


def test_errors_that_are_found_by_the_sweep_pause_it_too(
    bot: Bot, owner_database: psycopg.Connection[Any]
) -> None:
    for _ in range(3):
        make_profile(bot)
    broadcast = begun(bot, errors_in_row=2, error_percent=0)
    released(bot)
    owner_database.execute(
        "UPDATE outbound_messages SET state = 'unknown', settled_at = now() WHERE bot_id = %s", [bot.id]
    )
    sweep()
    assert read(broadcast).state == "paused"


def test_only_those_who_failed_are_tried_again_and_an_old_outcome_means_nothing(bot: Bot) -> None:
    for _ in range(4):
        make_profile(bot)
    broadcast = begun(bot)
    released(bot)
    failed, cut, blocked, fine = taken(bot)
    came_of(bot, [failed], "failed", error="bad_request: no")
    came_of(bot, [cut], "unknown", error="maybe_sent: cut")
    came_of(bot, [blocked], "failed", error="blocked: by the user")
    came_of(bot, [fine])
    with in_bot(bot.id):
        assert retry_failed(broadcast_id=broadcast.id, by=ANN) == 1
    # Late news of the first time.
    came_of(bot, [failed], "failed", error="bad_request: late")
    reconciled(bot)
    assert recounted(broadcast) == [{"total": 4, "unknown": 1, "blocked": 1, "sent": 1}]
    assert delivered(bot) == [failed.chat_id]
    reconciled(bot)
    assert recounted(broadcast) == [{"total": 4, "unknown": 1, "blocked": 1, "sent": 2}]
    with in_bot(bot.id), pytest.raises(BroadcastError, match="Nobody failed"):
        retry_failed(broadcast_id=broadcast.id, by=ANN)


@pytest.mark.parametrize("arrived", [True, False])
def test_a_person_decides_about_what_nobody_knows(bot: Bot, arrived: bool) -> None:
    vera = make_profile(bot)
    broadcast = begun(bot)
    released(bot)
    came_of(bot, taken(bot), "unknown", error="maybe_sent: cut")
    assert released(bot).done
    row = the_recipient(bot)
    with in_bot(bot.id):
        decide_unknown(broadcast_id=broadcast.id, bot_id=bot.id, recipient_id=row.id, arrived=arrived, by=ANN)
        with pytest.raises(BroadcastError) as refused:
            decide_unknown(
                broadcast_id=broadcast.id, bot_id=bot.id, recipient_id=row.id, arrived=arrived, by=ANN
            )
    assert refused.value.code == "broadcast.not_unknown"
    assert delivered(bot) == ([] if arrived else [vera.telegram_id])
    assert recounted(broadcast) == [{"total": 1, "sent": 1}]


def test_the_key_of_each_try_is_another(bot: Bot) -> None:
    make_profile(bot)
    broadcast = begun(bot)
    for _ in range(3):
        released(bot)
        with in_bot(bot.id):
            pause_broadcast(broadcast_id=broadcast.id)
            resume_broadcast(broadcast_id=broadcast.id, by=ITSELF)
    released(bot)
    with in_bot(bot.id):
        (key,) = OutboundMessage.objects.for_bot(bot.id).values_list("key", flat=True)
    assert key == f"bc:{the_recipient(bot).id.hex}:3"
    assert recounted(broadcast) == [{"total": 1, "released": 1}]
