"""Where a few letters lead: pages and acts first, then bots, people and broadcasts, each as roles allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from bots.admin.base import bots_where, may
from bots.roles import Capability
from bots.selectors.bots_named import bots_named
from broadcast.selectors.broadcasts_titled import broadcasts_titled
from core.tenancy import figure_bots, visible_bots
from profiles.selectors.people_named import people_named

# Of each kind: who looks for more opens the list.
MOST = 6


@dataclass(frozen=True, slots=True)
class Find:
    """A line of the palette; its fields are the ones that the shell's template shows."""

    title: str
    description: str
    link: str
    icon: str


def found_for(request: HttpRequest, term: str) -> list[Find]:
    """Everything that the term leads to, for whoever asks; nobody is found where only figures may be seen."""
    words = term.casefold().split()
    return [
        *_fitting(_acts(request), words),
        *_fitting(_pages(request), words),
        *_bots(term),
        *_people(request, term),
        *_broadcasts(term),
    ]


def _fitting(finds: Iterable[Find], words: list[str]) -> Iterator[Find]:
    for each in finds:
        text = f"{each.title} {each.description}".casefold()
        if all(word in text for word in words):
            yield each


def _pages(request: HttpRequest) -> Iterator[Find]:
    yield Find(_("Home"), _("page"), reverse("admin:index"), "home")
    shell: Any = admin.site
    for group in shell.get_sidebar_list(request):
        for item in group["items"]:
            if item["has_permission"]:
                words = str(group.get("title") or _("page"))
                yield Find(str(item["title"]), words, str(item["link"]), str(item["icon"]))


def _acts(request: HttpRequest) -> Iterator[Find]:
    act = _("do")
    if may(request, Capability.BROADCAST):
        yield Find(_("Write a broadcast"), act, reverse("admin:broadcast_broadcast_add"), "edit_square")
        yield Find(_("Saved segments"), act, reverse("admin:broadcast_broadcast_segments"), "group_work")
    yield Find(_("Change password"), act, reverse("admin:password_change"), "key")
    yield Find(_("Two-factor sign-in"), act, reverse("two-factor"), "phonelink_lock")
    yield Find(_("Where I am signed in"), act, reverse("staff-sessions"), "devices")


def _bots(term: str) -> Iterator[Find]:
    for bot in bots_named(bot_ids=figure_bots() or (), term=term, most=MOST):
        yield Find(bot.name, _("bot"), reverse("admin:bots_bot_change", args=[bot.id]), "smart_toy")


def _people(request: HttpRequest, term: str) -> Iterator[Find]:
    bot_ids = bots_where(request, Capability.SEE_PEOPLE)
    for person in people_named(bot_ids=bot_ids, term=term, most=MOST):
        link = reverse("admin:profiles_profile_change", args=[person.id])
        yield Find(person.name, _("person · %(bot)s") % {"bot": person.bot}, link, "person")


def _broadcasts(term: str) -> Iterator[Find]:
    for each in broadcasts_titled(bot_ids=visible_bots() or (), term=term, most=MOST):
        link = reverse("admin:broadcast_broadcast_change", args=[each.id])
        yield Find(each.title, _("broadcast"), link, "campaign")
