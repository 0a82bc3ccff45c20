from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bots.admin.base import ReadOnlyAdmin, is_staff
from bots.admin.visible_bots import VisibleBotsFilter
from bots.models import BotMetricDay
from core.tenancy import visible_bots


@admin.register(BotMetricDay)
class BotMetricDayAdmin(ReadOnlyAdmin):
    """What each bot came to, day by day."""

    list_display = ("day", "bot", "name", "count", "mean", "largest")
    list_display_links = None
    list_filter = (VisibleBotsFilter,)
    list_select_related = ("bot",)
    date_hierarchy = "day"
    ordering = ("-day", "bot_id", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BotMetricDay]:
        days: QuerySet[BotMetricDay] = super().get_queryset(request)
        return days.filter(bot_id__in=visible_bots() or ())

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_staff(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return is_staff(request)

    @admin.display(description=_("mean"))
    def mean(self, day: BotMetricDay) -> str:
        return f"{day.total / day.count:.3f}" if day.count else "–"
