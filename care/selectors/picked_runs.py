from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from care.models import RotationPick, RotationRun, RunState
from core.clock import clock

# A round that is over is told of for so long.
TOLD_FOR = timedelta(minutes=10)
_MOST = 20
_LIVE = (RunState.WANTED, RunState.RUNNING)


@dataclass(frozen=True, slots=True)
class PickedRun:
    """A round over picked people: how far it is, and what became of each of them ("" while they wait)."""

    id: UUID
    bot_id: UUID
    state: str
    note: str
    candidates: int
    processed: int
    updated: int
    skipped: int
    failed: int
    cost_micros: int
    wanted_at: datetime
    people: Mapping[UUID, str]

    @property
    def is_live(self) -> bool:
        """Whether it goes on."""
        return self.state in _LIVE


def picked_runs(*, bot_ids: Collection[UUID]) -> list[PickedRun]:
    """Rounds over picked people of these bots that go on, or have just ended, the newest first."""
    runs = list(
        RotationRun.objects.filter(
            Q(state__in=_LIVE) | Q(ended_at__gt=clock.now() - TOLD_FOR), bot_id__in=bot_ids, is_picked=True
        ).order_by("-wanted_at", "-id")[:_MOST]
    )
    people: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    if runs:
        rows = RotationPick.objects.filter(
            bot_id__in={run.bot_id for run in runs}, run_id__in=[run.id for run in runs]
        ).values_list("run_id", "profile_id", "result")
        for run_id, profile_id, result in rows:
            people[run_id][profile_id] = result
    return [
        PickedRun(
            id=run.id,
            bot_id=run.bot_id,
            state=run.state,
            note=run.note,
            candidates=run.candidates,
            processed=run.processed,
            updated=run.updated,
            skipped=run.skipped,
            failed=run.failed,
            cost_micros=run.cost_micros,
            wanted_at=run.wanted_at,
            people=people[run.id],
        )
        for run in runs
    ]
