from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from core.clock import clock
from journey.models import JourneyProgress, ProgressOutcome


def mark_told(*, bot_id: UUID, progress_ids: Sequence[UUID]) -> None:
    """The person was told that these stages are completed."""
    steps = JourneyProgress.objects.for_bot(bot_id).filter(id__in=progress_ids, told_at__isnull=True)
    steps.update(told_at=clock.now())


def mark_all_told(*, bot_id: UUID, profile_id: UUID) -> None:
    """The person has just been told what moved; nothing of it is told again."""
    steps = JourneyProgress.objects.for_bot(bot_id).filter(
        profile_id=profile_id, outcome=ProgressOutcome.COMPLETED, told_at__isnull=True
    )
    steps.update(told_at=clock.now())
