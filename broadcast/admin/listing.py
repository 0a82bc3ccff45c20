"""The list of broadcasts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from bots.admin.faces import ago
from bots.models import Bot
from broadcast.admin import faces
from broadcast.selectors.broadcast_list import BroadcastLine, Place, broadcast_list
from broadcast.states import BroadcastState
from core.tenancy import visible_bots

ROWS: Final = 25


def list_page(request: HttpRequest) -> dict[str, Any]:
    """A page of the list, for the template: four queries, however many there are."""
    mine = visible_bots() or ()
    bots = list(Bot.objects.filter(id__in=mine).order_by("name").values_list("id", "slug", "name"))
    slug, state = request.GET.get("bot", ""), request.GET.get("state", "")
    bot_id = next((each[0] for each in bots if each[1] == slug), None)
    state = state if state in faces.STATES else ""
    found = broadcast_list(
        bot_ids=mine, bot_id=bot_id, state=state, limit=ROWS, before=_place(request.GET.get("before", ""))
    )
    kept = {name: value for name, value in (("bot", slug if bot_id else ""), ("state", state)) if value}
    return {
        "lines": [_shown(each) for each in found.lines],
        "is_live": any(each.broadcast.state in faces.LIVE for each in found.lines),
        "query": request.GET.urlencode(),
        "older": f"?{urlencode({**kept, 'before': _mark(found.next)})}" if found.next else "",
        "is_first": "before" not in request.GET,
        "first": f"?{urlencode(kept)}" if kept else "?",
        "bots": [(slug, name) for _id, slug, name in bots],
        "bot": slug if bot_id else "",
        "state": state,
        "states": list(faces.STATES.items()),
        "has_bots": len(bots) > 1,
        "is_narrowed": bool(kept),
    }


def _shown(line: BroadcastLine) -> dict[str, Any]:
    figures, broadcast = line.figures, line.broadcast
    return {
        "broadcast": broadcast,
        "bots": line.bots,
        "state": faces.state_badge(broadcast.state),
        "reason": faces.reason(broadcast.reason) if broadcast.reason else "",
        "bar": faces.bar(figures),
        "percent": faces.percent(figures),
        "figures": figures,
        "total": faces.number(figures.total),
        "sent": faces.number(figures.sent),
        "errors": faces.number(figures.failed),
        "blocked": faces.number(figures.blocked),
        "deferred": faces.number(figures.deferred),
        "unknown": faces.number(figures.unknown),
        "rate": _("%(rate)s/s") % {"rate": faces.rate(broadcast.rate)} if broadcast.rate else "",
        "when": _when(line),
    }


def _when(line: BroadcastLine) -> tuple[str, str]:
    """What happened last, and when."""
    broadcast = line.broadcast
    if broadcast.state == BroadcastState.SCHEDULED:
        return _("for"), faces.moment(broadcast.scheduled_at)
    if broadcast.finished_at is not None:
        return _("ended"), ago(broadcast.finished_at)
    if broadcast.started_at is not None:
        return _("started"), ago(broadcast.started_at)
    return _("changed"), ago(broadcast.changed_at)


def _mark(place: Place) -> str:
    return f"{place[0].isoformat()}~{place[1]}"


def _place(said: str) -> Place | None:
    at, _tilde, row_id = said.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, UUID(row_id)) if moment.tzinfo else None
    except ValueError:
        return None
