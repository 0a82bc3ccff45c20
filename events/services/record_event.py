"""The one way to say that something happened."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from core.clock import clock
from events.models import Event


def record_event(
    *,
    bot_id: UUID,
    kind: str,
    profile_id: UUID | None = None,
    payload: Mapping[str, object] | None = None,
    correlation_id: str = "",
) -> None:
    """Write an event inside the caller's transaction: it is there exactly if the thing itself is.

    The payload holds ids, names of states and figures; never a token and never what a person said.
    Raises TransactionManagementError outside of a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        message = "an event is written in the transaction of the thing itself"
        raise transaction.TransactionManagementError(message)
    Event.objects.bulk_create(
        [
            Event(
                bot_id=bot_id,
                kind=kind,
                profile_id=profile_id,
                payload=dict(payload or {}),
                correlation_id=correlation_id,
                created_at=clock.now(),
            )
        ]
    )
