"""The tabs about what a person did: how far they came, what they agreed to, their channels, their latest acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bots.admin.faces import ago
from profiles.admin.acts import told
from profiles.admin.dialogs import FLAGS
from profiles.admin.faces import names_for
from profiles.admin.panels import Panel, add_panel
from profiles.admin.permissions import may_care
from profiles.models import Profile
from profiles.selectors.activity_of import Activity, activity_counts, activity_of
from profiles.selectors.channels_of import channels_of
from profiles.selectors.consents_of import consents_of

ACTS = 20
_POSTS = 20
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


def funnel(request: HttpRequest, person: Profile) -> dict[str, Any]:
    """How far they came, and what they agreed to."""
    return {
        "steps": steps(person),
        "markers": markers(request, person),
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
        "blocked": ago(person.blocked_at) if person.blocked_at else "",
    }


def steps(person: Profile) -> list[dict[str, Any]]:
    """The steps of the funnel, and when each was taken."""
    return [
        {
            "title": title,
            "is_done": getattr(person, f"has_{flag}"),
            "at": ago(at) if (at := getattr(person, f"{flag}_at")) else "",
        }
        for flag, title in FLAGS
    ]


def markers(request: HttpRequest, person: Profile) -> list[tuple[str, str]]:
    """Their markers, streams by name."""
    names = names_for(request)
    return [(name, _marker(value, names)) for name, value in sorted(person.markers.items())]


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
    """Their latest acts; those before them come as one scrolls. The archive is looked at separately."""
    return {
        **acts_before(request, person),
        "counts": activity_counts(bot_id=person.bot_id, profile_id=person.id),
    }


def acts_before(request: HttpRequest, person: Profile, *, most: int = ACTS) -> dict[str, Any]:
    """So many acts before the place in the address, or the latest, and where the next begin."""
    is_archived = request.GET.get("archive") == "1"
    acts = activity_of(
        bot_id=person.bot_id,
        profile_id=person.id,
        limit=most + 1,
        before=_place(request.GET.get("before", "")),
        is_archived=is_archived,
    )
    older = acts[most - 1] if len(acts) > most else None
    streams = names_for(request) if any("stream" in each.details for each in acts) else {}
    return {
        "acts": [
            {
                "kind": KINDS.get(each.kind, each.kind),
                "at": ago(each.at),
                "details": told(each.details, streams=streams),
            }
            for each in acts[:most]
        ],
        "is_archived": is_archived,
        "older": _query(older, is_archived=is_archived) if older else "",
    }


def _query(act: Activity, *, is_archived: bool) -> str:
    query = {"before": f"{act.at.isoformat()}~{act.id}"} | ({"archive": "1"} if is_archived else {})
    return f"?{urlencode(query)}"


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
