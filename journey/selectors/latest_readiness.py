from __future__ import annotations

from datetime import datetime
from uuid import UUID

from journey.contracts import ReadinessTaken, StreamReadiness
from journey.models import Readiness


def latest_readiness(*, bot_id: UUID, profile_id: UUID) -> ReadinessTaken | None:
    """What a person was ready for when it was last worked out."""
    row = (
        Readiness.objects.for_bot(bot_id).filter(profile_id=profile_id).order_by("-created_at", "-id").first()
    )
    return _taken(row) if row else None


def readiness_with(*, bot_id: UUID, profile_id: UUID, digest: str) -> ReadinessTaken | None:
    """The latest readiness, if it was made from what this digest names."""
    row = (
        Readiness.objects.for_bot(bot_id).filter(profile_id=profile_id).order_by("-created_at", "-id").first()
    )
    return _taken(row) if row and row.digest == digest else None


def readiness_over_time(
    *, bot_id: UUID, profile_id: UUID, limit: int = 100
) -> list[tuple[datetime, dict[str, int]]]:
    """How it changed, oldest first: percents by slug; the newest `limit` of them."""
    rows = (
        Readiness.objects.for_bot(bot_id).filter(profile_id=profile_id).order_by("-created_at", "-id")[:limit]
    )
    return [(row.created_at, dict(_taken(row).percents)) for row in reversed(rows)]


def _taken(row: Readiness) -> ReadinessTaken:
    return ReadinessTaken(
        id=row.id,
        streams=tuple(
            StreamReadiness(
                slug=str(each.get("slug", "")),
                percent=int(each.get("percent", 0)),
                reason=str(each.get("reason", "")),
                quote=str(each.get("quote", "")),
            )
            for each in row.streams
        ),
        chosen=row.chosen,
        created_at=row.created_at,
    )
