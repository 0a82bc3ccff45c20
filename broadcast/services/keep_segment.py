from __future__ import annotations

from uuid import UUID

from broadcast.audience import known_words
from broadcast.contracts import By
from broadcast.criteria.parsing import parse
from broadcast.criteria.writing import canonical
from broadcast.errors import BroadcastError
from broadcast.models import Segment

_LONGEST_NAME = 60


def keep_segment(*, name: str, criteria: str, by: By) -> Segment:
    """Keep criteria under a name, in place of what was kept under it before; written in the one way there is.

    Raises CriteriaError for criteria that are not understood, and BroadcastError: `segment_unnamed`,
    `segment_everybody` for criteria that leave nobody out.
    """
    called = " ".join(name.replace("\x00", "").split())
    if not called or len(called) > _LONGEST_NAME:
        raise BroadcastError("segment_unnamed", "A segment has a name of up to 60 characters.")
    read = parse(criteria, known_words())
    if not read.terms:
        raise BroadcastError(
            "segment_everybody", "These criteria leave nobody out: there is nothing to keep."
        )
    segment, _is_new = Segment.objects.update_or_create(
        name=called,
        defaults={"criteria": canonical(read)},
        create_defaults={"criteria": canonical(read), "created_by_id": by.user_id},
    )
    return segment


def forget_segment(*, segment_id: UUID) -> bool:
    """Remove a saved segment; whether there was one. Broadcasts keep their own criteria."""
    count, _by_model = Segment.objects.filter(id=segment_id).delete()
    return count > 0
