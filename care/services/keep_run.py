"""The life of a rotation run: wanted, taken, gone on with batch by batch, ended. One of a bot at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from bots.contracts import MetricSample
from bots.services.flush_metrics import flush_metrics
from bots.tenant import TenantQuerySet
from care.contracts import Run, Tried
from care.models import RotationRun, RunState, RunTrigger
from care.services.pick_people import note_picks
from core.clock import clock
from core.ids import new_id
from events.services.record_event import record_event
from profiles.selectors.due_profiles import count_due
from profiles.services.mark_tried import mark_tried

# Without a sign of life for so long, whoever went on with a run is gone.
SILENCE = timedelta(minutes=3)
# A run that was stopped is gone on with by the next of its kind, so long.
RESUMED_WITHIN = timedelta(hours=24)


def want_run(
    *,
    bot_id: UUID,
    trigger: str,
    is_for_all: bool = False,
    run_id: UUID | None = None,
    report_id: UUID | None = None,
) -> UUID | None:
    """Ask for a run, to be begun within a minute; None where one is waiting or running already."""
    if _under_way(bot_id).exists():
        return None
    run = RotationRun(
        id=run_id or new_id(),
        bot_id=bot_id,
        trigger=trigger,
        is_for_all=is_for_all,
        report_id=report_id,
        wanted_at=clock.now(),
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        # Somebody else asked at the same moment.
        return None
    return run.id


def take_run(*, bot_id: UUID, run_id: UUID) -> Run | None:
    """Go on with a run that is wanted, or whose process fell silent; None where another one goes on with it."""
    now = clock.now()
    free = Q(state=RunState.WANTED) | Q(state=RunState.RUNNING) & (
        Q(beat_at__isnull=True) | Q(beat_at__lt=now - SILENCE)
    )
    rows = RotationRun.objects.for_bot(bot_id).filter(free, id=run_id)
    if not rows.update(state=RunState.RUNNING, beat_at=now):
        return None
    run = RotationRun.objects.for_bot(bot_id).get(id=run_id)
    if run.started_at is None:
        run.started_at = now
        if not run.is_picked:
            run.candidates = count_due(bot_id=bot_id, now=now, tried_before=now, is_for_all=run.is_for_all)
        run.save(update_fields=["started_at", "candidates"])
    return _run(run)


def resume_or_want(*, bot_id: UUID, trigger: str, is_for_all: bool) -> UUID | None:
    """The run of this kind that was stopped or cut short within a day, or a new one; None where one goes on."""
    resumable = (
        RotationRun.objects.for_bot(bot_id)
        .filter(
            trigger=trigger,
            is_for_all=is_for_all,
            is_picked=False,
            state__in=[RunState.STOPPED, RunState.FAILED, RunState.OVER_BUDGET],
            started_at__gt=clock.now() - RESUMED_WITHIN,
        )
        .order_by("-wanted_at")
        .first()
    )
    under_way = _under_way(bot_id)
    if resumable is None or under_way.exists():
        silent = under_way.filter(
            Q(beat_at__isnull=True) | Q(beat_at__lt=clock.now() - SILENCE), trigger=trigger
        ).first()
        return silent.id if silent else want_run(bot_id=bot_id, trigger=trigger, is_for_all=is_for_all)
    try:
        with transaction.atomic():
            RotationRun.objects.for_bot(bot_id).filter(id=resumable.id).update(
                state=RunState.WANTED, ended_at=None, beat_at=None, note=""
            )
    except IntegrityError:
        return None
    return resumable.id


def note_batch(*, bot_id: UUID, run_id: UUID, tried: Sequence[Tried]) -> Run:
    """Add what became of a batch to its run, and to the bot's spending; a sign of life."""
    now = clock.now()
    results = [each.result for each in tried]
    micros = sum(each.usage.cost_micros for each in tried)
    RotationRun.objects.for_bot(bot_id).filter(id=run_id).update(
        processed=F("processed") + len(tried),
        updated=F("updated") + results.count("updated"),
        skipped=F("skipped") + results.count("skipped"),
        failed=F("failed") + results.count("failed"),
        prompt_tokens=F("prompt_tokens") + sum(each.usage.prompt_tokens for each in tried),
        completion_tokens=F("completion_tokens") + sum(each.usage.completion_tokens for each in tried),
        cost_micros=F("cost_micros") + micros,
        beat_at=now,
    )
    if tried:
        mark_tried(bot_id=bot_id, profile_ids=[each.profile_id for each in tried], at=now)
        note_picks(bot_id=bot_id, run_id=run_id, tried=tried)
        flush_metrics(
            samples=[
                MetricSample(bot_id, name, now, len(tried), float(micros), float(micros))
                for name in ("model_cost_micros", "rotation_cost_micros")
            ]
        )
    return _run(RotationRun.objects.for_bot(bot_id).get(id=run_id))


def let_go(*, bot_id: UUID, run_id: UUID) -> None:
    """Leave a run for whoever goes on with it: its next batch has its own task."""
    RotationRun.objects.for_bot(bot_id).filter(id=run_id, state=RunState.RUNNING).update(beat_at=None)


def end_run(*, bot_id: UUID, run_id: UUID, state: str, note: str = "") -> Run:
    """A run is over: done, stopped, out of budget or failed."""
    RotationRun.objects.for_bot(bot_id).filter(id=run_id).update(
        state=state, note=note[:300], ended_at=clock.now(), beat_at=None
    )
    run = RotationRun.objects.for_bot(bot_id).get(id=run_id)
    record_event(
        bot_id=bot_id,
        kind="rotation.ended",
        payload={
            "run": str(run.id),
            "state": run.state,
            "processed": run.processed,
            "updated": run.updated,
            "skipped": run.skipped,
            "failed": run.failed,
            "cost_micros": run.cost_micros,
        },
    )
    return _run(run)


def runs_to_go_on_with(*, bot_id: UUID) -> list[UUID]:
    """Runs that wait to be begun, or whose process fell silent. Those of the command are the command's."""
    silent = Q(beat_at__isnull=True) | Q(beat_at__lt=clock.now() - SILENCE)
    return list(
        RotationRun.objects.for_bot(bot_id)
        .filter(Q(state=RunState.WANTED) | Q(state=RunState.RUNNING) & silent)
        .exclude(trigger=RunTrigger.COMMAND)
        .order_by("wanted_at")
        .values_list("id", flat=True)
    )


def _under_way(bot_id: UUID) -> TenantQuerySet[RotationRun]:
    """The bot's own rounds that wait or run; those over picked people are beside them."""
    return RotationRun.objects.for_bot(bot_id).filter(
        state__in=[RunState.WANTED, RunState.RUNNING], is_picked=False
    )


def _run(row: RotationRun) -> Run:
    assert row.started_at is not None  # noqa: S101 - set when it was taken
    return Run(
        id=row.id,
        bot_id=row.bot_id,
        started_at=row.started_at,
        is_for_all=row.is_for_all,
        is_picked=row.is_picked,
        candidates=row.candidates,
        processed=row.processed,
        updated=row.updated,
        skipped=row.skipped,
        failed=row.failed,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        cost_micros=row.cost_micros,
        state=row.state,
        note=row.note,
        trigger=row.trigger,
        report_id=row.report_id,
        reports=row.reports,
    )
