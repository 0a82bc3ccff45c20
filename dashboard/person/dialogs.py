"""What staff are asked before they write to a person, or erase them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from profiles.admin.dialogs import PersonDialog
from sessions_app.services.say_as_operator import LONGEST


class MessageDialog(PersonDialog):
    """Asks for words to say in the bot's place."""

    text = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=LONGEST,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}),
    )
    stays = forms.BooleanField(
        label=gettext_lazy("I go on myself"),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=gettext_lazy(
            "The bot is silent until you hand the conversation back, or for half an hour after your last message. "
            "Otherwise it answers again at once."
        ),
    )


class EraseDialog(PersonDialog):
    """Asks for the person's own mark: nobody erases the wrong one by one press too many."""

    typed = forms.CharField(
        max_length=80,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        marks = self._marks()
        self.fields["typed"].label = (
            _("Type %(username)s or %(number)s to confirm") % {"username": marks[0], "number": marks[1]}
            if len(marks) > 1
            else _("Type %(number)s to confirm") % {"number": marks[0]}
        )

    def _marks(self) -> list[str]:
        person = self.person
        return [*([f"@{person.username}"] if person.username else []), str(person.telegram_id)]

    def clean_typed(self) -> str:
        """Their username, with or without the sign, or their number in Telegram; capitals do not matter."""
        typed: str = self.cleaned_data["typed"].strip().removeprefix("@").casefold()
        if typed not in {mark.removeprefix("@").casefold() for mark in self._marks()}:
            raise forms.ValidationError(_("This is not them. Nothing was erased."))
        return typed
