"""What happened is written with the thing itself, or not at all."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import ProgrammingError, transaction

from bots.models import Bot
from core.clock import Clock
from core.tenancy import in_bot
from events.models import Event
from events.services.erase_events import erase_events
from events.services.record_event import record_event
from tests.cast import make_profile


def test_an_event_says_what_happened_to_whom_and_when(bot: Bot, stopped_clock: Clock):
    vera = make_profile(bot)
    with in_bot(bot.id):
        record_event(
            bot_id=bot.id,
            kind="session.completed",
            profile_id=vera.id,
            payload={"session": "1", "questions": 7},
            correlation_id="c1",
        )
        event = Event.objects.get()
    assert (event.bot_id, event.kind, event.profile_id, event.correlation_id) == (
        bot.id,
        "session.completed",
        vera.id,
        "c1",
    )
    assert event.payload == {"session": "1", "questions": 7}
    assert event.created_at == stopped_clock.now()
    assert str(event) == "session.completed"


def test_an_event_needs_nothing_but_its_kind(bot: Bot):
    with in_bot(bot.id):
        record_event(bot_id=bot.id, kind="bot.started")
        event = Event.objects.get()
    assert (event.profile_id, event.payload, event.correlation_id) == (None, {}, "")


def test_outside_of_a_transaction_nothing_can_be_said(bot: Bot):
    with pytest.raises(transaction.TransactionManagementError):
        record_event(bot_id=bot.id, kind="bot.started")
    with in_bot(bot.id):
        assert Event.objects.count() == 0


def test_what_was_undone_did_not_happen(bot: Bot):
    with in_bot(bot.id):
        record_event(bot_id=bot.id, kind="bot.started")
        transaction.set_rollback(True)
    with in_bot(bot.id):
        assert Event.objects.count() == 0


def test_nothing_can_be_said_of_another_bot(bot: Bot, other_bot: Bot):
    with pytest.raises(ProgrammingError, match="row-level security"), in_bot(bot.id):
        record_event(bot_id=other_bot.id, kind="bot.started")
    with in_bot(other_bot.id):
        assert Event.objects.count() == 0


def test_events_are_in_the_order_in_which_they_were_said(bot: Bot, stopped_clock: Clock):
    kinds = [f"step.{number}" for number in range(20)]
    with in_bot(bot.id):
        for kind in kinds:
            record_event(bot_id=bot.id, kind=kind)
        # The clock stands still: the ids alone tell.
        assert list(Event.objects.order_by("created_at", "id").values_list("kind", flat=True)) == kinds


def test_erasing_takes_the_events_of_one_person(bot: Bot):
    with in_bot(bot.id):
        erased, other = uuid4(), uuid4()
        for profile_id in (erased, erased, other, None):
            record_event(bot_id=bot.id, kind="stage.changed", profile_id=profile_id)
        erase_events(bot_id=bot.id, profile_id=erased)
        left = set(Event.objects.values_list("profile_id", flat=True))
    assert left == {other, None}
