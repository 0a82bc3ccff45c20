"""What people type about bots. Rules are the services'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminPasswordToggleWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from bots.admin.base import RefusalsInForm
from bots.default_persona import default_persona
from bots.models import Bot, ModelProvider, ProactiveKind, WantedState
from bots.services.update_bot import BotChanges

if TYPE_CHECKING:
    BotModelForm = forms.ModelForm[Bot]
else:
    BotModelForm = forms.ModelForm


def _secret() -> UnfoldAdminPasswordToggleWidget:
    # "new-password" keeps browsers from filling in the person's own.
    return UnfoldAdminPasswordToggleWidget(attrs={"autocomplete": "new-password", "spellcheck": "false"})


class TokenField(forms.CharField):
    """A bot's token: hidden while it is typed and never sent back to the browser."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Token"),
            widget=_secret(),
            max_length=400,
            help_text=_("From @BotFather: /newbot or /token. It is stored encrypted and not shown again."),
            **kwargs,
        )


class TimeZoneInput(UnfoldAdminTextInputWidget):  # type: ignore[misc]
    """A text field that offers the time zones which fit what is typed."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Tie the field to its list."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {"list": f"{name}-zones", "autocomplete": "off", "spellcheck": "false"}
        return context

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The field, and the list beside it."""
        field = super().render(name, value, attrs, renderer)
        # Places; what else the database of time zones holds are old names and fixed offsets.
        zones = sorted(zone for zone in available_timezones() if zone.partition("/")[0] in _CONTINENTS)
        options = format_html_join("", '<option value="{}">', ((zone,) for zone in [*zones, "UTC"]))
        return format_html('{}<datalist id="{}-zones">{}</datalist>', field, name, options)


_CONTINENTS = {
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian"),
    "Pacific",
}

# A switch for each thing that the bot may start by itself; what the bot's row holds is what is off.
STARTS = {kind: f"starts_{kind}" for kind in ProactiveKind.values}


def _switch(kind: ProactiveKind, help_text: Any) -> forms.BooleanField:
    return forms.BooleanField(
        label=capfirst(kind.label), required=False, widget=UnfoldBooleanSwitchWidget(), help_text=help_text
    )


class BotForm(RefusalsInForm, BotModelForm):
    """The settings of a bot that exists."""

    refusal_fields = {
        "bots.slug_taken": "slug",
        "bots.timezone_unknown": "timezone",
        "bots.hours_crossed": "proactive_until",
    }

    starts_silence = _switch(
        ProactiveKind.SILENCE, _("Asks how it goes on, once, when nobody wrote for 24 hours.")
    )
    starts_stage = _switch(ProactiveKind.STAGE, _("Says what was reached, and what lies ahead."))
    starts_morning = _switch(ProactiveKind.MORNING, _("A question for the day, from the person's stage."))

    model_key = forms.CharField(
        label=_("New model key"),
        required=False,
        max_length=400,
        widget=_secret(),
        help_text=_("Leave empty to keep the present one. Stored encrypted and not shown again."),
    )
    forget_model_key = forms.BooleanField(
        label=_("Forget the model key"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_("The installation's key then serves, if there is one."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, name in STARTS.items():
            self.initial[name] = kind not in self.instance.proactive_off
        for name, help_text in _CARE.items():
            # Who may only look has no fields.
            if name in self.fields:
                self.fields[name].help_text = help_text
        if "timezone" in self.fields:
            self.fields["timezone"].widget = TimeZoneInput()

    def changes(self) -> BotChanges:
        """What was touched of the settings that `update_bot` changes."""
        values = self.cleaned_data
        changed: Any = {
            name: values[name] for name in self.changed_data if name in BotChanges.__annotations__
        }
        if {*STARTS.values()} & {*self.changed_data}:
            changed["proactive_off"] = [kind for kind, name in STARTS.items() if not values[name]]
        return changed  # type: ignore[no-any-return]


_CARE = {
    "timezone": _("Whose day it is for people whose own time zone is not known."),
    "proactive_from": _("Hour of the person's day, 0 to 23."),
    "proactive_until": _("Hour of the person's day, 1 to 24: from then on nothing is started."),
    "proactive_a_day": _("To one person, at most; 0 is none. People may set fewer."),
    "daily_budget_usd": _(
        "What the model may cost in a day (UTC). When it is spent the bot starts nothing by itself, and people "
        "are still answered. Empty: no limit."
    ),
    "rotation_budget_usd": _("What refreshing profiles may cost of it. Empty: no limit of its own."),
    "platform_url": _("Where /platform leads. Empty: nowhere yet."),
}


class NewBotForm(RefusalsInForm, BotModelForm):
    """What is needed for a new bot."""

    refusal_fields = {
        "bots.slug_taken": "slug",
        "bots.token_malformed": "token",
        "bots.token_taken": "token",
    }

    token = TokenField()
    model_key = forms.CharField(
        label=_("Model key"),
        required=False,
        max_length=400,
        widget=_secret(),
        help_text=_("Empty: the installation's key. Stored encrypted and not shown again."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _("Short name for commands and figures. Empty: made of the name.")
        self.fields["api_url"].help_text = (
            _("Telegram's, or the sandbox on this machine: %(address)s") % {"address": settings.SANDBOX_URL}
            if settings.SANDBOX_URL
            else _("Telegram's, unless you run a Bot API server of your own.")
        )
        self.initial.setdefault("api_url", settings.TELEGRAM_API_URL)
        self.initial.setdefault("persona", default_persona())
        self.initial.setdefault("wanted_state", WantedState.RUNNING)
        if settings.OPENAI_API_KEY:
            self.initial["model_provider"] = ModelProvider.OPENAI
