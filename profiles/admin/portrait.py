"""The tabs about who a person is: the portrait in its versions, and what is known line by line."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bots.admin.faces import ago
from profiles.admin.faces import freshness, names_for
from profiles.admin.panels import Panel, add_panel
from profiles.admin.permissions import may_care
from profiles.models import FindingKind, FindingOrigin, Profile, VersionOrigin
from profiles.selectors.findings_of import findings_of
from profiles.selectors.struck_out_count import struck_out_count
from profiles.selectors.versions_of import versions_of

_KINDS = dict(FindingKind.choices)
_ORIGINS = dict(FindingOrigin.choices)
_VERSION_ORIGINS = dict(VersionOrigin.choices)
# What the metaphysical profile lists.
_INNER = (("themes", _("themes")), ("patterns", _("patterns")))
# What has a name of its own for staff.
_GENDERS = {"female": _("female"), "male": _("male"), "other": _("other")}
_PSYCHOTYPES = {
    "analytical": _("analytical"),
    "emotional": _("emotional"),
    "intuitive": _("intuitive"),
    "practical": _("practical"),
}


def portrait(request: HttpRequest, person: Profile) -> dict[str, Any]:
    """Who they are, as a model and staff see them, and how that came about."""
    names = names_for(request)
    versions = versions_of(bot_id=person.bot_id, profile_id=person.id)
    return {
        "freshness": freshness(person),
        "streams": [names.get(str(slug), slug) for slug in person.streams],
        "facts": [(title, value) for title, value in facts_of(person) if value],
        "light": light_of(person),
        "inner": [
            (title, lines) for name, title in _INNER if (lines := _lines(person.metaphysical_profile, name))
        ],
        "versions": [
            {
                "line": each,
                "origin": _VERSION_ORIGINS.get(each.origin, _("before versions were kept")),
                "at": ago(each.created_at),
                "is_current": place == 0,
                "added": [names.get(slug, slug) for slug in each.streams_added],
                "removed": [names.get(slug, slug) for slug in each.streams_removed],
            }
            for place, each in enumerate(versions)
        ],
        "may_care": may_care(request, person) and person.consented_at is not None,
    }


def known(request: HttpRequest, person: Profile) -> dict[str, Any]:  # noqa: ARG001
    """What was found out, with the sentence that it came from."""
    lines = findings_of(bot_id=person.bot_id, profile_id=person.id)
    return {
        "lines": [
            {
                "kind": _KINDS.get(each.kind, each.kind),
                "value": _GENDERS.get(each.value, each.value) if each.kind == "gender" else each.value,
                "sentence": each.sentence,
                "origin": _ORIGINS.get(each.origin, each.origin),
                "is_theirs": each.origin == FindingOrigin.PERSON,
            }
            for each in lines
        ],
        "struck_out": struck_out_count(bot_id=person.bot_id, profile_id=person.id),
    }


def facts_of(person: Profile) -> list[tuple[Any, Any]]:
    return [
        (_("age"), person.age),
        (_("born"), person.birth_date),
        (_("gender"), _GENDERS.get(person.gender, person.gender)),
        (_("location"), person.location),
        (_("time zone"), person.timezone),
        (_("psychotype"), _PSYCHOTYPES.get(person.psychotype, person.psychotype)),
        (_("chat style"), person.chat_style),
        (_("personality"), person.personality),
        (_("strengths"), _listed(person.strengths)),
        (_("challenges"), _listed(person.challenges)),
        (_("interests"), _listed(person.interests)),
        (_("bio in Telegram"), person.bio),
    ]


def _listed(values: Any) -> str:
    return ", ".join(str(each) for each in values) if isinstance(values, list) else ""


def _lines(profile: dict[str, Any], name: str) -> list[str]:
    lines = profile.get(name)
    return [str(each) for each in lines] if isinstance(lines, list) else []


def light_of(person: Profile) -> int | None:
    """Light and shadow from 0 to 100, where a session found it."""
    light = person.metaphysical_profile.get("light")
    if isinstance(light, bool) or not isinstance(light, int | float):
        return None
    return round((max(-100.0, min(100.0, light)) + 100) / 2)


add_panel(Panel("portrait", _("Portrait"), "profiles/panels/portrait.html", portrait, 10))
add_panel(Panel("known", _("Known"), "profiles/panels/known.html", known, 20))
