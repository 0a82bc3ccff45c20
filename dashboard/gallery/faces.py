"""How people look on their cards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bots.admin.faces import ago
from core.clock import clock
from dashboard.inbox.faces import called, initial
from journey.stages import StageCode
from profiles.plain import plain_line
from profiles.selectors.browse_people import PersonCard
from profiles.selectors.due_profiles import FRESH_FOR

# Enough to tell neighbours apart.
_COLOURS: Final = 8
_MOST_STREAMS: Final = 3
_STEPS: Final = {code.value: number for number, code in enumerate(StageCode, start=1)}


def card(
    person: PersonCard,
    *,
    bot: str,
    stages: Mapping[str, str],
    streams: Mapping[str, str],
    may_refresh: bool,
    said_at: datetime | None = None,
) -> dict[str, Any]:
    """One card for the template, which escapes it. What people wrote themselves stands in `bdi` there."""
    name = called(person.first_name, person.last_name, person.username, person.telegram_id)
    username = plain_line(person.username, 64)
    joined = [plain_line(streams.get(str(slug), str(slug)), 60) for slug in _list(person.streams)]
    return {
        "key": f"{person.bot_id}:{person.id}",
        "id": str(person.id),
        "link": reverse("admin:profiles_profile_change", args=[person.id]),
        "name": name,
        "initial": initial(name),
        "colour": person.id.int % _COLOURS,
        "photo": reverse("gallery:photo", args=[person.bot_id, person.id]) if person.photo_id else "",
        # A new picture has a new address, so that a browser may keep the old one.
        "photo_version": person.photo_id[:16],
        "known": f"@{username}" if username else "",
        "telegram_id": person.telegram_id,
        "bot": bot,
        "stage": plain_line(stages.get(person.journey_stage, person.journey_stage), 60),
        "step": _STEPS.get(person.journey_stage, 0),
        "streams": joined[:_MOST_STREAMS],
        "more_streams": len(joined) - _MOST_STREAMS,
        "readiness": best_readiness(person.readiness, streams),
        "conditions": conditions(person),
        "seen": ago(person.last_seen_at),
        "said": ago(said_at) if said_at else "",
        "portrait": _portrait(person),
        "may_refresh": may_refresh and person.may_be_refreshed,
    }


def best_readiness(readiness: object, streams: Mapping[str, str]) -> dict[str, Any] | None:
    """The stream for which somebody is readiest, and how ready; None where nobody has judged it."""
    known = readiness.items() if isinstance(readiness, Mapping) else ()
    judged = [(percent, slug) for slug, percent in known if isinstance(percent, int) and 0 <= percent <= 100]
    if not judged:
        return None
    percent, slug = max(judged)
    return {"percent": percent, "stream": plain_line(streams.get(slug, slug), 60)}


def conditions(person: PersonCard) -> list[tuple[str, str]]:
    """What sets somebody apart, as (look, words)."""
    told = (
        ("bad", _("under 18"), person.is_underage),
        ("plain", _("no consent"), person.consented_at is None and not person.is_underage),
        ("warn", _("blocked the bot"), not person.is_active),
        ("warn", _("blocked by staff"), person.blocked_at is not None),
        ("info", _("paused"), person.paused_at is not None),
        ("good", _("joined a stream"), person.has_purchased_stream),
    )
    return [(look, words) for look, words, holds in told if holds]


def _portrait(person: PersonCard) -> dict[str, str | SafeString]:
    at = person.profile_updated_at
    if at is None:
        return {"look": "none", "words": _("no portrait yet")}
    is_fresh = clock.now() - at < FRESH_FOR
    return {"look": "fresh" if is_fresh else "stale", "words": ago(at)}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
