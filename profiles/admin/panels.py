"""The tabs of a person's page. Rooms above add theirs when their admin is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from profiles.models import Profile

# What a panel's template needs to know of this person, for whoever looks at the page.
Context = Callable[[HttpRequest, Profile], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Panel:
    """One tab: `code` is its anchor in the address, `position` its place among the others."""

    code: str
    title: str | Promise
    template: str
    context: Context
    position: int


@dataclass(frozen=True, slots=True)
class ShownPanel:
    """A tab as it is shown."""

    code: str
    title: str
    html: SafeString


_panels: dict[str, Panel] = {}


def add_panel(panel: Panel) -> None:
    """Show this tab from now on, in place of one of the same code."""
    _panels[panel.code] = panel


def shown_panels(request: HttpRequest, person: Profile) -> list[ShownPanel]:
    """All tabs, in their order."""
    panels = sorted(_panels.values(), key=lambda each: (each.position, each.code))
    return [
        ShownPanel(
            panel.code,
            str(panel.title),
            SafeString(
                render_to_string(
                    panel.template, {"person": person, **panel.context(request, person)}, request
                )
            ),
        )
        for panel in panels
    ]
