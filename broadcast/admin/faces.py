"""How broadcasts look in the admin: states, figures, lengths of time, and who did what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from bots.admin.faces import badge
from broadcast.contracts import Figures
from broadcast.models import Broadcast, Recipient
from broadcast.selectors.changes_of import ChangeLine
from broadcast.states import BroadcastState, RecipientState
from core.numbers import decimal
from profiles.models import Profile
from profiles.plain import plain_line
from profiles.timezones import is_timezone

_COLOURS: Final[Mapping[str, str]] = {
    BroadcastState.DRAFT: "",
    BroadcastState.AWAITING: "warning",
    BroadcastState.SCHEDULED: "info",
    BroadcastState.FREEZING: "primary",
    BroadcastState.RUNNING: "primary",
    BroadcastState.PAUSED: "warning",
    BroadcastState.FINISHED: "success",
    BroadcastState.CANCELLED: "danger",
}
_ROW_COLOURS: Final[Mapping[str, str]] = {
    RecipientState.SENT: "success",
    RecipientState.FAILED: "danger",
    RecipientState.BLOCKED: "",
    RecipientState.UNKNOWN: "warning",
    RecipientState.HELD: "info",
    RecipientState.DEFERRED: "info",
    RecipientState.RELEASED: "primary",
}
# While these last, figures change by themselves.
LIVE: Final = frozenset({BroadcastState.SCHEDULED, BroadcastState.FREEZING, BroadcastState.RUNNING})
STATES: Final = dict(Broadcast._meta.get_field("state").flatchoices)
ROW_STATES: Final = dict(Recipient._meta.get_field("state").flatchoices)

_ACTIONS: Final[Mapping[str, Any]] = {
    "written": gettext_lazy("written"),
    "rewritten": gettext_lazy("rewritten"),
    "file_attached": gettext_lazy("file attached"),
    "file_removed": gettext_lazy("file removed"),
    "asked": gettext_lazy("asked to start; somebody else has to confirm"),
    "started": gettext_lazy("started"),
    "confirmed": gettext_lazy("confirmed"),
    "taken_back": gettext_lazy("taken back into draft"),
    "frozen": gettext_lazy("recipients collected"),
    "paused": gettext_lazy("paused"),
    "resumed": gettext_lazy("resumed"),
    "cancelled": gettext_lazy("cancelled"),
    "finished": gettext_lazy("finished"),
    "retried": gettext_lazy("those who failed are tried again"),
    "winner": gettext_lazy("text for the rest chosen"),
    "rate": gettext_lazy("rate changed"),
    "deleted": gettext_lazy("messages deleted again"),
    "tested": gettext_lazy("test sent"),
    "arrived": gettext_lazy("decided: it arrived"),
    "sent_again": gettext_lazy("decided: send again"),
}
_REASONS: Final[Mapping[str, Any]] = {
    "erased": gettext_lazy("erased"),
    "no_consent": gettext_lazy("no consent, or under 18"),
    "distress": gettext_lazy("in a crisis, or in a session that is paused"),
    "paused": gettext_lazy("paused by staff or by themselves"),
    "barred": gettext_lazy("blocked by staff"),
    "left": gettext_lazy("had blocked the bot"),
    "quiet_hours": gettext_lazy("quiet hours where they live"),
    "enough_today": gettext_lazy("had enough broadcasts today"),
    "lost": gettext_lazy("the message was lost on its way"),
    "errors": gettext_lazy("too many errors"),
    "nobody": gettext_lazy("nobody was left"),
    "blocked": gettext_lazy("blocked the bot"),
    "deactivated": gettext_lazy("deleted their account"),
    "chat_not_found": gettext_lazy("no such chat any more"),
}


def language_now() -> str:
    """The language of the page, as criteria and texts have it."""
    return "ru" if (get_language() or "").startswith("ru") else "en"


def state_badge(state: str) -> SafeString:
    """The state of a broadcast as a label; one that is under way has a dot that moves."""
    label = badge(STATES.get(state, state), _COLOURS.get(state, ""))
    if state in (BroadcastState.FREEZING, BroadcastState.RUNNING):
        return format_html('<span class="bc-live">{}</span>', label)
    return label


def row_badge(state: str) -> SafeString:
    return badge(ROW_STATES.get(state, state), _ROW_COLOURS.get(state, ""))


def reason(code: str) -> str:
    """Why, in words; what Telegram said stays as it is, with what kind of thing it was."""
    if code in _REASONS:
        return str(_REASONS[code])
    kind, _colon, rest = code.partition(":")
    return f"{_REASONS[kind]}: {rest.strip()}" if kind in _REASONS else code


def action(line: ChangeLine) -> str:
    return str(_ACTIONS.get(line.action, line.action))


def actor(line: ChangeLine) -> str:
    """Who did it."""
    if line.by:
        return line.by
    if line.by_telegram_id is not None:
        return _("%(id)d, in Telegram") % {"id": line.by_telegram_id}
    return _("by itself")


def number(count: int) -> str:
    """A count with its thousands apart."""
    return f"{count:,}".replace(",", " ")


def rate(per_second: float | None) -> str:
    return "" if per_second is None else decimal(f"{per_second:.1f}".removesuffix(".0"))


def length(seconds: float) -> str:
    """About how long something takes, in words."""
    if seconds < 60:
        return _("less than a minute")
    minutes = round(seconds / 60)
    if minutes <= 90:
        return _("about %(minutes)d min") % {"minutes": minutes}
    hours = seconds / 3600
    if hours < 36:
        return _("about %(hours)s h") % {"hours": decimal(f"{hours:.1f}".removesuffix(".0"))}
    return _("about %(days)s days") % {"days": decimal(f"{hours / 24:.1f}".removesuffix(".0"))}


def moment(at: datetime | None, timezone: str = "") -> str:
    """A time on the clock of a zone, with the zone's name."""
    if at is None:
        return ""
    zone = timezone if is_timezone(timezone) else "UTC"
    return f"{date_format(at.astimezone(ZoneInfo(zone)), _('j M Y, H:i'))} ({zone})"


def person_name(first_name: str, last_name: str, username: str) -> str:
    """What a person is called; empty where nothing is known."""
    name = plain_line(f"{first_name} {last_name}", 60)
    return name or (f"@{plain_line(username, 64)}" if username else "")


def may_see_people(request: HttpRequest) -> bool:
    """Whether whoever looks may look at people: whatever the people's own pages say."""
    return bool(admin.site.get_model_admin(Profile).has_view_permission(request))


def bar(figures: Figures) -> list[dict[str, str]]:
    """The parts of a progress bar: where each begins, how long it is and where it ends, in percent of all."""
    parts = (
        ("sent", figures.sent),
        ("none", figures.blocked + figures.held + figures.control + figures.erased),
        ("bad", figures.failed),
        ("unknown", figures.unknown),
        ("deferred", figures.deferred),
    )
    total = figures.total or 1
    found: list[dict[str, str]] = []
    before = 0
    for kind, count in parts:
        if count:
            begin, length, end = (f"{100 * each / total:.2f}" for each in (before, count, before + count))
            found.append({"kind": kind, "x": begin, "percent": length, "end": end})
            before += count
    return found


def percent(figures: Figures) -> int:
    """How much is done, of all recipients; whole only when nothing is left."""
    if not figures.total:
        return 0
    return min(100, 100 * (figures.settled + figures.spare) // figures.total)
