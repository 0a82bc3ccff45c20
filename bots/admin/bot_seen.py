"""Two people with one bot's page open: whoever saves second is told what the first has changed."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import QueryDict
from django.utils.translation import gettext as _

from bots.forms import BotForm
from bots.models import Bot
from bots.services.update_bot import BotChanges

_MARK: Final = 12
_LONGEST: Final = 80


class SeenBotForm(BotForm):
    """The settings of a bot, and a mark of each as the page showed it.

    Where a setting has another mark by now, nothing is saved: the form comes back with what was typed, beside it what
    the other person has put there, and with fresh marks, so that saving once more is a decision.
    """

    reader_id: int | None = None

    seen = forms.CharField(widget=forms.HiddenInput(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = json.dumps(marks_of(self.instance))

    def clean(self) -> Any:
        """Compare with the row, which nobody else changes from here on until this request ends."""
        cleaned = super().clean()
        shown = _read(self.cleaned_data.get("seen", ""))
        now = Bot.objects.select_for_update(of=("self",)).filter(pk=self.instance.pk).first()
        if now is None or not shown:
            return cleaned
        fresh = marks_of(now)
        changed = [name for name, mark in fresh.items() if shown.get(name, mark) != mark]
        if changed:
            # What is shown again is what was sent, but for the marks.
            sent: QueryDict = self.data.copy()  # type: ignore[attr-defined]
            sent[self.add_prefix("seen")] = json.dumps(fresh)
            self.data = sent
            self._tell(now, changed)
        return cleaned

    def _tell(self, now: Bot, changed: list[str]) -> None:
        labels = []
        for name in changed:
            field = "model_key" if name == "model_key_hint" else name
            column: Any = now._meta.get_field(name)
            labels.append(str(column.verbose_name))
            if field in self.fields:
                self.add_error(field, _("Changed meanwhile to: %s") % _value(now, name))
        words = _(
            "While you had this page open, %(who)s changed: %(what)s. Nothing of yours is saved yet. "
            "Save again to put what stands here in place of theirs, or open the page anew."
        )
        self.add_error(None, words % {"who": _who(now, self.reader_id), "what": ", ".join(labels)})


def marks_of(bot: Bot) -> dict[str, str]:
    """A short mark of each setting that people change on the page, which says nothing of its value."""
    names = [*BotChanges.__annotations__, "model_key_hint"]
    return {name: _mark(getattr(bot, _column(name))) for name in names}


def _mark(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:_MARK]


def _column(name: str) -> str:
    return "persona_id" if name == "persona" else name


def _read(said: str) -> dict[str, str]:
    try:
        shown = json.loads(said)
    except ValueError:
        return {}
    return shown if isinstance(shown, dict) else {}


def _value(bot: Bot, name: str) -> str:
    shown = getattr(bot, f"get_{name}_display", None)
    value = shown() if callable(shown) else getattr(bot, name)
    if isinstance(value, list):
        value = ", ".join(str(each) for each in value)
    elif isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    words = "–" if value in {None, ""} else str(value)
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def _who(bot: Bot, reader_id: int | None) -> str:
    last = (
        LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Bot), object_id=str(bot.pk))
        .select_related("user")
        .order_by("-action_time")
        .first()
    )
    if last is None:
        return _("somebody")
    if last.user_id == reader_id:
        return _("you, in another window,")
    return last.user.get_full_name() or last.user.get_username()
