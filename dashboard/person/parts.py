"""Parts of a person's page that tell of their conversation: what is the matter, sessions, what the model cost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bots.admin.base import may
from bots.admin.faces import ago
from bots.admin.signs import SIGNS
from bots.roles import Capability
from care.selectors.person_now import PersonNow, person_now
from core.clock import clock
from dashboard.home.faces import money
from dashboard.inbox.faces import KINDS, NEEDS, zone
from profiles.admin.panels import Panel, Part, Place, add_panel, add_part
from profiles.models import Profile
from sessions_app.models import SessionState
from sessions_app.selectors.sessions_of_person import (
    SessionLine,
    cost_of_person,
    sessions_of_person,
)
from sessions_app.selectors.troubles_of_person import Trouble, troubles_of_person

# So long a page tells that a portrait was refreshed.
TOLD_FOR = timedelta(minutes=10)
_SLOW = timedelta(minutes=2)
_MONTH = timedelta(days=30)
_STATES = dict(SessionState.choices)
_STATE_KINDS = {"active": "is-now", "paused": "is-bad", "completed": "is-done", "abandoned": ""}
_TROUBLES = {
    "crisis.detected": ("emergency", _("Sign of crisis")),
    "profile.blocked": ("block", _("They blocked the bot")),
    "profile.unblocked": ("how_to_reg", _("They let the bot in again")),
    "profile.barred": ("person_off", _("Blocked by staff")),
    "profile.let_in": ("person", _("Heard again")),
    "conversation.taken_over": ("support_agent", _("Somebody of the team took over")),
    "session.error": ("sms_failed", _("The bot could not answer")),
    "message.unsent": ("unsubscribe", _("A message did not arrive")),
    "update.buried": ("inventory_2", _("What they did could not be handled")),
}
_GRAVE = frozenset({"crisis.detected", "session.error", "update.buried"})


def now_of(request: HttpRequest, person: Profile) -> PersonNow:
    """How things stand with the person, asked for once a page."""
    kept: PersonNow | None = getattr(request, "_person_now", None)
    if kept is None:
        kept = person_now(bot_id=person.bot_id, profile_id=person.id)
        request._person_now = kept  # type: ignore[attr-defined]
    return kept


def attention(request: HttpRequest, person: Profile) -> dict[str, Any] | None:
    """Why somebody should look at this person now."""
    found = now_of(request, person)
    reasons = []
    if found.crisis_at is not None:
        sign = SIGNS.get(found.crisis, found.crisis)
        reasons.append(("emergency", _("Sign of crisis"), sign, ago(found.crisis_at)))
    if found.need and found.need != "crisis":
        since = ago(found.needed_at) if found.needed_at else ""
        reasons.append(("pan_tool", _("Needs a human"), NEEDS.get(found.need, found.need), since))
    if found.mode == "human":
        reasons.append(("support_agent", _("A person of the team answers"), found.operator_name, ""))
    if person.blocked_at is not None:
        reasons.append(("person_off", _("The bot ignores this person"), "", ago(person.blocked_at)))
    if not reasons:
        return None
    return {
        "reasons": reasons,
        "is_grave": found.crisis_at is not None or bool(found.need),
        "conversation": conversation_of(person, found)
        if may(request, Capability.SEE_WORDS, person.bot_id)
        else "",
    }


def refreshing(request: HttpRequest, person: Profile) -> dict[str, Any] | None:
    """How far the portrait is that somebody asked for."""
    found = now_of(request, person)
    if found.picked_at is None or (found.run_ended_at and clock.now() - found.run_ended_at > TOLD_FOR):
        return None
    is_open = found.is_being_refreshed
    return {
        "is_open": is_open,
        "is_slow": is_open and clock.now() - found.picked_at > _SLOW,
        "result": found.result or found.run_state,
        "asked": ago(found.picked_at),
        # Whoever sees it end on the page has the old one before them.
        "is_behind": request.headers.get("HX-Request") == "true",
    }


def sessions(request: HttpRequest, person: Profile) -> dict[str, Any]:
    """Their sessions, newest first."""
    lines = sessions_of_person(bot_id=person.bot_id, profile_id=person.id)
    return {"sessions": [_line(each, person) for each in lines], **_words(request, person)}


def latest_sessions(request: HttpRequest, person: Profile) -> dict[str, Any]:
    """The last three of them, for the overview."""
    lines = sessions_of_person(bot_id=person.bot_id, profile_id=person.id, limit=3)
    return {"sessions": [_line(each, person) for each in lines], **_words(request, person)}


def cost(request: HttpRequest, person: Profile) -> dict[str, Any]:  # noqa: ARG001
    """What the model's answers to this person cost: today by the bot's clock, in 30 days, in all."""
    now = clock.now()
    found = cost_of_person(
        bot_id=person.bot_id,
        profile_id=person.id,
        today=_midnight(now, zone(person.bot.timezone)),
        month=now - _MONTH,
    )
    return {
        "figures": [
            (_("today"), money(found.today)),
            (_("30 days"), money(found.month)),
            (_("in all"), money(found.total)),
        ],
        "answers": found.answers,
        "tokens": found.tokens,
    }


def troubles(request: HttpRequest, person: Profile) -> dict[str, Any]:  # noqa: ARG001
    """What staff may have to look at, newest first."""
    found = troubles_of_person(bot_id=person.bot_id, profile_id=person.id, telegram_id=person.telegram_id)
    return {"troubles": [_trouble(each) for each in found]}


def conversation_of(person: Profile, found: PersonNow) -> str:
    """The address of their conversation in the inbox, "" for somebody without one."""
    if found.conversation_id is None:
        return ""
    return reverse("inbox:conversation", args=[person.bot_id, found.conversation_id])


def _trouble(trouble: Trouble) -> dict[str, Any]:
    icon, title = _TROUBLES[trouble.kind]
    return {
        "icon": icon,
        "title": title,
        "detail": SIGNS.get(trouble.detail, trouble.detail),
        "at": ago(trouble.at),
        "is_grave": trouble.kind in _GRAVE,
    }


def _line(line: SessionLine, person: Profile) -> dict[str, Any]:
    ended = line.completed_at
    return {
        "line": line,
        "kind": KINDS.get(line.kind, line.kind),
        "state": _STATES.get(line.state, line.state),
        "state_kind": _STATE_KINDS.get(line.state, ""),
        "started": ago(line.started_at),
        "minutes": round((ended - line.started_at).total_seconds() / 60) if ended else None,
        "cost": money(line.cost_micros),
        "conversation": reverse("inbox:conversation", args=[person.bot_id, line.conversation_id]),
    }


def _words(request: HttpRequest, person: Profile) -> dict[str, Any]:
    """Whether whoever looks may read what was said."""
    return {"may_read": may(request, Capability.SEE_WORDS, person.bot_id)}


def _midnight(now: datetime, zone: ZoneInfo) -> datetime:
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


_TEMPLATES = "dashboard/person"
add_part(Part("attention", Place.STRIP, f"{_TEMPLATES}/attention.html", attention, 10))
add_part(Part("refreshing", Place.STRIP, f"{_TEMPLATES}/refreshing.html", refreshing, 20))
add_part(Part("sessions", Place.BEHIND, f"{_TEMPLATES}/latest.html", latest_sessions, 20))
add_part(Part("cost", Place.BEHIND_ASIDE, f"{_TEMPLATES}/cost.html", cost, 10))
add_panel(Panel("sessions", _("Sessions"), f"{_TEMPLATES}/sessions.html", sessions, 35))
add_panel(Panel("alerts", _("Alerts"), f"{_TEMPLATES}/troubles.html", troubles, 55))
