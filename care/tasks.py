"""What runs by itself for people."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.conf import settings

from care.services.notify_admins import notify_admins
from care.services.reach_out import reach_out
from care.services.refresh_figures import refresh_figures
from care.services.rotate import go_on_with_run
from care.services.sweep_runs import sweep_runs, want_daily_runs
from core.cron import cron_task


@cron_task("care.tasks.rotate_profiles")
def rotate_profiles() -> dict[str, object]:
    """Once a day: every bot's profiles that have become stale are refreshed, the most recently seen first."""
    wanted = want_daily_runs()
    return {"wanted": wanted, "begun": _begin()}


@cron_task("care.tasks.sweep_rotation")
def sweep_rotation() -> dict[str, object]:
    """Begin rounds that were asked for, and go on with those whose process died."""
    return {"begun": _begin()}


@shared_task(name="care.tasks.rotate_batch")  # type: ignore[untyped-decorator]
def rotate_batch(bot_id: str, run_id: str) -> None:
    """One batch of a round, then the next after a pause: a worker that is stopped stops between two."""
    run = go_on_with_run(bot_id=UUID(bot_id), run_id=UUID(run_id))
    if run is not None and run.state == "running":
        rotate_batch.apply_async((bot_id, run_id), countdown=settings.ROTATION_PAUSE_SECONDS)


@cron_task("care.tasks.reach_out")
def reach_out_to_people() -> dict[str, object]:
    """What the bots start by themselves, within everybody's limits."""
    return reach_out()


@cron_task("care.tasks.refresh_figures")
def keep_figures_fresh() -> dict[str, object]:
    """Nobody who asks for a large bot's figures waits until they are counted."""
    return {"refreshed": refresh_figures()}


@cron_task("care.tasks.tell_admins")
def tell_admins() -> dict[str, object]:
    """Alerts that nobody was told of yet."""
    return {"told": notify_admins()}


def _begin() -> int:
    runs = sweep_runs()
    for bot_id, run_id in runs:
        rotate_batch.delay(str(bot_id), str(run_id))
    return len(runs)
