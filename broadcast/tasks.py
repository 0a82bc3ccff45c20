"""What broadcasts need besides the sending itself, which is the runtime's."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from broadcast.changes import FREEZE
from broadcast.services.freeze import freeze
from broadcast.services.sweep import attribute_all, sweep
from core.clock import clock
from core.cron import cron_task

# One task does not hold a worker for longer; what remains is the next one's.
_LONGEST = 60.0


@cron_task("broadcast.tasks.sweep_broadcasts")
def sweep_broadcasts() -> dict[str, object]:
    """What is due begins, what died goes on, what is done is finished."""
    found = sweep()
    for broadcast_id, bot_ids in found:
        freeze_broadcast.delay(str(broadcast_id), [str(each) for each in bot_ids])
    return {"freezing": len(found)}


@cron_task("broadcast.tasks.attribute_replies")
def attribute_replies() -> dict[str, object]:
    """Who has answered a broadcast."""
    return {"replies": attribute_all()}


@shared_task(name=FREEZE)  # type: ignore[untyped-decorator]
def freeze_broadcast(broadcast_id: str, bot_ids: list[str]) -> None:
    """Write a broadcast's audience into its ledger."""
    until = clock.monotonic() + _LONGEST
    is_whole = freeze(
        broadcast_id=UUID(broadcast_id),
        bot_ids=[UUID(each) for each in bot_ids],
        must_stop=lambda: clock.monotonic() > until,
    )
    if not is_whole:
        freeze_broadcast.delay(broadcast_id, bot_ids)
