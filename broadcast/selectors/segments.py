from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broadcast.audience import known_words
from broadcast.criteria.description import described
from broadcast.criteria.errors import CriteriaError
from broadcast.criteria.parsing import parse
from broadcast.models import Segment


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """Saved criteria; `sentence` is empty where they are not understood any more."""

    id: UUID
    name: str
    criteria: str
    sentence: str
    by: str
    changed_at: datetime


def segments(*, language: str) -> list[SegmentLine]:
    """All saved criteria by name, with what they mean."""
    words = known_words()
    lines = []
    for each in Segment.objects.select_related("created_by").order_by("name"):
        try:
            sentence = described(parse(each.criteria, words), words, language)
        except CriteriaError:
            sentence = ""
        by = each.created_by.get_username() if each.created_by else ""
        lines.append(SegmentLine(each.id, each.name, each.criteria, sentence, by, each.changed_at))
    return lines


def segment_names() -> list[tuple[UUID, str]]:
    """Saved criteria by name."""
    return list(Segment.objects.order_by("name").values_list("id", "name"))


def segment_criteria(*, segment_id: UUID) -> str | None:
    """What is kept under a name; None where nothing is any more."""
    return Segment.objects.filter(id=segment_id).values_list("criteria", flat=True).first()
