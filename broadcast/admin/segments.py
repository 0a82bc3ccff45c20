"""Saved segments: what each means, and how many people it finds now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from bots.admin.faces import ago
from broadcast.admin.faces import language_now, number
from broadcast.criteria.errors import CriteriaError
from broadcast.selectors.estimate import estimate
from broadcast.selectors.segments import segment_criteria, segments


def segment_lines() -> list[dict[str, Any]]:
    """All of them by name, for the template; nobody is counted yet."""
    return [{"each": each, "changed": ago(each.changed_at)} for each in segments(language=language_now())]


def segment_count(*, segment_id: UUID, bot_ids: Sequence[UUID]) -> dict[str, Any] | None:
    """Whom a segment finds now in these bots, everybody once; None where there is no such segment."""
    criteria = segment_criteria(segment_id=segment_id)
    if criteria is None:
        return None
    try:
        found = estimate(bot_ids=bot_ids, criteria=criteria)
    except CriteriaError:
        return {"is_lost": True}
    return {"total": number(found.total), "is_none": not found.total, "is_at_least": found.is_at_least}
