"""The overview of a person's page, as far as this room knows of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from bots.admin.faces import ago
from profiles.admin.faces import freshness, names_for
from profiles.admin.panels import Part, Place, add_part
from profiles.admin.portrait import facts_of, light_of
from profiles.admin.way import acts_before, markers, steps
from profiles.models import Profile

# Facts that stand in the overview; the portrait has all of them.
_MOST_FACTS = 6
_ACTS = 6


def in_short(request: HttpRequest, person: Profile) -> dict[str, Any]:  # noqa: ARG001
    """Who they are in a few lines."""
    return {"freshness": freshness(person)}


def streams(request: HttpRequest, person: Profile) -> dict[str, Any] | None:
    """What fits them, and how ready they are for each; nothing where nobody knows."""
    names = names_for(request)
    fits = [str(slug) for slug in person.streams]
    percents = {str(slug): each for slug, each in person.readiness.items() if _is_percent(each)}
    order = sorted({*fits, *percents}, key=lambda slug: (-percents.get(slug, -1), slug))
    if not order:
        return None
    return {
        "streams": [
            {"name": names.get(slug, slug), "percent": percents.get(slug), "fits": slug in fits}
            for slug in order
        ],
    }


def at_a_glance(request: HttpRequest, person: Profile) -> dict[str, Any]:  # noqa: ARG001
    """What is known of them line by line, and where they stand with us."""
    return {
        "facts": [(title, value) for title, value in facts_of(person) if value][:_MOST_FACTS],
        "light": light_of(person),
        "consented": ago(person.consented_at) if person.consented_at else "",
        "created": ago(person.created_at),
        "source": person.source,
    }


def funnel_in_short(request: HttpRequest, person: Profile) -> dict[str, Any]:
    """How far they have come, and their markers."""
    return {"steps": steps(person), "markers": markers(request, person)}


def latest_acts(request: HttpRequest, person: Profile) -> dict[str, Any]:
    """What they did last."""
    return acts_before(request, person, most=_ACTS)


def _is_percent(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100


_TEMPLATES = "profiles/parts"
add_part(Part("in-short", Place.FIRST, f"{_TEMPLATES}/in_short.html", in_short, 10))
add_part(Part("glance", Place.FIRST_ASIDE, f"{_TEMPLATES}/glance.html", at_a_glance, 10))
add_part(Part("streams", Place.BEHIND_ASIDE, f"{_TEMPLATES}/streams.html", streams, 5))
add_part(Part("acts", Place.BEHIND, f"{_TEMPLATES}/acts.html", latest_acts, 30))
add_part(Part("funnel", Place.BEHIND_ASIDE, f"{_TEMPLATES}/funnel.html", funnel_in_short, 20))
