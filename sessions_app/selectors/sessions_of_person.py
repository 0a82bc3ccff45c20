from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from sessions_app.models import Message, Role, Session


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session of a person: how it went, what came of it, what it cost in millionths of a USD."""

    id: UUID
    conversation_id: UUID
    kind: str
    state: str
    started_at: datetime
    completed_at: datetime | None
    question_count: int
    summary: str
    core_issue: str
    patterns: Sequence[str]
    last_error: str
    messages: int
    cost_micros: int


def sessions_of_person(*, bot_id: UUID, profile_id: UUID, limit: int = 20) -> list[SessionLine]:
    """The latest sessions of a person, newest first."""
    said = Message.objects.for_bot(bot_id).filter(session_id=OuterRef("id")).order_by().values("session_id")
    rows = (
        Session.objects.for_bot(bot_id)
        .filter(conversation__profile_id=profile_id, conversation__bot_id=bot_id)
        .annotate(
            messages_said=Subquery(said.annotate(count=Count("id")).values("count")),
            cost=Subquery(said.annotate(sum=Sum("cost_micros")).values("sum")),
        )
        .order_by("-started_at", "-id")
    )
    return [
        SessionLine(
            id=row.id,
            conversation_id=row.conversation_id,
            kind=row.kind,
            state=row.state,
            started_at=row.started_at,
            completed_at=row.completed_at,
            question_count=row.question_count,
            summary=row.summary,
            core_issue=row.core_issue,
            patterns=[str(each) for each in row.patterns] if isinstance(row.patterns, list) else [],
            last_error=row.last_error,
            messages=row.messages_said or 0,
            cost_micros=row.cost or 0,
        )
        for row in rows[:limit]
    ]


@dataclass(frozen=True, slots=True)
class PersonCost:
    """What the model's answers to one person cost, in millionths of a USD, and how many there were."""

    today: int
    month: int
    total: int
    answers: int
    tokens: int


def cost_of_person(*, bot_id: UUID, profile_id: UUID, today: datetime, month: datetime) -> PersonCost:
    """What was kept with each answer, added up: since `today`, since `month`, and over all."""
    found = (
        Message.objects.for_bot(bot_id)
        .filter(conversation__profile_id=profile_id, conversation__bot_id=bot_id, role=Role.BOT)
        .aggregate(
            today=Sum("cost_micros", filter=Q(created_at__gte=today), default=0),
            month=Sum("cost_micros", filter=Q(created_at__gte=month), default=0),
            total=Sum("cost_micros", default=0),
            answers=Count("id", filter=~Q(model="")),
            tokens_in=Sum("prompt_tokens", default=0),
            tokens_out=Sum("completion_tokens", default=0),
        )
    )
    return PersonCost(
        today=found["today"],
        month=found["month"],
        total=found["total"],
        answers=found["answers"],
        tokens=found["tokens_in"] + found["tokens_out"],
    )
