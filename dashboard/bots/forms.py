"""What people type on the way to a new bot."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bots.models import Language
from dashboard.selectors.personas_to_choose import PersonaChoice

OTHER = "other"


class TokenForm(forms.Form):
    """The token, and on which server the bot lives."""

    # Longer than any token: people paste BotFather's whole message.
    token = forms.CharField(max_length=4000, strip=True)
    server = forms.CharField(max_length=300, required=False)
    address = forms.CharField(max_length=300, required=False)

    @property
    def api_url(self) -> str:
        """The address of the chosen server."""
        chosen: str = self.cleaned_data.get("server", "")
        if chosen == OTHER:
            return str(self.cleaned_data.get("address", "")).strip()
        known = {address for address, _name, _words in servers()}
        return chosen if chosen in known else settings.TELEGRAM_API_URL.rstrip("/")


def servers() -> list[tuple[str, str, str]]:
    """The servers that this installation knows of: address, name, and what is to be said of it."""
    known = [(settings.TELEGRAM_API_URL.rstrip("/"), _("Telegram"), _("where everybody is"))]
    if settings.SANDBOX_URL:
        sandbox = (
            settings.SANDBOX_URL.rstrip("/"),
            _("The sandbox"),
            _("on this machine, to try things out"),
        )
        known = [each for each in known if each[0] != sandbox[0]] + [sandbox]
    return [(address, str(name), str(words)) for address, name, words in known]


class ShapeForm(forms.Form):
    """Who the bot is to be."""

    name = forms.CharField(label=_("Name"), max_length=100)
    persona = forms.UUIDField(required=False)
    language = forms.ChoiceField(choices=Language.choices)

    def __init__(self, *args: Any, personas: list[PersonaChoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._personas = {each.id for each in personas}

    def clean_persona(self) -> UUID | None:
        """One of those that were offered."""
        persona: UUID | None = self.cleaned_data["persona"]
        if persona is not None and persona not in self._personas:
            raise forms.ValidationError(_("This persona does not exist any more. Choose another one."))
        return persona
