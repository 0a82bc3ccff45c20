from __future__ import annotations

from uuid import UUID

from profiles.models import Finding


def struck_out_count(*, bot_id: UUID, profile_id: UUID) -> int:
    """How many lines about themselves a person has struck out."""
    return Finding.objects.for_bot(bot_id).filter(profile_id=profile_id, is_refused=True).count()
