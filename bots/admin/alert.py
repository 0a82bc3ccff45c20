from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm

from bots.admin.base import OfBots, ReadOnlyAdmin, is_superuser
from bots.admin.faces import NOTHING, ago, badge, dialog_action
from bots.admin.signs import subject_of
from bots.admin.visible_bots import FigureBotsFilter
from bots.models import Alert, AlertKind
from bots.roles import Capability
from bots.selectors.open_alerts import alerts_for, count_open_alerts
from bots.services.acknowledge_alert import acknowledge_alert
from core.tenancy import figure_bots

_COLOURS = {
    AlertKind.ERROR: "danger",
    AlertKind.MODEL_UNREACHABLE: "danger",
    AlertKind.MODEL_BACK: "success",
    AlertKind.TASK_FAILED: "warning",
    AlertKind.BOT_DEAF: "danger",
    AlertKind.BOT_CRASHED: "danger",
    AlertKind.TOKEN_REVOKED: "danger",
    AlertKind.BUDGET_SPENT: "warning",
    AlertKind.BROADCAST_PAUSED: "warning",
    AlertKind.CRISIS: "danger",
}

_MOST_COUNTED = 100
_INSTALLATION = "-"


class AcknowledgedFilter(admin.SimpleListFilter):
    """What waits for somebody, unless asked otherwise."""

    title = _("what")
    parameter_name = "seen"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        return [("yes", _("Acknowledged")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, title in (("", _("Waiting")), *self.lookup_choices):
            query = changelist.get_query_string({self.parameter_name: value} if value else {}, remove=None)
            if not value:
                query = changelist.get_query_string(remove=[self.parameter_name])
            yield {"selected": (self.value() or "") == value, "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:  # noqa: ARG002
        if self.value() == "all":
            return queryset
        return queryset.filter(acknowledged_at__isnull=self.value() != "yes")


class AlertsBotFilter(FigureBotsFilter):
    """One of the person's bots; for owners also the installation."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        bots = super().lookups(request, model_admin)
        return [(_INSTALLATION, str(_("The installation"))), *bots] if is_superuser(request) else bots

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == _INSTALLATION:
            return queryset.filter(bot_id__isnull=True)
        return super().queryset(request, queryset)


@admin.register(Alert)
class AlertAdmin(OfBots, ReadOnlyAdmin):
    """What staff must know, the newest first, until somebody has acknowledged it."""

    # Alerts name nobody.
    looks = Capability.SEE_FIGURES
    list_display = ("which", "about", "whose", "times", "when", "told")
    list_display_links = ("which",)
    list_filter = (AcknowledgedFilter, AlertsBotFilter, "kind")
    list_select_related = ("bot", "acknowledged_by")
    list_per_page = 50
    nothing_yet = _(
        "What staff must know, a deaf bot or a spent budget, is told here and to the bot's admins in Telegram."
    )
    ordering = ("-last_at", "-id")
    actions = ("acknowledge_selected",)
    actions_row = actions_detail = ("acknowledge",)
    fields = (
        ("which", "concerns", "count"),
        "subject_shown",
        "detail",
        ("first_at", "last_at", "notified_at"),
        ("acknowledged_at", "acknowledged_by"),
    )
    readonly_fields = ("which", "concerns", "subject_shown")

    class Media:
        css = {"all": ("bots/alerts.css",)}

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        # Who looked after it is of interest only where there are such.
        is_waiting = AcknowledgedFilter.parameter_name not in request.GET
        return self.list_display if is_waiting else (*self.list_display, "looked_after")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
        alerts: QuerySet[Alert] = super().get_queryset(request)
        seen = alerts_for(user=request.user, bot_ids=figure_bots() or ())
        return (alerts & seen).select_related("bot", "acknowledged_by")

    def has_acknowledge_permission(self, request: HttpRequest, obj: object = None) -> bool:
        # Whoever may look after the bot's people may look after its alerts.
        return self.may(request, Capability.CHANGE_PEOPLE, obj)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        alert = self.get_object(request, str(object_id))
        if alert is None or alert.acknowledged_at is not None:
            return []
        return list(super().get_actions_detail(request, object_id))

    # Buttons

    @dialog_action(
        label=_("Acknowledge"),
        path="acknowledge",
        icon="done",
        variant="PRIMARY",
        question=_("You have seen it and look after it. It leaves the list and the others need not."),
        button=_("Acknowledge"),
        permissions=("acknowledge",),
    )
    def acknowledge(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        alert = self.get_object(request, object_id)
        if alert is None:
            raise Http404
        self._acknowledge(request, [alert])
        return self.back(request)

    @admin.action(description=_("Acknowledge"), permissions=["acknowledge"])
    def acknowledge_selected(self, request: HttpRequest, alerts: QuerySet[Alert]) -> None:
        self._acknowledge(request, list(alerts))

    def _acknowledge(self, request: HttpRequest, alerts: list[Alert]) -> None:
        assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
        news = sum(
            acknowledge_alert(alert_id=each.id, by=request.user)
            for each in alerts
            if self.has_acknowledge_permission(request, each)
        )
        self.message_user(request, _("Acknowledged: %(count)d.") % {"count": news})

    # Columns and fields

    @admin.display(description=_("alert"), ordering="kind")
    def which(self, alert: Alert) -> SafeString:
        return badge(alert.get_kind_display(), _COLOURS.get(AlertKind(alert.kind), ""))

    @admin.display(description=_("about"))
    def about(self, alert: Alert) -> str:
        return _lines(subject_of(alert.kind, alert.subject), alert.detail, name="alert-about")

    @admin.display(description=_("subject"))
    def subject_shown(self, alert: Alert) -> str:
        return subject_of(alert.kind, alert.subject) or NOTHING

    @admin.display(description=_("bot"), ordering="bot__name")
    def whose(self, alert: Alert) -> str:
        return _lines(self.concerns(alert), "", name="alert-whose")

    @admin.display(description=_("bot"))
    def concerns(self, alert: Alert) -> str:
        return alert.bot.name if alert.bot else str(_("The installation"))

    @admin.display(description=_("times"), ordering="count")
    def times(self, alert: Alert) -> str:
        return f"×{alert.count}" if alert.count > 1 else "1"

    @admin.display(description=_("when"), ordering="last_at")
    def when(self, alert: Alert) -> str:
        last, first = ago(alert.last_at), ago(alert.first_at)
        if last == first:
            return last
        return format_html(
            '<span class="flex flex-col">{}<span class="text-base-500 dark:text-base-400">{}</span></span>',
            last,
            format_html(str(_("first {}")), first),
        )

    @admin.display(description=_("told"), ordering="notified_at")
    def told(self, alert: Alert) -> str:
        return ago(alert.notified_at)

    @admin.display(description=_("acknowledged"), ordering="acknowledged_at")
    def looked_after(self, alert: Alert) -> str:
        if alert.acknowledged_at is None:
            return NOTHING
        by = alert.acknowledged_by.get_username() if alert.acknowledged_by else "?"
        return format_html("{} {}", by, ago(alert.acknowledged_at))


def _lines(first: str, second: str, *, name: str) -> str:
    """Up to two texts under each other, each on one line however narrow: phones cut off what is higher."""
    texts = (("text-important", first), ("text-base-500 dark:text-base-400", second))
    shown = format_html_join(
        "",
        '<span class="block truncate {}" title="{}">{}</span>',
        ((colour, text, text) for colour, text in texts if text),
    )
    return format_html('<span class="block {}">{}</span>', name, shown) if shown else NOTHING


def waiting_alerts(request: HttpRequest) -> int | str:
    """What the sidebar shows beside "Alerts": how many wait, 0 for none."""
    if not isinstance(request.user, User):
        return 0
    count = count_open_alerts(user=request.user, bot_ids=figure_bots() or (), most=_MOST_COUNTED)
    return count if count < _MOST_COUNTED else f"{_MOST_COUNTED - 1}+"
