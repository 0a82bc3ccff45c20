from __future__ import annotations

from uuid import UUID

from profiles.contracts import ConsentLine
from profiles.models import Consent


def consents_of(*, bot_id: UUID, profile_id: UUID) -> list[ConsentLine]:
    """What a person has agreed to, newest first, withdrawn or not."""
    rows = Consent.objects.for_bot(bot_id).filter(profile_id=profile_id).order_by("-given_at", "-id")
    return [ConsentLine(*row) for row in rows.values_list("terms", "language", "given_at", "withdrawn_at")]
