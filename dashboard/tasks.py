"""What staff ask for and wait for beside their page."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from dashboard.services.run_trial import run_trial as run
from dashboard.services.want_trial import TASK


@shared_task(name=TASK)  # type: ignore[untyped-decorator]
def run_trial(trial_id: str) -> None:
    """Try a draft of a prompt beside another wording."""
    run(trial_id=UUID(trial_id))
