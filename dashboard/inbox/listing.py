"""The list of conversations, for its template."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.clock import clock
from dashboard.inbox import faces
from dashboard.permissions import readable_bots, reader_of
from dashboard.selectors.bots_of import BotName, bots_of
from profiles.selectors.find_people import find_people
from sessions_app.selectors.inbox_list import InboxLine, Place, inbox_list


def list_page(request: HttpRequest) -> dict[str, Any]:
    """A page of the list as it was asked for: `show`, `bot`, `q`, and `before` for what follows.

    Its `stamp` is another one whenever the list has changed: whoever has that page is sent nothing.
    """
    reader = reader_of(request)
    asked = request.GET
    bots = bots_of(bot_ids=readable_bots(request))
    chosen = [bot for bot in bots if bot.slug == asked.get("bot")]
    bot_ids = [bot.id for bot in chosen or bots]
    show = asked.get("show", "")
    show = show if show in faces.SHOWS else "all"
    term = asked.get("q", "").replace("\x00", "").strip()[:100]
    found = find_people(bot_ids=bot_ids, term=term) if term else None
    page = inbox_list(
        bot_ids=bot_ids,
        reader_id=reader.pk,
        show=show,
        profile_ids=found,
        before=read_place(asked.get("before", "")),
    )
    by_id = {bot.id: bot for bot in bots}
    kept = {"bot": chosen[0].slug if chosen else "", "q": term}
    narrowed = {name: value for name, value in kept.items() if value}
    query = urlencode({**narrowed, **({"show": show} if show != "all" else {})})
    older = f"{query}&" if query else ""
    rows = [_row(line, by_id[line.bot_id], reader_id=reader.pk) for line in page.lines]
    # The rows, since what they say changes with time alone, too.
    stamp = hashlib.md5(repr((rows, page.older)).encode(), usedforsecurity=False).hexdigest()
    return {
        "title": _("Inbox"),
        "stamp": stamp,
        "lines": rows,
        "shows": [
            (title, urlencode({**narrowed, **({"show": code} if code != "all" else {})}), code == show)
            for code, title in faces.SHOWS.items()
        ],
        "show": show,
        "bots": [(bot.slug, bot.name) for bot in bots],
        "bot": kept["bot"],
        "term": term,
        "query": query,
        "older": f"{older}before={written(page.older)}" if page.older else "",
        "is_first": "before" not in asked,
        "nothing": _nothing(bots, term, show),
        "many_bots": len(bots) > 1,
    }


def read_place(text: str) -> Place | None:
    """The place that an address names; None for anything else."""
    at, _tilde, place_id = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return Place(moment, UUID(place_id)) if moment.tzinfo else None
    except ValueError:
        return None


def written(place: Place) -> str:
    """A place as it stands in an address."""
    return urlencode({"": f"{place.at.isoformat()}~{place.id}"})[1:]


def _row(line: InboxLine, bot: BotName, *, reader_id: int) -> dict[str, Any]:
    zone = faces.zone(bot.timezone)
    name = faces.called(line.first_name, line.last_name, line.username, line.telegram_id)
    return {
        "line": line,
        "name": name,
        "initial": faces.initial(name),
        "bot": bot.name,
        "when": faces.lately(line.said_at or line.last_seen_at, zone),
        "last": _last(line, reader_id),
        "need": faces.NEEDS.get(line.need, ""),
        "holder": (_("you") if line.operator_id == reader_id else line.operator_name) if line.is_held else "",
        "is_put_off": line.snoozed_until is not None and line.snoozed_until > clock.now(),
        "put_off": faces.exactly(line.snoozed_until, zone),
        "assigned": _("you") if line.assigned_to_id == reader_id else line.assigned_name,
    }


def _nothing(bots: Sequence[BotName], term: str, show: str) -> Any:
    """Why there is nothing."""
    if not bots:
        return _("Your role shows no conversations. An owner of a bot can give you another.")
    return _("Nobody is called so.") if term else faces.EMPTY[show]


def _last(line: InboxLine, reader_id: int) -> str:
    """Who spoke last. Their words are private, and not for a list."""
    if line.said_at is None:
        return _("nothing said yet")
    if line.role == "user":
        return _("the person wrote last")
    if line.spoke_id is None:
        return _("the bot answered")
    return _("you answered") if line.spoke_id == reader_id else _("the team answered")
