"""What a list of a million people can be narrowed by without reading a million rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bots.admin.visible_bots import VisibleBotsFilter
from bots.models import Bot, Language
from core.clock import clock
from core.tenancy import visible_bots
from profiles.admin.stages import STAGES
from profiles.models import Profile
from profiles.selectors.due_profiles import FRESH_FOR

_SEEN = {
    "day": (_("in the last 24 hours"), timedelta(days=1)),
    "week": (_("in the last 7 days"), timedelta(days=7)),
    "month": (_("in the last 30 days"), timedelta(days=30)),
}
_LONG_AGO = "before"
_NO_STAGE = "-"


class _Filter(admin.SimpleListFilter):
    """A filter whose choices are known beforehand."""

    options: tuple[tuple[str, Any], ...] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        return list(self.options)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Profile]) -> QuerySet[Profile]:  # noqa: ARG002
        chosen = self.value()
        # What stands in the address and is none of the choices narrows nothing.
        return queryset.filter(self.condition(chosen)) if chosen in dict(self.options) else queryset

    def condition(self, chosen: str) -> Q:
        raise NotImplementedError


class BotFilter(VisibleBotsFilter):
    """One of the bots; by its id, since a join would hide from the planner which partition that is."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(bot_id__in=chosen_bots(request)) if self.value() else queryset


def chosen_bots(request: HttpRequest) -> tuple[UUID, ...]:
    """The bots whose people are asked for: the one that was chosen, else all that the person may see."""
    visible = visible_bots() or ()
    slug = request.GET.get(BotFilter.parameter_name)
    if not slug:
        return visible
    return tuple(Bot.objects.filter(slug=slug, id__in=visible).values_list("id", flat=True))


class StageFilter(_Filter):
    title = _("stage")
    parameter_name = "stage"
    options = ((_NO_STAGE, _("none yet")), *STAGES.items())

    def condition(self, chosen: str) -> Q:
        return Q(journey_stage="" if chosen == _NO_STAGE else chosen)


class LanguageFilter(_Filter):
    title = _("language")
    parameter_name = "language"
    options = tuple(Language.choices)

    def condition(self, chosen: str) -> Q:
        return Q(language=chosen)


class SeenFilter(_Filter):
    title = _("last seen")
    parameter_name = "seen"
    options = (*((name, title) for name, (title, _span) in _SEEN.items()), (_LONG_AGO, _("before that")))

    def condition(self, chosen: str) -> Q:
        if chosen == _LONG_AGO:
            return Q(last_seen_at__lt=clock.now() - _SEEN["month"][1])
        return Q(last_seen_at__gte=clock.now() - _SEEN[chosen][1])


class FreshnessFilter(_Filter):
    title = _("portrait")
    parameter_name = "portrait"
    options = (("fresh", _("fresh")), ("stale", _("older than 7 days")), ("none", _("none yet")))

    def condition(self, chosen: str) -> Q:
        if chosen == "none":
            return Q(profile_updated_at__isnull=True)
        since = clock.now() - FRESH_FOR
        return Q(profile_updated_at__gte=since) if chosen == "fresh" else Q(profile_updated_at__lt=since)


class ConditionFilter(_Filter):
    title = _("who")
    parameter_name = "who"
    options = (
        ("reachable", _("may be coached")),
        ("paused", _("paused")),
        ("blocked", _("blocked the bot")),
        ("barred", _("blocked by staff")),
        ("stranger", _("no consent")),
        ("underage", _("under 18")),
    )

    def condition(self, chosen: str) -> Q:
        return {
            "reachable": Q(
                consented_at__isnull=False, is_underage=False, is_active=True, blocked_at__isnull=True
            ),
            "paused": Q(paused_at__isnull=False),
            "blocked": Q(is_active=False),
            "barred": Q(blocked_at__isnull=False),
            "stranger": Q(consented_at__isnull=True, is_underage=False),
            "underage": Q(is_underage=True),
        }[chosen]
