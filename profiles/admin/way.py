"""The tabs about what a person did: how far they came, what they agreed to, their channels, their latest acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bots.admin.faces import ago
from profiles.admin.faces import names_of_streams
from profiles.admin.panels import Panel, add_panel
from profiles.admin.permissions import may_care
from profiles.models import Profile
from profiles.selectors.activity_of import Activity, activity_counts, activity_of
from profiles.selectors.channels_of import channels_of
from profiles.selectors.consents_of import consents_of

ACTS = 50
_POSTS = 20
_STEPS = (
    ("started_journey", _("Started the journey")),
    ("completed_journey", _("Completed the journey")),
    ("visited_platform", _("Visited the platform")),
    ("purchased_stream", _("Joined a stream")),
)
KINDS = {
    "message": _("message"),
    "command": _("command"),
    "callback_query": _("tapped a button"),
    "edited_message": _("changed a message"),
    "my_chat_member": _("blocked the bot or let it in"),
    "channel_post": _("posted in their channel"),
    "platform_visit": _("visited the platform"),
    "stream_chosen": _("chose a stream"),
}


def funnel(request: HttpRequest, person: Profile) -> dict[str, Any]:  # noqa: ARG001
    """How far they came, and what they agreed to."""
    names = names_of_streams()
    return {
        "steps": [
            {
                "title": title,
                "is_done": getattr(person, f"has_{flag}"),
                "at": ago(at) if (at := getattr(person, f"{flag}_at")) else "",
            }
            for flag, title in _STEPS
        ],
        "markers": [(name, _marker(value, names)) for name, value in sorted(person.markers.items())],
        "consents": [
            {
                "terms": each.terms,
                "language": each.language,
                "given": ago(each.given_at),
                "withdrawn": ago(each.withdrawn_at) if each.withdrawn_at else "",
            }
            for each in consents_of(bot_id=person.bot_id, profile_id=person.id)
        ],
        "source": person.source,
        "created": ago(person.created_at),
        "paused": ago(person.paused_at) if person.paused_at else "",
    }


def channels(request: HttpRequest, person: Profile) -> dict[str, Any]:
    """Channels that are their own, and what they post there."""
    found = channels_of(bot_id=person.bot_id, profile_id=person.id, posts=_POSTS)
    return {
        "channels": [{"line": each, "at": ago(each.linked_at)} for each in found.channels],
        "posts": [
            {"line": each, "at": ago(each.posted_at), "edited": ago(each.edited_at) if each.edited_at else ""}
            for each in found.posts
        ],
        "may_care": may_care(request, person) and person.consented_at is not None,
    }


def activity(request: HttpRequest, person: Profile) -> dict[str, Any]:
    """Their latest acts, and those before; the archive is looked at separately."""
    is_archived = request.GET.get("archive") == "1"
    place = _place(request.GET.get("before", ""))
    asked: dict[str, Any] = {"bot_id": person.bot_id, "profile_id": person.id}
    acts = activity_of(**asked, limit=ACTS + 1, before=place, is_archived=is_archived)
    counts = activity_counts(**asked)
    older = acts[ACTS - 1] if len(acts) > ACTS else None
    return {
        "acts": [
            {"kind": KINDS.get(each.kind, each.kind), "at": ago(each.at), "details": _details(each)}
            for each in acts[:ACTS]
        ],
        "counts": counts,
        "is_archived": is_archived,
        "is_first": place is None,
        "older": _query(older, is_archived=is_archived) if older else "",
    }


def _details(act: Activity) -> str:
    return ", ".join(f"{name}: {value}" for name, value in act.details.items())


def _query(act: Activity, *, is_archived: bool) -> str:
    query = {"before": f"{act.at.isoformat()}~{act.id}"} | ({"archive": "1"} if is_archived else {})
    return f"?{urlencode(query)}#activity"


def _place(said: str) -> tuple[datetime, UUID] | None:
    at, _tilde, act_id = said.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, UUID(act_id)) if moment.tzinfo else None
    except ValueError:
        return None


def _marker(value: Any, names: dict[str, str]) -> str:
    values = value if isinstance(value, list) else [value]
    return ", ".join(names.get(str(each), str(each)) for each in values)


add_panel(Panel("funnel", _("Funnel"), "profiles/panels/funnel.html", funnel, 40))
add_panel(Panel("channels", _("Channels"), "profiles/panels/channels.html", channels, 50))
add_panel(Panel("activity", _("Activity"), "profiles/panels/activity.html", activity, 60))
