from __future__ import annotations

from uuid import UUID

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

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
    `segment_everybody` for criteria that leave nobody out, `segment_taken` for a name under which somebody else
    keeps theirs.
    """
    called = " ".join(name.replace("\x00", "").split())
    if not called or len(called) > _LONGEST_NAME:
        raise BroadcastError("segment_unnamed", _("A segment has a name of up to 60 characters."))
    read = parse(criteria, known_words())
    if not read.terms:
        raise BroadcastError(
            "segment_everybody", _("These criteria leave nobody out: there is nothing to keep.")
        )
    there = Segment.objects.filter(name=called).first()
    if there is not None and not _is_theirs(there, by):
        raise BroadcastError(
            "segment_taken", _("Somebody else keeps a segment under this name: choose another name.")
        )
    segment, _is_new = Segment.objects.update_or_create(
        name=called,
        defaults={"criteria": canonical(read)},
        create_defaults={"criteria": canonical(read), "created_by_id": by.user_id},
    )
    return segment


def forget_segment(*, segment_id: UUID, by: By) -> bool:
    """Remove a saved segment; whether there was one. Broadcasts keep their own criteria.

    Raises BroadcastError `segment_taken` for one that somebody else keeps.
    """
    segment = Segment.objects.filter(id=segment_id).first()
    if segment is None:
        return False
    if not _is_theirs(segment, by):
        raise BroadcastError("segment_taken", _("Somebody else keeps this segment."))
    segment.delete()
    return True


def _is_theirs(segment: Segment, by: By) -> bool:
    """All teams see all segments; what others write to their people by is changed by them, and by superusers."""
    if segment.created_by_id is None or segment.created_by_id == by.user_id:
        return True
    if by.user_id is None:
        return False
    users = get_user_model().objects.filter(id=by.user_id, is_superuser=True, is_active=True)
    return users.exists()
