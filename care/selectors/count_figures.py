from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from profiles.models import Profile
from sessions_app.models import Message, Role, Session, SessionState


def count_figures(*, bot_id: UUID, now: datetime) -> dict[str, Any]:
    """What grows with a bot's people, as JSON: whole numbers by name, and `stages`, people by a stage's code.

    It looks at everybody: a third of a second for 340,000 people.
    """
    day, week, month = (now - timedelta(days=days) for days in (1, 7, 30))
    people = Profile.objects.for_bot(bot_id).aggregate(
        people=Count("id"),
        consented=Count("consented_at"),
        active=Count("id", filter=Q(is_active=True)),
        seen_day=Count("id", filter=Q(last_seen_at__gte=day)),
        seen_week=Count("id", filter=Q(last_seen_at__gte=week)),
        seen_month=Count("id", filter=Q(last_seen_at__gte=month)),
        started=Count("started_journey_at"),
        completed=Count("completed_journey_at"),
        visited=Count("visited_platform_at"),
        purchased=Count("purchased_stream_at"),
    )
    stages = (
        Profile.objects.for_bot(bot_id)
        .exclude(journey_stage="")
        .values_list("journey_stage")
        .annotate(count=Count("id"))
        .order_by("journey_stage")
    )
    sessions = Session.objects.for_bot(bot_id).aggregate(
        open_sessions=Count("id", filter=Q(state__in=[SessionState.ACTIVE, SessionState.PAUSED])),
        completed_sessions=Count("id", filter=Q(state=SessionState.COMPLETED)),
    )
    messages = Message.objects.for_bot(bot_id).filter(created_at__gte=day, role=Role.USER).count()
    return {**people, **sessions, "messages_day": messages, "stages": dict(stages)}
