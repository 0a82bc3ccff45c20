"""The table of `runbots --status`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bots.selectors.bot_overviews import bot_overviews
from core.clock import clock
from core.tenancy import in_bots
from mailbox.selectors.backlogs import backlogs

_HEAD = ("BOT", "WANTED", "STATE", "SINCE", "LAST POLL", "LAST UPDATE", "RESTARTS", "BACKLOG", "ERROR")


def status_table(slugs: Sequence[str] | None) -> str:
    """One line a bot, in columns: state, last successful poll, last update, restarts, backlog, error."""
    bots = bot_overviews(slugs)
    if not bots:
        return "no bots yet: add one in the admin, or run `manage.py register_bot`"
    bot_ids = [each.id for each in bots]
    with in_bots(bot_ids):
        waiting = {bot_id: count for bot_id, (count, _) in backlogs(bot_ids=bot_ids).items()}
    rows = [
        _HEAD,
        *(
            (
                each.slug,
                each.wanted,
                each.state,
                _ago(each.state_since),
                _ago(each.last_poll_at),
                _ago(each.last_update_at),
                str(each.restarts),
                str(waiting.get(each.id, 0)),
                each.error or "-",
            )
            for each in bots
        ),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _ago(moment: datetime | None) -> str:
    if moment is None:
        return "-"
    seconds = max(0, int((clock.now() - moment).total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit} ago"
    return f"{seconds}s ago"
