"""One shelf of a bot, and one row of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from bots.admin.faces import ago, badge
from dashboard.queues import doors, faces
from dashboard.queues.board import work_on
from dashboard.queues.rights import may_act, may_read
from dashboard.selectors.bots_of import BotName
from mailbox.contracts import BULK, UNASKED
from mailbox.masking import Line, masked, whole
from mailbox.selectors.queue_figures import queue_figures
from mailbox.selectors.queue_rows import queue_content, queue_groups, queue_row, queue_rows
from mailbox.shelves import ACTS, Group, QueueFigures, QueueRow, Shelf
from profiles.selectors.people_in_chats import PersonName, people_in_chats

ROWS: Final = 50
_LONGEST_ASKED: Final = 300


def shelf_page(request: HttpRequest, bot: BotName, shelf: Shelf) -> dict[str, Any]:
    """A page of the shelf as it was asked for: `kind`, `reason`, and `beyond` for what follows."""
    asked = request.GET
    narrowed = {name: _said(asked.get(name, "")) for name in ("kind", "reason")}
    beyond = _number(asked.get("beyond", ""))
    (figures,) = queue_figures(bot_ids=[bot.id])
    found = queue_rows(bot_id=bot.id, shelf=shelf, beyond=beyond, limit=ROWS + 1, **narrowed)
    rows = found[:ROWS]
    people = people_in_chats(bot_id=bot.id, telegram_ids={each.chat_id for each in rows})
    shown = [_row(bot, shelf, each, people) for each in rows]
    groups = queue_groups(bot_id=bot.id, shelf=shelf)
    count = _count(figures, groups, shelf, narrowed)
    return {
        "bot": bot,
        "shelf": shelf.value,
        "shelf_name": faces.SHELVES[shelf],
        "what": faces.WHAT_THEY_ARE[shelf],
        "empty": _("Nothing here is like that.") if any(narrowed.values()) else faces.EMPTY[shelf],
        "tabs": _tabs(bot, shelf, figures),
        "groups": [_group(bot, shelf, each, narrowed) for each in groups] if len(groups) > 1 else [],
        "is_narrowed": any(narrowed.values()),
        "all_link": doors.shelf(bot.id, shelf),
        "rows": shown,
        "is_outbound": not shelf.is_inbound,
        "is_open": shelf in {Shelf.WAITING, Shelf.OUTGOING},
        "narrowed": narrowed,
        "is_first": beyond is None,
        "first": doors.shelf(bot.id, shelf, **narrowed),
        "more": doors.shelf(bot.id, shelf, **narrowed, beyond=rows[-1].seq) if len(found) > ROWS else "",
        "live": doors.shelf_live(bot.id, shelf, **narrowed, beyond=beyond or ""),
        "acts": _acts(request, bot, shelf),
        "count": faces.number(count),
        # Only where there is more than one sees.
        "may_all": len(found) > ROWS or beyond is not None,
        "work": work_on([bot], shelf),
    }


def stamp(context: Mapping[str, Any]) -> str:
    """Another one whenever the rows have changed."""
    said = repr([(each["row"], each["since"], each["person"]) for each in context["rows"]])
    said += repr((context["tabs"], context["groups"], context["work"], context["more"]))
    return hashlib.md5(said.encode(), usedforsecurity=False).hexdigest()


def row_page(
    request: HttpRequest, bot: BotName, shelf: Shelf, row_id: UUID, *, is_read: bool = False
) -> dict[str, Any]:
    """One row: what is known of it, its shape, and with `is_read` what it says. Raises Http404."""
    row = queue_row(bot_id=bot.id, shelf=shelf, row_id=row_id)
    if row is None:
        raise Http404
    people = people_in_chats(bot_id=bot.id, telegram_ids=[row.chat_id])
    content = queue_content(bot_id=bot.id, shelf=shelf, row_id=row_id)
    return {
        **_row(bot, shelf, row, people),
        "bot": bot,
        "shelf": shelf.value,
        "shelf_name": faces.SHELVES[shelf],
        "back": doors.shelf(bot.id, shelf),
        "heard": ago(row.at),
        "due": ago(row.due_at),
        "settled": ago(row.settled_at) if row.settled_at else "",
        "is_outbound": not shelf.is_inbound,
        "profile_id": people[row.chat_id].id if row.chat_id in people else None,
        "has_content": bool(content),
        "lines": [_line(each) for each in masked(content)] if content else [],
        "words": whole(content) if is_read and content else "",
        "may_read": may_read(request, bot.id) and bool(content) and not is_read,
        "reading": doors.reading(bot.id, shelf, row_id),
        "reasons": faces.REASONS.items(),
        "acts": _acts(request, bot, shelf),
    }


def _row(bot: BotName, shelf: Shelf, row: QueueRow, people: Mapping[int, PersonName]) -> dict[str, Any]:
    colour, word = faces.STATES[row.state]
    person = people.get(row.chat_id)
    return {
        "row": row,
        "link": doors.row(bot.id, shelf, row.id),
        "kind": faces.kind_name(row.kind),
        "state": badge(word, colour),
        "since": faces.age(row.at),
        "person": person.name if person else "",
        "person_link": doors.person(person.id) if person else "",
        "priority": faces.PRIORITIES.get(row.priority, "") if row.priority is not None else "",
        "size": faces.size(row.size) if row.size else "",
        "is_empty": shelf is Shelf.BURIED and not row.size,
        "is_fixed": _is_fixed(shelf, row),
    }


def _is_fixed(shelf: Shelf, row: QueueRow) -> bool:
    """Nothing can be done with it here: it is on its way, was promised, or is decided elsewhere."""
    if shelf is Shelf.OUTGOING:
        return row.is_farewell or row.state == "held" or row.priority == BULK
    return shelf is Shelf.UNDELIVERED and (row.is_farewell or (row.priority or 0) >= UNASKED)


def _tabs(bot: BotName, shelf: Shelf, figures: QueueFigures) -> list[dict[str, Any]]:
    counts = {
        Shelf.WAITING: figures.heard_open,
        Shelf.BURIED: figures.buried,
        Shelf.OUTGOING: figures.said_open,
        Shelf.UNDELIVERED: figures.failed + figures.unknown,
    }
    return [
        {
            "name": str(faces.SHELVES[each]),
            "count": faces.number(count),
            "link": doors.shelf(bot.id, each),
            "is_chosen": each is shelf,
        }
        for each, count in counts.items()
    ]


def _group(bot: BotName, shelf: Shelf, group: Group, narrowed: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": " · ".join(each for each in (faces.kind_name(group.kind), group.reason) if each),
        "count": faces.number(group.count),
        "link": doors.shelf(bot.id, shelf, kind=group.kind, reason=group.reason),
        "is_chosen": (group.kind, group.reason) == (narrowed["kind"], narrowed["reason"]),
    }


def _count(figures: QueueFigures, groups: list[Group], shelf: Shelf, narrowed: Mapping[str, str]) -> int:
    if any(narrowed.values()):
        return sum(
            each.count
            for each in groups
            if each.kind in {narrowed["kind"], each.kind if not narrowed["kind"] else ""}
            and each.reason in {narrowed["reason"], each.reason if not narrowed["reason"] else ""}
        )
    return {
        Shelf.WAITING: figures.heard_open,
        Shelf.BURIED: figures.buried,
        Shelf.OUTGOING: figures.said_open,
        Shelf.UNDELIVERED: figures.failed + figures.unknown,
    }[shelf]


def _acts(request: HttpRequest, bot: BotName, shelf: Shelf) -> list[dict[str, Any]]:
    return [
        {
            "name": faces.ACTS[each],
            "icon": faces.ACT_ICONS[each],
            "sure": faces.SURE.get(each, ""),
            "address": doors.doing(bot.id, shelf, each),
        }
        for each in ACTS[shelf]
        if may_act(request, bot.id, each)
    ]


def _line(line: Line) -> dict[str, Any]:
    said = {
        "text": _("text, %(count)s characters") % {"count": faces.whole_number(line.size)},
        "number": _("number"),
        "bytes": _("no JSON, %(size)s") % {"size": faces.size(line.size)},
        "branch": "",
        "end": "…",
    }
    return {
        "indent": line.depth,
        "name": line.name,
        "kind": line.kind,
        "value": said.get(line.kind, line.value),
    }


def _said(text: str) -> str:
    return text.replace("\x00", "")[:_LONGEST_ASKED]


def _number(text: str) -> int | None:
    # No further than PostgreSQL counts.
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
