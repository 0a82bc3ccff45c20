from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bots.models import Bot
from core.tenancy import figure_bots, visible_bots


class VisibleBotsFilter(admin.SimpleListFilter):
    """Narrows a list of tenant rows to one of the bots that the person may see."""

    title = _("bot")
    parameter_name = "bot"

    def bot_ids(self) -> tuple[UUID, ...]:
        """The bots that one can choose from."""
        return visible_bots() or ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        bots = Bot.objects.filter(id__in=self.bot_ids()).order_by("name").values_list("slug", "name")
        return list(bots)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        return queryset.filter(bot__slug=self.value()) if self.value() else queryset


class FigureBotsFilter(VisibleBotsFilter):
    """Narrows figures: also to a bot of which the person sees nothing else."""

    def bot_ids(self) -> tuple[UUID, ...]:
        return figure_bots() or ()
