"""The buttons of a person's page. Rooms above add theirs when their admin is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ParamSpec, TypeVar, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action as unfold_action

from profiles.models import Profile

P = ParamSpec("P")
T = TypeVar("T")


class Group(StrEnum):
    """Where a button stands: by itself, or in one of the two lists."""

    FRONT = "front"
    CHANGE = "change"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Offer:
    """One button: the name of the admin's method, its place, and to whose page it belongs."""

    name: str
    group: Group
    position: int
    is_offered: Callable[[Profile], bool]


class PersonActions:
    """Rooms above put their buttons here; the admin of people has them from it."""


_LISTS = {
    Group.CHANGE: {"title": _("Change"), "icon": "edit"},
    Group.MORE: {"title": _("More"), "icon": "more_horiz"},
}
_offers: dict[str, Offer] = {}


def has_consented(person: Profile) -> bool:
    """Nothing is written about who does not agree."""
    return person.consented_at is not None


def anybody(person: Profile) -> bool:  # noqa: ARG001
    return True


def offer(
    name: str, group: Group, position: int, is_offered: Callable[[Profile], bool] = has_consented
) -> None:
    """Show the admin's button of this name from now on."""
    _offers[name] = Offer(name, group, position, is_offered)


def add_action(
    action: Callable[..., Any],
    group: Group,
    position: int,
    is_offered: Callable[[Profile], bool] = has_consented,
) -> None:
    """Give the page one more button: an action of unfold's, which is called with the admin of people first."""
    setattr(PersonActions, action.__name__, action)
    offer(action.__name__, group, position, is_offered)


def link_action(
    *, label: str | Promise, icon: str, path: str, permissions: tuple[str, ...]
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A button that is a mere link: to another page, or to a file."""
    decorate = unfold_action(permissions=permissions, description=label, url_path=path, icon=icon)
    return cast("Callable[[Callable[P, T]], Callable[P, T]]", decorate)


def ask_again(request: HttpRequest, action: Any, form: Any) -> HttpResponse:
    """The action's dialog once more, with what was typed and what is wrong with it."""
    context = {
        "dialog": action.dialog,
        "form": form,
        "form_submit_text": action.dialog["form_submit_text"],
    }
    return render(request, "unfold/helpers/dialog.html", context)


def navigation() -> list[Any]:
    """The buttons as unfold wants them: names, and lists of names."""
    offers = sorted(_offers.values(), key=lambda each: (each.position, each.name))
    front: list[Any] = [each.name for each in offers if each.group is Group.FRONT]
    lists = (
        {**shown, "items": [each.name for each in offers if each.group is group]}
        for group, shown in _LISTS.items()
    )
    return [*front, *(each for each in lists if each["items"])]


def is_pointless(name: str, person: Profile) -> bool:
    """Whether this button would do nothing to this person."""
    known = _offers.get(name)
    return known is not None and not known.is_offered(person)
