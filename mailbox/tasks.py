"""What runs by itself for the queues."""

from __future__ import annotations

from core.cron import cron_task
from core.tenancy import across_bots
from mailbox.services.trim_mailbox import trim_mailbox as trim


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
