"""What runs by itself for the queues."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from core.clock import clock
from core.cron import cron_task
from core.stopping import is_stopping
from core.tenancy import across_bots
from mailbox.services.clear_shelf import TASK
from mailbox.services.clear_shelf import clear_shelf as clear
from mailbox.services.sweep_clearings import sweep_clearings as sweep
from mailbox.services.trim_mailbox import trim_mailbox as trim

# One task does not hold a worker for longer; what remains is the next one's.
_LONGEST = 60.0


@cron_task("mailbox.tasks.trim_mailbox")
def trim_mailbox() -> dict[str, object]:
    """Let go of settled rows that are past their time, a slice in a transaction."""
    deleted = 0
    while True:
        with across_bots(reason="trim the mailbox"):
            count = trim()
        deleted += count
        if not count:
            return {"deleted": deleted}


@cron_task("mailbox.tasks.sweep_clearings")
def sweep_clearings() -> dict[str, object]:
    """Begin what staff asked to be done with a queue where asking failed, and go on with what died."""
    found = sweep()
    for bot_id, clearing_id in found:
        clear_shelf.delay(str(bot_id), str(clearing_id))
    return {"begun": len(found)}


@shared_task(name=TASK)  # type: ignore[untyped-decorator]
def clear_shelf(bot_id: str, clearing_id: str) -> dict[str, object]:
    """Do what somebody of the staff asked to be done with many rows of a queue."""
    until = clock.monotonic() + _LONGEST
    cleared = clear(
        bot_id=UUID(bot_id),
        clearing_id=UUID(clearing_id),
        must_stop=lambda: is_stopping() or clock.monotonic() > until,
    )
    if not cleared.is_done:
        clear_shelf.delay(bot_id, clearing_id)
    return {"rows": cleared.rows}
