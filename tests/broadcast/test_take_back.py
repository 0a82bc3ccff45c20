"""Deleting what was sent, for as long as Telegram allows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bots.models import Bot
from broadcast.contracts import By
from broadcast.errors import BroadcastError
from broadcast.models import Broadcast
from broadcast.services.lifecycle import cancel_broadcast, finish_if_done, pause_broadcast
from broadcast.services.take_back import DELETABLE, take_back
from core.clock import Clock
from core.tenancy import in_bot, in_bots
from mailbox.services.withdraw import withdraw
from profiles.services.erase_profile import erase_profile
from tests.broadcast.campaigns import begun, ledger, read, recounted
from tests.broadcast.postman import came_of, delivered, outbox, released, taken
from tests.cast import make_profile

ANN = By(telegram_id=1)


def taken_back(broadcast: Broadcast) -> int:
    with in_bots(broadcast.bot_ids):
        return take_back(broadcast_id=broadcast.id, by=ANN)


def refused(broadcast: Broadcast) -> str:
    with pytest.raises(BroadcastError) as error:
        taken_back(broadcast)
    return error.value.code.removeprefix("broadcast.")


def over(bot: Bot, **fields: Any) -> Broadcast:
    """A broadcast that reached everybody."""
    broadcast = begun(bot, **fields)
    delivered(bot)
    released(bot)
    with in_bot(bot.id):
        assert finish_if_done(broadcast_id=broadcast.id)
    return broadcast


def test_what_was_sent_is_deleted_in_each_chat(bot: Bot) -> None:
    people = [make_profile(bot) for _ in range(3)]
    broadcast = over(bot)
    sent = dict(ledger(broadcast, bot.id, "profile__telegram_id", "telegram_message_id"))
    assert taken_back(broadcast) == 3
    messages = taken(bot)
    assert {message.method for message in messages} == {"deleteMessage"}
    assert {message.chat_id: message.params["message_id"] for message in messages} == sent
    assert len(sent) == len(people)
    came_of(bot, messages)
    assert recounted(broadcast) == [{"total": 3, "sent": 3, "deleted": 3}]
    assert refused(broadcast) == "nothing_to_delete"
    assert read(broadcast).state == "finished"


def test_nothing_is_deleted_while_it_is_sent_and_what_is_paused_or_cancelled_can_be(bot: Bot) -> None:
    for _ in range(3):
        make_profile(bot)
    broadcast = begun(bot)
    released(bot, room=1)
    came_of(bot, taken(bot))
    assert refused(broadcast) == "state"
    with in_bot(bot.id):
        pause_broadcast(broadcast_id=broadcast.id)
    assert taken_back(broadcast) == 1
    with in_bot(bot.id):
        cancel_broadcast(broadcast_id=broadcast.id, by=ANN)
    # Only what was to be deleted is left in the outbox, also when the broadcast is stopped.
    assert refused(broadcast) == "being_deleted"
    messages = taken(bot)
    assert [message.method for message in messages] == ["deleteMessage"]
    came_of(bot, messages)
    assert recounted(broadcast) == [{"total": 3, "sent": 1, "deleted": 1}]


def test_it_is_possible_for_two_days_less_an_hour(bot: Bot, stopped_clock: Clock) -> None:
    make_profile(bot), make_profile(bot)
    broadcast = begun(bot)
    released(bot, room=1)
    came_of(bot, taken(bot))
    stopped_clock.advance(timedelta(hours=1))
    delivered(bot)
    released(bot)
    with in_bot(bot.id):
        finish_if_done(broadcast_id=broadcast.id)
    stopped_clock.advance(DELETABLE - timedelta(hours=1))
    assert taken_back(broadcast) == 1
    came_of(bot, taken(bot))
    stopped_clock.advance(timedelta(hours=1))
    assert refused(broadcast) == "nothing_to_delete"
    assert recounted(broadcast) == [{"total": 2, "sent": 2, "deleted": 1}]


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_what_could_not_be_deleted_can_be_tried_again(bot: Bot, state: str) -> None:
    make_profile(bot), make_profile(bot)
    broadcast = over(bot)
    assert taken_back(broadcast) == 2
    assert refused(broadcast) == "being_deleted"
    one, other = taken(bot)
    came_of(bot, [one])
    assert refused(broadcast) == "being_deleted"
    assert came_of(bot, [other], state, error="maybe_sent: cut") == []
    assert recounted(broadcast) == [{"total": 2, "sent": 2, "deleted": 1}]
    assert taken_back(broadcast) == 1
    again = taken(bot)
    assert [message.chat_id for message in again] == [other.chat_id]
    came_of(bot, again)
    assert recounted(broadcast) == [{"total": 2, "sent": 2, "deleted": 2}]


def test_deleting_goes_on_when_somebody_wants_quiet(bot: Bot) -> None:
    vera = make_profile(bot)
    broadcast = over(bot)
    taken_back(broadcast)
    with in_bot(bot.id):
        assert withdraw(bot_id=bot.id, chat_id=vera.telegram_id) == 0
    came_of(bot, taken(bot))
    assert recounted(broadcast) == [{"total": 1, "sent": 1, "deleted": 1}]


def test_of_those_who_were_erased_nothing_is_known_to_delete(bot: Bot) -> None:
    vera, mila = make_profile(bot), make_profile(bot)
    broadcast = over(bot)
    with in_bot(bot.id):
        erase_profile(bot_id=bot.id, profile_id=vera.id)
    assert taken_back(broadcast) == 1
    assert [message.chat_id for message in taken(bot)] == [mila.telegram_id]


def test_those_who_never_got_it_are_left_alone(bot: Bot) -> None:
    for _ in range(3):
        make_profile(bot)
    broadcast = begun(bot)
    released(bot)
    failed, cut, fine = taken(bot)
    came_of(bot, [failed], "failed", error="blocked: by the user")
    came_of(bot, [cut], "unknown", error="maybe_sent: cut")
    came_of(bot, [fine])
    released(bot)
    with in_bot(bot.id):
        assert finish_if_done(broadcast_id=broadcast.id)
    assert taken_back(broadcast) == 1
    assert outbox(bot, "chat_id", method="deleteMessage") == [fine.chat_id]
