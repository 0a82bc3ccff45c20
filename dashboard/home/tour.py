"""The first day: what to do with a new installation, ticked from what is really there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from bots.admin.base import is_superuser, may
from bots.admin.prompts.rights import may_see_personas
from bots.roles import Capability
from bots.selectors.has_own_prompts import has_own_prompts
from dashboard.home.doors import inbox_list

_DAYS = 365


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing to do; `link` is where."""

    name: str
    words: str
    link: str
    is_done: bool


def tour(request: HttpRequest, *, has_bots: bool, has_people: bool, has_answered: bool) -> list[Stop]:
    """What is to be done by whoever looks, in order; nothing once all is done, or put away.

    Whoever sees figures alone has nothing to do here.
    """
    if request.COOKIES.get(_cookie(request)):
        return []
    stops = []
    if is_superuser(request):
        stops.append(
            Stop(
                _("Add a bot"),
                _("Paste the token that @BotFather gave you."),
                reverse("admin:bots_bot_add"),
                has_bots,
            )
        )
    if may_see_personas(request):
        stops.append(
            Stop(
                _("Publish a prompt"),
                _("Say in your own words how it speaks; the running bot takes it over."),
                reverse("admin:bots_persona_changelist"),
                # Asked only where it decides something.
                has_bots and has_own_prompts(),
            )
        )
    if may(request, Capability.SEE_PEOPLE):
        stops.append(
            Stop(
                _("Find a person"),
                _("Everybody who talks with a bot has a page. Be the first: talk to it yourself."),
                reverse("gallery:people"),
                has_people,
            )
        )
    if may(request, Capability.ANSWER):
        stops.append(
            Stop(
                _("Answer in the inbox"),
                _("Take a conversation over, write as the bot, hand it back."),
                inbox_list(),
                has_answered,
            )
        )
    return [] if all(each.is_done for each in stops) else stops


def put_away(request: HttpRequest, response: HttpResponse) -> None:
    """Remember in this browser that this person needs it no more."""
    response.set_cookie(
        _cookie(request),
        "away",
        max_age=_DAYS * 86_400,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def _cookie(request: HttpRequest) -> str:
    user: Any = request.user
    return f"home_tour_{user.pk}"
