from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bots.models import Bot
from core.tenancy import visible_bots


class VisibleBotsFilter(admin.SimpleListFilter):
    """Narrows a list of tenant rows to one of the bots that the person may see."""

    title = _("bot")
    parameter_name = "bot"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        bots = Bot.objects.filter(id__in=visible_bots() or ()).order_by("name").values_list("slug", "name")
        return list(bots)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        return queryset.filter(bot__slug=self.value()) if self.value() else queryset
