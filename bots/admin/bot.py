from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import ForeignKey, QuerySet, URLField
from django.forms import Field
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.forms import BaseDialogForm

from bots.admin.base import OfBots, ServiceAdmin, is_superuser, may
from bots.admin.faces import NOTHING, ago, badge, dialog_action, short
from bots.forms import BotForm, NewBotForm, TokenDialog
from bots.models import Alert, Bot, BotAccess, BotStatus, ObservedState, ProactiveKind, WantedState
from bots.roles import Capability
from bots.selectors.spending import spent_today
from bots.services.delete_bot import delete_bot
from bots.services.register_bot import register_bot
from bots.services.replace_token import replace_token
from bots.services.restart_bot import restart_bot
from bots.services.set_model_key import set_model_key
from bots.services.set_wanted_state import set_wanted_state
from bots.services.update_bot import update_bot
from core.errors import AppError
from core.tenancy import figure_bots

_COLOURS = {
    ObservedState.RUNNING: "success",
    ObservedState.STARTING: "info",
    ObservedState.BACKING_OFF: "warning",
    ObservedState.PAUSED: "warning",
    ObservedState.CONFLICT: "danger",
    ObservedState.TOKEN_REVOKED: "danger",
    ObservedState.DEAF: "danger",
    ObservedState.CRASHED: "danger",
}

_ADDRESSES = ("api_url", "model_base_url")


class AccessInline(TabularInline):  # type: ignore[misc]
    """Who of the staff sees this bot, and in which role."""

    model = BotAccess
    extra = 0
    fields = ("user", "role")
    verbose_name_plural = _("Staff who see this bot")

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            field.queryset = field.queryset.filter(is_staff=True, is_superuser=False)
            # Looked up once, not once for every row.
            field.choices = list(field.choices)
        return field  # type: ignore[no-any-return]

    def has_view_permission(self, request: HttpRequest, obj: Bot | None = None) -> bool:
        # Of the page's bot; without one Django asks whether to look for rows at all.
        return may(request, Capability.GIVE_ACCESS, obj.id if obj is not None else None)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


