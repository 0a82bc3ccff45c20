"""The audit trail, to read."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.paginator import InfinitePaginator

from bots.admin.base import OfBots, ReadOnlyAdmin
from bots.admin.faces import ago, short
from bots.admin.visible_bots import VisibleBotsFilter
from core.tenancy import visible_bots
from events.models import Event


@admin.register(Event)
class EventAdmin(OfBots, ReadOnlyAdmin):
    """What happened, newest first."""

    list_display = ("when", "kind", "bot", "details")
    list_display_links = ("when",)
    list_filter = (VisibleBotsFilter,)
    list_select_related = ("bot",)
    list_per_page = 50
    search_fields = ("kind",)
    search_help_text = _("What happened, for example bot.state_changed")
    ordering = ("-created_at",)
    # Counting all events of all time is the slowest part of such a page.
    paginator = InfinitePaginator
    fields = ("bot", "kind", "created_at", "payload", "correlation_id", "profile_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        events: QuerySet[Event] = super().get_queryset(request)
        return events.filter(bot_id__in=visible_bots() or ()).select_related("bot")

    @admin.display(description=_("when"), ordering="created_at")
    def when(self, event: Event) -> str:
        return ago(event.created_at)

    @admin.display(description=_("details"))
    def details(self, event: Event) -> str:
        return short(", ".join(f"{name}: {value}" for name, value in event.payload.items()), most=100)
