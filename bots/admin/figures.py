from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bots.admin.base import OfBots, ReadOnlyAdmin
from bots.admin.visible_bots import FigureBotsFilter
from bots.models import BotMetricDay
from bots.roles import Capability
from core.tenancy import figure_bots


@admin.register(BotMetricDay)
class BotMetricDayAdmin(OfBots, ReadOnlyAdmin):
    """What each bot came to, day by day."""

    looks = Capability.SEE_FIGURES
    list_display = ("day", "bot", "name", "count", "mean", "largest")
    list_display_links = None
    list_filter = (FigureBotsFilter,)
    list_select_related = ("bot",)
    date_hierarchy = "day"
    ordering = ("-day", "bot_id", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BotMetricDay]:
        days: QuerySet[BotMetricDay] = super().get_queryset(request)
        return days.filter(bot_id__in=figure_bots() or ())

    @admin.display(description=_("mean"))
    def mean(self, day: BotMetricDay) -> str:
        return f"{day.total / day.count:.3f}" if day.count else "–"
