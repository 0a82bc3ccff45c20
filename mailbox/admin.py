"""What could not be handled: why, and once more."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.paginator import InfinitePaginator

from bots.admin.base import ReadOnlyAdmin, is_staff
from bots.admin.faces import ago
from bots.admin.visible_bots import VisibleBotsFilter
from core.tenancy import visible_bots
from mailbox.models import BuriedUpdate, InboundOutcome, InboundUpdate
from mailbox.services.replay import replay


@admin.register(BuriedUpdate)
class BuriedUpdateAdmin(ReadOnlyAdmin):
    """Updates that were given up, newest first."""

    list_display = ("when", "bot", "kind", "reason", "attempts", "size")
    list_display_links = ("when",)
    list_filter = (VisibleBotsFilter,)
    list_select_related = ("bot",)
    list_per_page = 50
    ordering = ("-received_at",)
    paginator = InfinitePaginator
    fields = ("bot", "kind", "reason", "attempts", "received_at", "settled_at", "update_id")
    actions = ("replay_selected",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        buried: QuerySet[Any] = (
            rows.filter(bot_id__in=visible_bots() or (), outcome=InboundOutcome.BURIED)
            .select_related("bot")
            .annotate(bytes=Length("payload"))
            .defer("payload")
        )
        return buried

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_staff(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return is_staff(request)

    @admin.display(description=_("when"), ordering="received_at")
    def when(self, update: InboundUpdate) -> str:
        return ago(update.received_at)

    @admin.display(description=_("bytes kept"))
    def size(self, update: Any) -> int:
        return int(update.bytes)

    @admin.action(description=_("Handle once more"))
    def replay_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = replay(ids=list(queryset.values_list("id", flat=True)))
        said = ngettext("%d update is handled once more.", "%d updates are handled once more.", count) % count
        messages.success(request, said)
