from __future__ import annotations

from uuid import UUID

from care.services.keep_run import runs_to_go_on_with, want_run
from core.tenancy import across_bots, visible_bots


def sweep_runs() -> list[tuple[UUID, UUID]]:
    """Runs of all bots that nobody goes on with: those that wait, and those whose process died; (bot, run)."""
    with across_bots(reason="look for rotation runs"):
        return [
            (bot_id, run_id)
            for bot_id in visible_bots() or ()
            for run_id in runs_to_go_on_with(bot_id=bot_id)
        ]


def want_daily_runs() -> int:
    """Ask for today's rotation of every bot; those with a round under way are left alone. How many were asked for."""
    with across_bots(reason="daily rotation"):
        return sum(want_run(bot_id=bot_id, trigger="daily") is not None for bot_id in visible_bots() or ())
