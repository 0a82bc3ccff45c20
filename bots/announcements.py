"""Telling the rest of the installation about a bot, in the transaction of the change itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, cast
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from core.sql import notify
from core.tenancy import in_bot

# Supervisors and workers listen here; the payload is always the id of the bot that they should look at again.
CHANNEL = "relove_bots"


class Recorder(Protocol):
    """The events' one way to write: events are a room above, so the settings name it."""

    def __call__(self, *, bot_id: UUID, kind: str, payload: Mapping[str, object] | None = None) -> None: ...


def tell_runtime(bot_id: UUID) -> None:
    """Wake whoever runs the bot when the current transaction commits."""
    notify(CHANNEL, str(bot_id))


def record(*, bot_id: UUID, kind: str, payload: Mapping[str, object] | None = None) -> None:
    """Write an event of this bot inside the caller's transaction."""
    recorder = cast("Recorder", import_string(settings.EVENT_RECORDER))
    with in_bot(bot_id):
        recorder(bot_id=bot_id, kind=kind, payload=payload)
