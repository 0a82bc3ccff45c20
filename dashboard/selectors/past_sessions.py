"""Sessions that are over, or go on, as ground to try prompts on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bots.tenant import TenantQuerySet
from sessions_app.models import Message, Session

PAGE: Final = 12
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class PastSession:
    """A session as a list shows it: nothing that anybody said, and not who it was."""

    id: UUID
    conversation_id: UUID
    kind: str
    state: str
    answers: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class PastMessage:
    """One thing that was said in a session."""

    id: UUID
    at: datetime
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class PastTalk:
    """A session with its words, oldest first, and whose they are."""

    id: UUID
    conversation_id: UUID
    profile_id: UUID
    kind: str
    is_gentle: bool
    started_at: datetime
    names: tuple[str, ...]
    messages: tuple[PastMessage, ...]


def past_sessions(
    *, bot_id: UUID, language: str, kinds: Sequence[str], before: UUID | None = None
) -> tuple[PastSession, ...]:
    """The newest of these kinds with people of this language who agree to be coached, 12 and one more."""
    rows = _sessions(bot_id).filter(
        kind__in=kinds, conversation__profile__language=language, question_count__gt=0
    )
    if before is not None:
        rows = rows.filter(id__lt=before)
    return tuple(
        PastSession(*row)
        for row in rows.order_by("-id").values_list(
            "id", "conversation_id", "kind", "state", "question_count", "started_at"
        )[: PAGE + 1]
    )


def conversation_of(*, bot_id: UUID, session_id: UUID) -> UUID | None:
    """The conversation of a session that prompts may be tried on; None where there is none."""
    return _sessions(bot_id).filter(id=session_id).values_list("conversation_id", flat=True).first()


def past_talk(*, bot_id: UUID, session_id: UUID) -> PastTalk | None:
    """A session with the newest 400 of its messages; None where there is none. Private: redact it before use."""
    row = _sessions(bot_id).filter(id=session_id).select_related("conversation__profile").first()
    if row is None:
        return None
    said = Message.objects.for_bot(bot_id).filter(session_id=session_id, conversation_id=row.conversation_id)
    newest = said.order_by("-created_at", "-id").values_list("id", "created_at", "role", "text")[:_LONGEST]
    person = row.conversation.profile
    return PastTalk(
        id=row.id,
        conversation_id=row.conversation_id,
        profile_id=person.id,
        kind=row.kind,
        is_gentle=row.data.get("gently") is True,
        started_at=row.started_at,
        names=(person.first_name, person.last_name, person.username),
        messages=tuple(PastMessage(*each) for each in reversed(newest)),
    )


def _sessions(bot_id: UUID) -> TenantQuerySet[Session]:
    return Session.objects.for_bot(bot_id).filter(
        conversation__profile__consented_at__isnull=False, conversation__profile__is_underage=False
    )
