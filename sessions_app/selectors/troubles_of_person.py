from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from events.models import Event
from mailbox.models import InboundOutcome, InboundUpdate, OutboundMessage, OutboundState
from sessions_app.models import Session

# What is told in the order in which it happened. Kinds of events, and what went wrong beside them.
_EVENTS: Final = (
    "crisis.detected",
    "profile.blocked",
    "profile.unblocked",
    "profile.barred",
    "profile.let_in",
    "conversation.taken_over",
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something about a person that staff may have to look at: its kind, a code that says more, and when."""

    kind: str
    detail: str
    at: datetime


def troubles_of_person(*, bot_id: UUID, profile_id: UUID, telegram_id: int, limit: int = 50) -> list[Trouble]:
    """The latest of them, newest first: signs of crisis, who blocked whom, answers and messages that failed."""
    events = Event.objects.for_bot(bot_id).filter(profile_id=profile_id, kind__in=_EVENTS)
    found = [
        Trouble(kind, str(payload.get("sign", "")), at)
        for kind, payload, at in events.order_by("-created_at").values_list("kind", "payload", "created_at")[
            :limit
        ]
    ]
    sessions = Session.objects.for_bot(bot_id).filter(
        conversation__profile_id=profile_id, conversation__bot_id=bot_id, last_error_at__isnull=False
    )
    found += [
        Trouble("session.error", code, at)
        for code, at in sessions.order_by("-last_error_at").values_list("last_error", "last_error_at")[:limit]
        if at is not None
    ]
    unsent = OutboundMessage.objects.for_bot(bot_id).filter(
        chat_id=telegram_id, state__in=[OutboundState.FAILED, OutboundState.UNKNOWN]
    )
    found += [
        Trouble("message.unsent", error, at)
        for error, at in unsent.order_by("-seq").values_list("error", "created_at")[:limit]
    ]
    buried = InboundUpdate.objects.for_bot(bot_id).filter(user_id=telegram_id, outcome=InboundOutcome.BURIED)
    found += [
        Trouble("update.buried", reason, at)
        for reason, at in buried.order_by("-seq").values_list("reason", "received_at")[:limit]
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)[:limit]
