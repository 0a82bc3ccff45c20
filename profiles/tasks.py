"""What runs by itself for people."""

from __future__ import annotations

from dataclasses import asdict

from core.clock import clock
from core.cron import cron_task
from core.stopping import is_stopping
from core.tenancy import across_bots, visible_bots
from profiles.services.archive_activity import Archived
from profiles.services.archive_activity import archive_activity as archive

# Seconds after which a run makes room for shorter work; far below Celery's limits.
LONGEST = 60.0
# Seconds until the next one goes on; by then this one has said that it is over.
PAUSE = 15


@cron_task("profiles.tasks.archive_activity")
def archive_activity() -> dict[str, object]:
    """Move what is old or too much in the activity log to the archive, bot after bot.

    A run that takes long, or whose worker stops, ends between two slices, says so, and asks for another one that
    goes on.
    """
    until = clock.monotonic() + LONGEST

    def must_stop() -> bool:
        return is_stopping() or clock.monotonic() > until

    with across_bots(reason="archive activity"):
        bot_ids = visible_bots() or ()
    moved = Archived()
    for bot_id in bot_ids:
        moved += archive(bot_id=bot_id, must_stop=must_stop)
        if moved.is_cut_short:
            break
    if moved.is_cut_short:
        archive_activity.apply_async(countdown=PAUSE)
    return asdict(moved)
