"""The ledger of a broadcast: a page of it, and the whole as a file that is written while it is read."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse

from bots.admin.faces import ago
from bots.models import Bot
from broadcast.admin import faces
from broadcast.admin.progress import labels_of
from broadcast.models import Broadcast
from broadcast.selectors.ledger_rows import LedgerRow, Place, ledger_rows
from broadcast.states import BroadcastState, RecipientState
from core import aio

ROWS: Final = 50
# Of the file so many rows are read in one transaction.
SLICE: Final = 2_000
# What spreadsheets take for a formula.
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_GOES_ON: Final = (BroadcastState.RUNNING, BroadcastState.PAUSED, BroadcastState.FINISHED)

_COLUMNS: Final = (
    "bot",
    "recipient",
    "telegram_id",
    "name",
    "username",
    "text",
    "language",
    "state",
    "reason",
    "tries",
    "deferred_until",
    "sent_at",
    "message_id",
    "replied_at",
    "clicked_at",
    "deleted_at",
)


def ledger_page(request: HttpRequest, broadcast: Broadcast, *, may_act: bool) -> dict[str, Any]:
    """The rows from a place on, for the template; one query for them, and one for the names of the bots."""
    state = request.GET.get("state", "")
    state = state if state in faces.ROW_STATES else ""
    names = _bot_names(broadcast)
    chosen = request.GET.get("bot", "")
    bots = [bot_id for bot_id in names if str(bot_id) == chosen] or list(names)
    found = ledger_rows(
        broadcast_id=broadcast.id,
        bot_ids=bots,
        state=state,
        after=_place(request.GET.get("after", "")),
        limit=ROWS + 1,
    )
    labels = labels_of(broadcast)
    may_see = faces.may_see_people(request)
    kept = {name: value for name, value in (("state", state), ("bot", chosen)) if value}
    return {
        "rows": [_shown(row, names, labels, may_see=may_see) for row in found[:ROWS]],
        "more": f"?{urlencode({**kept, 'after': _mark(found[ROWS - 1])})}" if len(found) > ROWS else "",
        "is_first": "after" not in request.GET,
        "first": f"?{urlencode(kept)}",
        "state": state,
        "states": list(faces.ROW_STATES.items()),
        "bot": chosen,
        "bots": list(names.items()),
        "has_bots": len(names) > 1,
        "may_decide": may_act,
        "may_resend": may_act and broadcast.state in _GOES_ON,
        "query": urlencode(kept),
    }


def _shown(
    row: LedgerRow, names: Mapping[UUID, str], labels: Sequence[str], *, may_see: bool
) -> dict[str, Any]:
    person = ""
    if row.profile_id is not None and may_see:
        person = faces.person_name(row.first_name, row.last_name, row.username) or str(row.telegram_id)
    return {
        "row": row,
        "bot": names.get(row.bot_id, ""),
        "person": person,
        "address": reverse("admin:profiles_profile_change", args=[row.profile_id]) if person else "",
        "text": _label(row.variant, labels),
        "state": faces.row_badge(row.state),
        "reason": faces.reason(row.reason) if row.reason else "",
        "is_unknown": row.state == RecipientState.UNKNOWN,
        "sent": ago(row.sent_at) if row.sent_at else "",
        "until": faces.moment(row.not_before) if row.state == RecipientState.DEFERRED else "",
        "replied": ago(row.replied_at) if row.replied_at else "",
        "clicked": ago(row.clicked_at) if row.clicked_at else "",
        "deleted": ago(row.deleted_at) if row.deleted_at else "",
    }


def ledger_file(request: HttpRequest, broadcast: Broadcast) -> StreamingHttpResponse:
    """The whole ledger as CSV. Each slice is a transaction of its own, so that none is open while a browser is slow."""
    state = request.GET.get("state", "")
    lines = _lines(
        broadcast_id=broadcast.id,
        names=_bot_names(broadcast),
        labels=labels_of(broadcast),
        state=state if state in faces.ROW_STATES else "",
        may_see=faces.may_see_people(request),
    )
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="broadcast-{broadcast.id}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


async def _lines(
    *, broadcast_id: UUID, names: Mapping[UUID, str], labels: Sequence[str], state: str, may_see: bool
) -> AsyncIterator[bytes]:
    # Excel reads UTF-8 only where it says so.
    yield b"\xef\xbb\xbf" + _written([_COLUMNS])
    bots = list(names)
    after: Place | None = None
    while bots:
        rows = await aio.run_in_bots(
            bots,
            ledger_rows,
            broadcast_id=broadcast_id,
            bot_ids=bots,
            state=state,
            after=after,
            limit=SLICE,
        )
        if rows:
            yield _written([_cells(row, names, labels, may_see=may_see) for row in rows])
            after = Place(rows[-1].bot_id, rows[-1].state, rows[-1].id)
        if len(rows) < SLICE:
            return


def _cells(
    row: LedgerRow, names: Mapping[UUID, str], labels: Sequence[str], *, may_see: bool
) -> list[object]:
    is_known = may_see and row.profile_id is not None
    return [
        names.get(row.bot_id, ""),
        row.id,
        row.telegram_id if is_known else "",
        f"{row.first_name} {row.last_name}".strip() if is_known else "",
        row.username if is_known else "",
        _label(row.variant, labels),
        row.language,
        row.state,
        row.reason,
        row.tries,
        _time(row.not_before),
        _time(row.sent_at),
        row.telegram_message_id or "",
        _time(row.replied_at),
        _time(row.clicked_at),
        _time(row.deleted_at),
    ]


def _written(rows: Sequence[Sequence[object]]) -> bytes:
    sheet = io.StringIO()
    csv.writer(sheet).writerows([[_cell(each) for each in row] for row in rows])
    return sheet.getvalue().encode("utf-8", "replace")


def _cell(value: object) -> str:
    """A cell that no spreadsheet runs."""
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.lstrip().startswith(_FORMULAS) or text.startswith(_FORMULAS) else text


def _label(variant: int | None, labels: Sequence[str]) -> str:
    if variant is None:
        return ""
    return labels[variant] if variant < len(labels) else str(variant + 1)


def _time(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def _bot_names(broadcast: Broadcast) -> dict[UUID, str]:
    return dict(Bot.objects.filter(id__in=broadcast.bot_ids).order_by("name", "id").values_list("id", "name"))


def _mark(row: LedgerRow) -> str:
    return f"{row.bot_id}~{row.state}~{row.id}"


def _place(said: str) -> Place | None:
    bot_id, _tilde, rest = said.partition("~")
    state, _tilde, row_id = rest.partition("~")
    try:
        return Place(UUID(bot_id), state, UUID(row_id)) if state in faces.ROW_STATES else None
    except ValueError:
        return None
