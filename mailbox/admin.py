"""What could not be handled: why, and once more."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.paginator import InfinitePaginator

from bots.admin.base import OfBots, ReadOnlyAdmin, may
from bots.admin.faces import ago
from bots.admin.visible_bots import VisibleBotsFilter
from bots.roles import Capability
from core.tenancy import visible_bots
from mailbox.models import BuriedUpdate, InboundOutcome, InboundUpdate
from mailbox.services.tend_queue import tend_queue
from mailbox.shelves import Act


@admin.register(BuriedUpdate)
class BuriedUpdateAdmin(OfBots, ReadOnlyAdmin):
    """Updates that were given up, of all one's bots in one list, newest first; the queues show each bot's own."""

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

    def has_replay_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, Capability.CHANGE_PEOPLE, obj)

    @admin.display(description=_("when"), ordering="received_at")
    def when(self, update: InboundUpdate) -> str:
        return ago(update.received_at)

    @admin.display(description=_("bytes kept"))
    def size(self, update: Any) -> int:
        return int(update.bytes)

    @admin.action(description=_("Handle once more"), permissions=["replay"])
    def replay_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        by_bot: dict[UUID, list[UUID]] = defaultdict(list)
        for bot_id, row_id in queryset.values_list("bot_id", "id"):
            by_bot[bot_id].append(row_id)
        user: Any = request.user
        count = 0
        for bot_id, ids in by_bot.items():
            if not may(request, Capability.CHANGE_PEOPLE, bot_id):
                messages.error(request, _("Your role in one of these bots does not allow this."))
                continue
            count += tend_queue(bot_id=bot_id, act=Act.REPLAY, ids=ids, by=user.pk)
        said = ngettext("%d update is handled once more.", "%d updates are handled once more.", count) % count
        messages.success(request, said)
