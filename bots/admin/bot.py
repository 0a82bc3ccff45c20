from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet, URLField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bots.admin.base import OfBots, ServiceAdmin, is_superuser
from bots.admin.bot_access import AccessInline
from bots.admin.bot_actions import BotActions
from bots.admin.bot_list import BotColumns
from bots.admin.bot_live import bots_with_faces, live, picture
from bots.admin.bot_page import commands_of_page, head_of, health_of_page
from bots.admin.bot_seen import SeenBotForm
from bots.admin.faces import NOTHING
from bots.admin.prompts.rights import may_see_personas
from bots.forms import NewBotForm
from bots.models import Alert, Bot, ProactiveKind, WantedState
from bots.roles import Capability
from bots.selectors.spending import spent_today
from bots.services.delete_bot import delete_bot
from bots.services.register_bot import register_bot
from bots.services.set_model_key import set_model_key
from bots.services.update_bot import update_bot
from core.errors import AppError
from core.tenancy import figure_bots

_ADDRESSES = ("api_url", "model_base_url")
# Asks for the plain form of a new bot, which asks nobody whether the token is good.
BY_HAND = "by_hand"


@admin.register(Bot)
class BotAdmin(BotColumns, BotActions, OfBots, ServiceAdmin):
    """Bots: staff write what they want, the runtime brings it about and shows what it sees."""

    looks = Capability.SEE_FIGURES
    changes = Capability.CHANGE_BOT
    list_filter = ("wanted_state", "status__state", "language")
    list_per_page = 50
    search_fields = ("name", "slug", "username")
    search_help_text = _("Name, slug or username")
    ordering = ("name", "id")
    warn_unsaved_form = True
    nothing_yet = _("The bots that you are given appear here. Ask an owner to give you access to one.")
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    change_form_outer_before_template = "bots/page.html"
    change_form_before_template = "bots/seen.html"
    readonly_fields = ("persona_name", "token_hint", "model_key_hint", "created_at", "spent", "commands")
    add_fieldsets = (
        (None, {"fields": ("name", "slug", "token", "api_url", ("language", "persona"), "wanted_state")}),
        (_("Model"), {"fields": (("model_provider", "model_name"), "model_base_url", "model_key")}),
    )
    fieldsets = (
        (
            _("Bot"),
            {
                "classes": ["tab"],
                "fields": (("name", "slug"), ("persona", "language"), "platform_url", "timezone"),
            },
        ),
        (
            _("Model"),
            {
                "classes": ["tab"],
                "fields": (
                    ("model_provider", "model_base_url"),
                    ("model_name", "model_fallback_name"),
                    "model_key_hint",
                    ("model_key", "forget_model_key"),
                    ("model_temperature", "model_max_tokens"),
                    "model_timeout",
                    ("model_input_price", "model_output_price"),
                ),
            },
        ),
        (
            _("Limits"),
            {
                "classes": ["tab"],
                "fields": ("burst_wait", ("sends_per_second", "chat_sends_per_second"), "has_own_process"),
            },
        ),
        (
            _("Budgets"),
            {"classes": ["tab"], "fields": (("daily_budget_usd", "rotation_budget_usd"), "spent")},
        ),
        (
            _("Says first"),
            {
                "classes": ["tab"],
                "fields": (
                    "starts_silence",
                    "starts_stage",
                    "starts_morning",
                    "proactive_a_day",
                    ("proactive_from", "proactive_until"),
                ),
            },
        ),
        (_("Admins"), {"classes": ["tab"], "fields": ("owner_telegram_id", "admin_telegram_ids")}),
        (_("Commands"), {"classes": ["tab"], "fields": ("commands",)}),
        (
            _("Connection"),
            {"classes": ["tab"], "fields": (("token_hint", "created_at"), "api_url", "config")},
        ),
    )

    class Media:
        css = {"all": ("bots/bots.css",)}
        js = ("bots/live.js",)

    def get_urls(self) -> list[URLPattern]:
        door = self.admin_site.admin_view
        ours = [
            path("live/", door(live), name="bots_bot_live"),
            path("<uuid:bot_id>/picture/", door(picture, cacheable=True), name="bots_bot_picture"),
        ]
        return [*ours, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bot]:
        bots = bots_with_faces(super().get_queryset(request))
        return bots if is_superuser(request) else bots.filter(id__in=figure_bots() or ())

    def get_readonly_fields(self, request: HttpRequest, obj: Bot | None = None) -> tuple[str, ...]:  # noqa: ARG002
        # The token and the key are sent there: whoever chose the addresses could read both.
        return self.readonly_fields if is_superuser(request) else (*self.readonly_fields, *_ADDRESSES)

    def get_inlines(self, request: HttpRequest, obj: Bot | None) -> list[type[AccessInline]]:  # noqa: ARG002
        return [AccessInline] if obj else []

    def get_form(
        self, request: HttpRequest, obj: Bot | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = SeenBotForm if obj else NewBotForm
        form = super().get_form(request, obj, change=change, **kwargs)
        form.reader_id = request.user.pk if isinstance(request.user, User) else None
        return form

    # Pages

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Bot | None:
        # Shown, a bot is asked for by each of the page's parts; saved, it is changed in passing, and asked for anew.
        if request.method != "GET":
            return super().get_object(request, object_id, from_field)  # type: ignore[no-any-return]
        kept: dict[str, Bot | None] = request.__dict__.setdefault("_bots_shown", {})
        if object_id not in kept:
            kept[object_id] = bot = super().get_object(request, object_id, from_field)
            request.__dict__.setdefault("_rows_of_bots", {})[type(self).__name__, str(object_id)] = bot
        return kept[object_id]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "GET" and BY_HAND not in request.GET and self.has_add_permission(request):
            return HttpResponseRedirect(reverse("new-bot:token"))
        return super().add_view(request, form_url, extra_context)  # type: ignore[no-any-return]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        bot = self.get_object(request, object_id)
        shown = {**head_of(request, bot), **health_of_page(bot)} if bot is not None else {}
        return super().change_view(request, object_id, form_url, {**shown, **(extra_context or {})})  # type: ignore[no-any-return]

    # Who may do what

    def bot_of(self, row: Bot) -> UUID:
        return row.id

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Bot | None = None) -> bool:
        if not is_superuser(request):
            return False
        return not isinstance(obj, Bot) or obj.wanted_state == WantedState.STOPPED

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

    # Fields

    def get_fieldsets(self, request: HttpRequest, obj: Bot | None = None) -> Any:
        """The form's sections; whoever may not open the page of a persona reads its name."""
        sections = super().get_fieldsets(request, obj)
        if obj is None or may_see_personas(request) or self.has_change_permission(request, obj):
            return sections
        return [
            (title, {**options, "fields": _with_name_of_persona(options["fields"])})
            for title, options in sections
        ]

    @admin.display(description=_("persona"))
    def persona_name(self, bot: Bot) -> str:
        return bot.persona.name if bot.persona else NOTHING

    @admin.display(description=_("spent today"))
    def spent(self, bot: Bot) -> str:
        # The shell asks for a field's words again and again.
        spending = bot.__dict__.setdefault("spent_today", None) or spent_today(bot_id=bot.id)
        bot.__dict__["spent_today"] = spending
        return _("%(total).2f USD, of it %(rotation).2f for keeping profiles") % {
            "total": spending.total_micros / 1_000_000,
            "rotation": spending.rotation_micros / 1_000_000,
        }

    @admin.display(description=_("what people find in its menu"))
    def commands(self, bot: Bot) -> SafeString:
        return commands_of_page(bot)

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


def _with_name_of_persona(fields: Any) -> Any:
    if isinstance(fields, str):
        return "persona_name" if fields == "persona" else fields
    return tuple(map(_with_name_of_persona, fields))
