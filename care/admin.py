"""Rounds over people's portraits, and what the bots said by themselves; to read, and to ask for a round."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from bots.admin.base import OfBots, ReadOnlyAdmin, bots_where
from bots.admin.faces import NOTHING, ago, badge, dialog_action
from bots.admin.visible_bots import FigureBotsFilter, VisibleBotsFilter
from bots.models import Bot
from bots.roles import Capability
from care.models import ProactiveMessage, RotationRun, RunState, RunTrigger
from care.services.keep_run import want_run
from core.numbers import decimal
from core.tenancy import figure_bots, visible_bots

_COLOURS = {
    RunState.WANTED: "info",
    RunState.RUNNING: "primary",
    RunState.DONE: "success",
    RunState.STOPPED: "warning",
    RunState.OVER_BUDGET: "warning",
    RunState.FAILED: "danger",
}


class RefreshDialog(BaseDialogForm):  # type: ignore[misc]
    """Whose portraits are to be refreshed."""

    bot = forms.ModelChoiceField(
        label=_("Bot"), queryset=Bot.objects.none(), widget=UnfoldAdminSelectWidget(), empty_label=None
    )
    everybody = forms.BooleanField(
        label=_("Everybody"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_("Otherwise those who were seen in the last 30 days and not refreshed for a week."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = bots_where(self.request, Capability.CHANGE_PEOPLE)
        self.fields["bot"].queryset = Bot.objects.filter(id__in=mine).order_by("name")


class SeenByStaff(OfBots, ReadOnlyAdmin):
    """Rows of the bots that the person may see."""

    list_filter: tuple[Any, ...] = (VisibleBotsFilter,)
    list_select_related: tuple[str, ...] = ("bot",)
    list_per_page = 50
    paginator = InfinitePaginator

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        seen = figure_bots() if self.looks is Capability.SEE_FIGURES else visible_bots()
        return rows.filter(bot_id__in=seen or ()).select_related(*self.list_select_related)


@admin.register(RotationRun)
class RotationRunAdmin(SeenByStaff):
    """Rounds over the portraits of a bot's people, the newest first."""

    looks = Capability.SEE_FIGURES
    list_display = ("when", "bot", "outcome", "trigger", "progress", "result", "tokens", "cost", "took")
    list_display_links = ("when",)
    list_filter = (FigureBotsFilter, "state", "trigger")
    ordering = ("-wanted_at", "-id")
    actions_list = ("refresh",)
    fields = (
        ("bot", "trigger", "state"),
        ("candidates", "processed"),
        ("updated", "skipped", "failed"),
        ("prompt_tokens", "completion_tokens", "cost"),
        ("wanted_at", "started_at", "ended_at"),
        "note",
    )
    readonly_fields = ("cost",)

    def has_refresh_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return self.may(request, Capability.CHANGE_PEOPLE, object_id)

    @dialog_action(
        label=_("Refresh portraits"),
        path="refresh",
        icon="autorenew",
        question=_("A round over the people of a bot begins within a minute."),
        button=_("Begin"),
        form=RefreshDialog,
        permissions=("refresh",),
    )
    def refresh(self, request: HttpRequest, form: BaseDialogForm) -> HttpResponse:
        bot = form.cleaned_data["bot"]
        run_id = want_run(bot_id=bot.id, trigger=RunTrigger.STAFF, is_for_all=form.cleaned_data["everybody"])
        if run_id is None:
            messages.warning(request, _("A round over the people of “%s” is under way already.") % bot.name)
        else:
            messages.success(request, _("The portraits of “%s” are being refreshed.") % bot.name)
        return self.back(request)

    @admin.display(description=_("when"), ordering="wanted_at")
    def when(self, run: RotationRun) -> str:
        return ago(run.started_at or run.wanted_at)

    @admin.display(description=_("state"))
    def outcome(self, run: RotationRun) -> str:
        return badge(run.get_state_display(), _COLOURS.get(RunState(run.state), ""))

    @admin.display(description=_("looked at"))
    def progress(self, run: RotationRun) -> str:
        return f"{run.processed} / {run.candidates}" if run.started_at else NOTHING

    @admin.display(description=_("updated · skipped · failed"))
    def result(self, run: RotationRun) -> str:
        return f"{run.updated} · {run.skipped} · {run.failed}"

    @admin.display(description=_("tokens"))
    def tokens(self, run: RotationRun) -> str:
        return f"{run.prompt_tokens + run.completion_tokens:,}".replace(",", " ")

    @admin.display(description=_("cost"))
    def cost(self, run: RotationRun) -> str:
        return decimal(f"${run.cost_micros / 1_000_000:.4f}")

    @admin.display(description=_("took"))
    def took(self, run: RotationRun) -> str:
        if run.started_at is None or run.ended_at is None:
            return NOTHING
        return _("%(count)s s") % {"count": f"{(run.ended_at - run.started_at).total_seconds():.0f}"}


@admin.register(ProactiveMessage)
class ProactiveMessageAdmin(SeenByStaff):
    """What the bots said by themselves, the newest first; not to whom by name."""

    list_display = ("when", "bot", "kind", "local_day")
    list_display_links = ("when",)
    list_filter = (VisibleBotsFilter, "kind")
    ordering = ("-created_at", "-id")
    fields = ("bot", "kind", "local_day", "created_at")

    @admin.display(description=_("when"), ordering="created_at")
    def when(self, message: ProactiveMessage) -> str:
        return ago(message.created_at)
