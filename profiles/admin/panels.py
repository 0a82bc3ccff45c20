"""What a person's page is made of. Rooms above add their parts when their admin is loaded.

The page itself brings the strips, and the cards of the overview that cost next to nothing; the other cards come in one
request behind it, and each tab when it is opened first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from profiles.models import Profile

# What a template needs to know of this person, for whoever looks at the page; None where there is nothing to show.
Context = Callable[[HttpRequest, Profile], Mapping[str, Any] | None]

# The tab that stands for all of them, and is there with the page.
OVERVIEW = "overview"


@dataclass(frozen=True, slots=True)
class Panel:
    """One tab: `code` is its anchor in the address, `position` its place among the others."""

    code: str
    title: str | Promise
    template: str
    context: Context
    position: int


class Place(StrEnum):
    """Where a part stands: above the tabs; in the overview, with the page or behind it, wide or narrow."""

    STRIP = "strip"
    FIRST = "first"
    FIRST_ASIDE = "first aside"
    BEHIND = "behind"
    BEHIND_ASIDE = "behind aside"


@dataclass(frozen=True, slots=True)
class Part:
    """A strip above the tabs or a card of the overview, in the order of `position`."""

    code: str
    place: Place
    template: str
    context: Context
    position: int


_panels: dict[str, Panel] = {}
_parts: dict[str, Part] = {}


def add_panel(panel: Panel) -> None:
    """Show this tab from now on, in place of one of the same code."""
    _panels[panel.code] = panel


def add_part(part: Part) -> None:
    """Show this part from now on, in place of one of the same code."""
    _parts[part.code] = part


def panels() -> list[Panel]:
    """All tabs but the overview, in their order."""
    return sorted(_panels.values(), key=lambda each: (each.position, each.code))


def panel_of(code: str) -> Panel | None:
    return _panels.get(code)


def part_of(code: str) -> Part | None:
    return _parts.get(code)


def rendered(shown: Panel | Part, request: HttpRequest, person: Profile) -> SafeString:
    """The part as it is shown; nothing where there is nothing to show."""
    context = shown.context(request, person)
    if context is None:
        return SafeString()
    return SafeString(render_to_string(shown.template, {"person": person, **context}, request))


def parts_in(place: Place, request: HttpRequest, person: Profile) -> list[SafeString]:
    """What stands there, in its order."""
    parts = sorted(
        (each for each in _parts.values() if each.place is place), key=lambda each: (each.position, each.code)
    )
    return [html for each in parts if (html := rendered(each, request, person))]
