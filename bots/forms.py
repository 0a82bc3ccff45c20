"""What people type about bots. Rules are the services'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminPasswordToggleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from bots.admin.base import RefusalsInForm
from bots.default_persona import default_persona
from bots.models import Bot, ModelProvider, Prompt, WantedState

if TYPE_CHECKING:
    BotModelForm = forms.ModelForm[Bot]
    PromptModelForm = forms.ModelForm[Prompt]
else:
    BotModelForm = PromptModelForm = forms.ModelForm


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


class BotForm(RefusalsInForm, BotModelForm):
    """The settings of a bot that exists."""

    refusal_fields = {"bots.slug_taken": "slug"}

    model_key = forms.CharField(
        label=_("Model key"),
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


class TokenDialog(BaseDialogForm):  # type: ignore[misc]
    """Asks for a bot's new token."""

    token = TokenField()


class PromptForm(RefusalsInForm, PromptModelForm):
    """A prompt and the wording that is to be in force."""

    body = forms.CharField(
        label=_("Text in force"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 24, "spellcheck": "true"}),
        strip=False,
        help_text=_("Saving makes a new version and puts it in force; bots take it over as they run."),
    )

    class Meta:
        model = Prompt
        fields = ("persona", "key", "language")
        widgets = {"language": UnfoldAdminTextInputWidget()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        published = None if self.instance._state.adding else self.instance.published
        if published is not None:
            self.initial["body"] = published.body
