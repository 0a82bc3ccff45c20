"""People whom staff have picked for a round: asked for, taken batch by batch, and what became of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from bots.selectors.spending import budget_left
from care.contracts import Tried
from care.models import PickResult, RotationPick, RotationRun, RunState, RunTrigger
from core.clock import clock
from core.ids import new_id
from core.tenancy import in_bot
from core.work import ask_for_task
from profiles.models import Profile

# Of one bot, waiting at a time.
MOST_WAITING: Final = 1_000
# The result is told for so long.
_KEPT: Final = timedelta(days=2)
_BATCH_TASK: Final = "care.tasks.rotate_batch"


@dataclass(frozen=True, slots=True)
class Picked:
    """What was made of a wish to refresh people of one bot.

    `refusal` is "" where a round was begun, else: `nobody` may be portrayed, `waiting` for all of them already,
    `too_many` wait, `budget` is spent. `left_out` are those who may not be portrayed.
    """

    bot_id: UUID
    taken: int = 0
    left_out: int = 0
    refusal: str = ""
    run_id: UUID | None = None


def pick_people(*, bot_id: UUID, profile_ids: Collection[UUID]) -> Picked:
    """Ask for a round over these people alone, beside the bot's own rounds; it begins at once.

    Who has not consented, is under age, has blocked the bot or is blocked by staff is left out, and so is who waits
    already.
    """
    with in_bot(bot_id):
        willing = _willing(bot_id, profile_ids)
        left_out = len(profile_ids) - len(willing)
        if not willing:
            return Picked(bot_id, left_out=left_out, refusal="nobody")
        waiting = _waiting(bot_id)
        fresh = [each for each in willing if each not in waiting]
        refusal = _refusal(bot_id, fresh, waiting)
        if refusal:
            return Picked(bot_id, left_out=left_out, refusal=refusal)
        return Picked(bot_id, len(fresh), left_out, run_id=_ask(bot_id, fresh))


def next_picks(*, bot_id: UUID, run_id: UUID, limit: int) -> list[UUID]:
    """Who of a round's picks is portrayed next; those who may be no more are settled on the way."""
    picks = RotationPick.objects.for_bot(bot_id).filter(run_id=run_id, result=PickResult.WAITING)
    waiting = list(picks.order_by("picked_at", "id").values_list("profile_id", flat=True))
    willing = _willing(bot_id, waiting)
    gone = set(waiting) - set(willing)
    if gone:
        picks.filter(profile_id__in=gone).update(result=PickResult.SKIPPED)
    return [each for each in waiting if each not in gone][:limit]


def note_picks(*, bot_id: UUID, run_id: UUID, tried: Iterable[Tried]) -> None:
    """Write down what became of people, where they were picked."""
    by_result: dict[str, list[UUID]] = defaultdict(list)
    for each in tried:
        by_result[each.result].append(each.profile_id)
    picks = RotationPick.objects.for_bot(bot_id).filter(run_id=run_id)
    for result, ids in by_result.items():
        picks.filter(profile_id__in=ids).update(result=result)


def _willing(bot_id: UUID, profile_ids: Collection[UUID]) -> list[UUID]:
    people = Profile.objects.for_bot(bot_id).filter(
        id__in=list(profile_ids),
        consented_at__isnull=False,
        is_underage=False,
        is_active=True,
        blocked_at__isnull=True,
    )
    return list(people.order_by("-last_seen_at", "-id").values_list("id", flat=True))


def _waiting(bot_id: UUID) -> set[UUID]:
    live = RotationRun.objects.for_bot(bot_id).filter(
        is_picked=True, state__in=[RunState.WANTED, RunState.RUNNING]
    )
    picks = RotationPick.objects.for_bot(bot_id).filter(
        run_id__in=live.values("id"), result=PickResult.WAITING
    )
    return set(picks.values_list("profile_id", flat=True))


def _refusal(bot_id: UUID, fresh: Sequence[UUID], waiting: Collection[UUID]) -> str:
    if not fresh:
        return "waiting"
    if len(fresh) + len(waiting) > MOST_WAITING:
        return "too_many"
    return "budget" if budget_left(bot_id=bot_id, purpose="rotation") == 0 else ""


def _ask(bot_id: UUID, profile_ids: Sequence[UUID]) -> UUID:
    now = clock.now()
    RotationPick.objects.for_bot(bot_id).filter(picked_at__lt=now - _KEPT).delete()
    run = RotationRun(
        id=new_id(),
        bot_id=bot_id,
        trigger=RunTrigger.STAFF,
        is_picked=True,
        candidates=len(profile_ids),
        wanted_at=now,
    )
    run.save(force_insert=True)
    RotationPick.objects.bulk_create(
        [
            RotationPick(bot_id=bot_id, run_id=run.id, profile_id=profile_id, picked_at=now)
            for profile_id in profile_ids
        ]
    )
    # Whatever becomes of it, the sweep looks every minute.
    ask_for_task(_BATCH_TASK, str(bot_id), str(run.id))
    return run.id
