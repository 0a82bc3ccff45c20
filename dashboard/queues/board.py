"""All queues at a glance: what waits of each bot, and since when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.clock import clock
from dashboard.queues import doors, faces
from dashboard.queues.rights import queue_bots
from dashboard.selectors.bots_of import BotName
from dashboard.selectors.names_of_staff import names_of_staff
from mailbox.selectors.clearings import ClearingLine, latest_clearings
from mailbox.selectors.queue_figures import queue_figures
from mailbox.shelves import QueueFigures, Shelf

# Whoever waits for longer waits for somebody who does not come.
_LATE: Final = timedelta(minutes=2)
_MOST_WORK: Final = 6
_WORK_FOR: Final = timedelta(days=2)


def board(request: HttpRequest) -> dict[str, Any]:
    """The page, and its part that lives."""
    bots = queue_bots(request)
    names = {each.id: each.name for each in bots}
    found = {each.bot_id: each for each in queue_figures(bot_ids=list(names))}
    lines = [_bot(each, found[each.id]) for each in bots]
    return {
        "now": localtime(clock.now()),
        # What is in trouble first, else by name.
        "bots": sorted(lines, key=lambda line: not line["is_unwell"]),
        "work": work_on(bots),
    }


def work_on(bots: list[BotName], shelf: Shelf | None = None) -> list[dict[str, Any]]:
    """What staff asked to be done with whole shelves lately, and how far it is."""
    names = {each.id: each.name for each in bots}
    lines = latest_clearings(bot_ids=list(names), most=_MOST_WORK, since=clock.now() - _WORK_FOR)
    lines = [each for each in lines if shelf is None or each.shelf == shelf]
    staff = names_of_staff(ids={each.asked_by for each in lines}) if lines else {}
    return [_work(each, names[each.bot_id], staff.get(each.asked_by, "")) for each in lines]


def _bot(bot: BotName, figures: QueueFigures) -> dict[str, Any]:
    heard = (figures.heard_open, figures.heard_held, figures.heard_later)
    said = (figures.said_open, figures.said_held, figures.said_later)
    lost = {"failed": faces.number(figures.failed), "unknown": faces.number(figures.unknown)}
    newest = {"age": faces.age(figures.buried_newest)}
    tiles = [
        _open(bot, Shelf.WAITING, heard, figures.heard_oldest),
        {
            **_tile(bot, Shelf.BURIED, figures.buried),
            "is_bad": bool(figures.buried),
            "aside": _("newest %(age)s ago") % newest if figures.buried else "",
        },
        _open(bot, Shelf.OUTGOING, said, figures.said_oldest),
        {
            **_tile(bot, Shelf.UNDELIVERED, figures.failed + figures.unknown),
            "is_bad": bool(figures.unknown),
            "aside": _("%(failed)s failed · %(unknown)s unknown") % lost
            if figures.failed or figures.unknown
            else "",
        },
    ]
    return {"bot": bot, "tiles": tiles, "is_unwell": any(each["is_bad"] for each in tiles)}


def _tile(bot: BotName, shelf: Shelf, count: int) -> dict[str, Any]:
    return {
        "shelf": shelf.value,
        "name": faces.SHELVES[shelf],
        "icon": faces.ICONS[shelf],
        "count": faces.number(count),
        "is_empty": not count,
        "link": doors.shelf(bot.id, shelf),
    }


def _open(
    bot: BotName, shelf: Shelf, counts: tuple[int, int, int], oldest: datetime | None
) -> dict[str, Any]:
    count, held, later = counts
    said = [
        _("oldest %(age)s") % {"age": faces.age(oldest)} if oldest else "",
        _("%(count)s in hand") % {"count": faces.number(held)} if held else "",
        _("%(count)s later") % {"count": faces.number(later)} if later else "",
    ]
    is_late = oldest is not None and clock.now() - oldest > _LATE
    return {**_tile(bot, shelf, count), "is_bad": is_late, "aside": " · ".join(each for each in said if each)}


def _work(line: ClearingLine, bot: str, by: str) -> dict[str, Any]:
    return {
        "line": line,
        "doing": faces.DOING.get(line.action, line.action),
        "shelf": faces.SHELVES[Shelf(line.shelf)],
        "bot": bot,
        "by": by,
        "length": f"{line.looked_at / line.total * 100 if line.total else 100:.2f}",
        "looked_at": faces.whole_number(line.looked_at),
        "total": faces.whole_number(line.total),
        "done": faces.whole_number(line.done),
        "left": faces.whole_number(line.looked_at - line.done),
        "is_over": line.ended_at is not None,
        "has_left": line.looked_at > line.done,
        "when": faces.age(line.ended_at or line.wanted_at),
    }