@admin.register(Bot)
class BotAdmin(OfBots, ServiceAdmin):
    """Bots: staff write what they want, the runtime brings it about and shows what it sees."""

    looks = Capability.SEE_FIGURES
    changes = Capability.CHANGE_BOT
    list_display = ("who", "state", "wanted", "last_poll", "restarts", "error")
    list_display_links = ("who",)
    list_filter = ("wanted_state", "status__state", "language")
    list_select_related = ("status",)
    list_per_page = 50
    show_full_result_count = True
    search_fields = ("name", "slug", "username")
    search_help_text = _("Name, slug or username")
    ordering = ("name", "id")
    warn_unsaved_form = True
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    actions = ("start_selected", "pause_selected", "stop_selected", "restart_selected")
    actions_row = ("start", "pause", "stop", "restart")
    actions_detail = ("start", "pause", "stop", "restart", "replace_token")
    readonly_fields = (
        "state",
        "state_since",
        "last_poll",
        "last_update",
        "restarts",
        "whole_error",
        "holder",
        "telegram",
        "token_hint",
        "model_key_hint",
        "wanted",
        "created_at",
        "spent",
    )
    add_fieldsets = (
        (None, {"fields": ("name", "slug", "token", "api_url", ("language", "persona"), "wanted_state")}),
        (_("Model"), {"fields": (("model_provider", "model_name"), "model_base_url", "model_key")}),
    )
    fieldsets = (
        (
            _("State"),
            {
                "fields": (
                    ("state", "wanted", "restarts"),
                    ("state_since", "last_poll", "last_update"),
                    ("telegram", "token_hint", "holder"),
                    "whole_error",
                )
            },
        ),
        (_("Bot"), {"classes": ["tab"], "fields": (("name", "slug"), ("language", "persona"), "api_url")}),
        (
            _("Model"),
            {
                "classes": ["tab"],
                "fields": (
                    ("model_provider", "model_name", "model_fallback_name"),
                    "model_base_url",
                    ("model_key_hint", "model_key", "forget_model_key"),
                    ("model_temperature", "model_max_tokens", "model_timeout"),
                    ("model_input_price", "model_output_price"),
                ),
            },
        ),
        (
            _("Pace"),
            {
                "classes": ["tab"],
                "fields": (
                    "burst_wait",
                    ("sends_per_second", "chat_sends_per_second"),
                    "has_own_process",
                ),
            },
        ),
        (
            _("Care"),
            {
                "classes": ["tab"],
                "fields": (
                    "starts_silence",
                    "starts_stage",
                    "starts_morning",
                    "proactive_a_day",
                    ("proactive_from", "proactive_until"),
                    "timezone",
                    "daily_budget_usd",
                    "rotation_budget_usd",
                    "spent",
                    "platform_url",
                ),
            },
        ),
        (
            _("People in Telegram"),
            {"classes": ["tab"], "fields": ("owner_telegram_id", "admin_telegram_ids", "config")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bot]:
        bots: QuerySet[Bot] = super().get_queryset(request).select_related("status")
        return bots if is_superuser(request) else bots.filter(id__in=figure_bots() or ())

    def get_readonly_fields(self, request: HttpRequest, obj: Bot | None = None) -> tuple[str, ...]:  # noqa: ARG002
        # The token and the key are sent there: whoever chose the addresses could read both.
        return self.readonly_fields if is_superuser(request) else (*self.readonly_fields, *_ADDRESSES)

    def get_inlines(self, request: HttpRequest, obj: Bot | None) -> list[type[AccessInline]]:  # noqa: ARG002
        return [AccessInline] if obj else []

    def get_form(
        self, request: HttpRequest, obj: Bot | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = BotForm if obj else NewBotForm
        return super().get_form(request, obj, change=change, **kwargs)

    # Who may do what

    def bot_of(self, row: Bot) -> UUID:
        return row.id

    def has_start_stop_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.may(request, Capability.START_STOP, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Bot | None = None) -> bool:
        if not is_superuser(request):
            return False
        return not isinstance(obj, Bot) or obj.wanted_state == WantedState.STOPPED

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        bot = self.get_object(request, str(object_id))
        if bot is None:
            return []
        pointless = {
            WantedState.RUNNING: {"start"},
            WantedState.PAUSED: {"pause"},
            WantedState.STOPPED: {"stop", "pause", "restart"},
        }[WantedState(bot.wanted_state)]
        allowed = super().get_actions_detail(request, object_id)
        return [each for each in allowed if each.method.original_function_name not in pointless]

    # Saving: each door calls one service for each thing that changed.

    def save_model(self, request: HttpRequest, obj: Bot, form: Any, change: bool) -> None:  # noqa: ARG002
        values = form.cleaned_data
        if not change:
            names = ("name", "api_url", "language", "persona", "wanted_state", "token")
            created = register_bot(
                **{name: values[name] for name in names},
                slug=values["slug"] or None,
                provider=values["model_provider"],
                model_name=values["model_name"],
                model_base_url=values["model_base_url"],
                model_key=values["model_key"],
            )
            obj.__dict__.update(created.__dict__)
            return
        update_bot(bot_id=obj.id, **form.changes())
        if values["forget_model_key"]:
            set_model_key(bot_id=obj.id, key="")
        elif values["model_key"]:
            set_model_key(bot_id=obj.id, key=values["model_key"])

    def delete_model(self, request: HttpRequest, obj: Bot) -> None:  # noqa: ARG002
        delete_bot(bot_id=obj.id)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)  # type: ignore[no-any-return]
        except AppError as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(reverse("admin:bots_bot_change", args=[object_id]))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        listed, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        # Nobody deletes alerts one by one; with their bot they go.
        return listed, counts, set(perms_needed) - {Alert._meta.verbose_name}, protected

    # Columns and fields

    @admin.display(description=_("bot"), ordering="name")
    def who(self, bot: Bot) -> SafeString:
        username = f"@{bot.username}" if bot.username else bot.slug
        return _two_lines(bot.name, username)

    @admin.display(description=_("state"), ordering="status__state")
    def state(self, bot: Bot) -> SafeString:
        return state_badge(_status(bot).state)

    @admin.display(description=_("wanted"), ordering="wanted_state")
    def wanted(self, bot: Bot) -> str:
        return bot.get_wanted_state_display()

    @admin.display(description=_("last poll"), ordering="status__last_poll_at")
    def last_poll(self, bot: Bot) -> str:
        return ago(_status(bot).last_poll_at)

    @admin.display(description=_("last update"))
    def last_update(self, bot: Bot) -> str:
        return ago(_status(bot).last_update_at)

    @admin.display(description=_("since"))
    def state_since(self, bot: Bot) -> str:
        return ago(_status(bot).state_since)

    @admin.display(description=_("restarts"), ordering="status__restarts")
    def restarts(self, bot: Bot) -> int:
        return _status(bot).restarts

    @admin.display(description=_("error"))
    def error(self, bot: Bot) -> str:
        return short(_status(bot).error) or NOTHING

    @admin.display(description=_("error"))
    def whole_error(self, bot: Bot) -> str:
        return _status(bot).error or NOTHING

    @admin.display(description=_("runs in"))
    def holder(self, bot: Bot) -> str:
        return _status(bot).lease_holder or NOTHING

    @admin.display(description=_("in Telegram"))
    def telegram(self, bot: Bot) -> str:
        return f"@{bot.username} · {bot.telegram_id}" if bot.username else NOTHING

    @admin.display(description=_("spent today"))
    def spent(self, bot: Bot) -> str:
        spending = spent_today(bot_id=bot.id)
        return _("%(total).2f USD, of it %(rotation).2f for keeping profiles") % {
            "total": spending.total_micros / 1_000_000,
            "rotation": spending.rotation_micros / 1_000_000,
        }

    # Whoever may only look sees these in place of the switches of the form.

    @admin.display(description=ProactiveKind.SILENCE.label, boolean=True)
    def starts_silence(self, bot: Bot) -> bool:
        return ProactiveKind.SILENCE not in bot.proactive_off

    @admin.display(description=ProactiveKind.STAGE.label, boolean=True)
    def starts_stage(self, bot: Bot) -> bool:
        return ProactiveKind.STAGE not in bot.proactive_off

    @admin.display(description=ProactiveKind.MORNING.label, boolean=True)
    def starts_morning(self, bot: Bot) -> bool:
        return ProactiveKind.MORNING not in bot.proactive_off

    # Buttons

    @dialog_action(
        label=_("Start"),
        path="start",
        icon="play_arrow",
        variant="SUCCESS",
        question=_("The bot begins to receive and to answer."),
        button=_("Start"),
        permissions=("start_stop",),
    )
    def start(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        return self._want(request, object_id, WantedState.RUNNING)

    @dialog_action(
        label=_("Pause"),
        path="pause",
        icon="pause",
        question=_("The bot keeps what people write and answers when it is started again."),
        button=_("Pause"),
        permissions=("start_stop",),
    )
    def pause(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        return self._want(request, object_id, WantedState.PAUSED)

    @dialog_action(
        label=_("Stop"),
        path="stop",
        icon="stop",
        question=_("The bot finishes what is in hand and falls silent. Telegram keeps updates for 24 hours."),
        button=_("Stop"),
        permissions=("start_stop",),
    )
    def stop(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        return self._want(request, object_id, WantedState.STOPPED)

    @dialog_action(
        label=_("Restart"),
        path="restart",
        icon="restart_alt",
        question=_("Only this bot starts anew; nothing is lost, and the others do not notice."),
        button=_("Restart"),
        permissions=("start_stop",),
    )
    def restart(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        return self._act(request, object_id, restart_bot, done=_("“%s” starts anew."))

    @dialog_action(
        label=_("Replace token"),
        path="replace-token",
        icon="key",
        question=_("The bot starts anew with another token. The old one is forgotten."),
        button=_("Replace"),
        form=TokenDialog,
    )
    def replace_token(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        service = partial(replace_token, token=form.cleaned_data["token"])
        return self._act(request, object_id, service, done=_("“%s” has its new token."))

    @admin.action(description=_("Start"), permissions=["start_stop"])
    def start_selected(self, request: HttpRequest, bots: QuerySet[Bot]) -> None:
        self._each(request, bots, partial(set_wanted_state, wanted=WantedState.RUNNING))

    @admin.action(description=_("Pause"), permissions=["start_stop"])
    def pause_selected(self, request: HttpRequest, bots: QuerySet[Bot]) -> None:
        self._each(request, bots, partial(set_wanted_state, wanted=WantedState.PAUSED))

    @admin.action(description=_("Stop"), permissions=["start_stop"])
    def stop_selected(self, request: HttpRequest, bots: QuerySet[Bot]) -> None:
        self._each(request, bots, partial(set_wanted_state, wanted=WantedState.STOPPED))

    @admin.action(description=_("Restart"), permissions=["start_stop"])
    def restart_selected(self, request: HttpRequest, bots: QuerySet[Bot]) -> None:
        self._each(request, bots, restart_bot)

    def _want(self, request: HttpRequest, object_id: str, wanted: WantedState) -> HttpResponse:
        done = {
            WantedState.RUNNING: _("“%s” is being started."),
            WantedState.PAUSED: _("“%s” is being paused."),
            WantedState.STOPPED: _("“%s” is being stopped."),
        }[wanted]
        return self._act(request, object_id, partial(set_wanted_state, wanted=wanted), done=done)

    def _act(
        self, request: HttpRequest, object_id: str, service: Callable[..., object], *, done: Any
    ) -> HttpResponse:
        bot = self.get_object(request, object_id)
        if bot is None:
            raise Http404
        if self.attempt(request, partial(service, bot_id=bot.id), done=str(done) % bot.name):
            self.log_change(request, bot, str(done) % bot.name)
        return self.back(request)

    def _each(self, request: HttpRequest, bots: QuerySet[Bot], service: Callable[..., object]) -> None:
        for bot in bots:
            if not self.has_start_stop_permission(request, bot):
                messages.error(request, _("Your role in “%s” does not allow this.") % bot.name)
                continue
            bot_id: UUID = bot.id
            self.attempt(request, partial(service, bot_id=bot_id), done=str(_("“%s”: done.")) % bot.name)


def state_badge(state: str) -> SafeString:
    """An observed state as a coloured label."""
    # What stands after the colon explains it in lists of choices.
    words = str(ObservedState(state).label).partition(":")[0]
    return badge(words, _COLOURS.get(ObservedState(state), ""))


def _status(bot: Bot) -> BotStatus:
    # A bot that nobody registered through the service has no row yet.
    return getattr(bot, "status", None) or BotStatus(bot=bot)


def _two_lines(first: str, second: str) -> SafeString:
    return format_html(
        '<span class="flex flex-col"><strong class="font-semibold text-important">{}</strong>'
        '<span class="text-base-500 dark:text-base-400">{}</span></span>',
        first,
        second,
    )
