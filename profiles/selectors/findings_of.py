from __future__ import annotations

from uuid import UUID

from profiles.contracts import FindingLine
from profiles.findings import MANY, SINGLE
from profiles.models import Finding

_PLACES = {kind: place for place, kind in enumerate((*SINGLE, *MANY))}


def findings_of(*, bot_id: UUID, profile_id: UUID) -> list[FindingLine]:
    """What is known of a person and holds: of what there is one first, then interests, themes and patterns."""
    rows = Finding.objects.for_bot(bot_id).filter(
        profile_id=profile_id, ended_at__isnull=True, is_refused=False
    )
    lines = [
        FindingLine(*row)
        for row in rows.order_by("created_at", "id").values_list("id", "kind", "value", "sentence", "origin")
    ]
    return sorted(lines, key=lambda each: _PLACES.get(each.kind, len(_PLACES)))
