"""Two people with one page open: whoever saves second is told, and saves again only if they mean it."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

NAME: Final = "seen"


class Seen(forms.ModelForm):  # type: ignore[type-arg]
    """A form that knows how its row was when the page showed it."""

    seen = forms.CharField(widget=forms.HiddenInput(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial[NAME] = self._mark(self.instance)

    def clean(self) -> Any:
        """Compare with the row, which nobody else changes from here on until this request ends."""
        cleaned = super().clean()
        # For the form alone: it is no column that a service would know of.
        shown = self.cleaned_data.pop(NAME, "")
        model = type(self.instance)
        now = model._default_manager.select_for_update(of=("self",)).filter(pk=self.instance.pk).first()
        if shown and now is not None and (fresh := self._mark(now)) != shown:
            # What is shown again is what was sent, with the mark of what is there now.
            sent: QueryDict = self.data.copy()  # type: ignore[attr-defined]
            sent[self.add_prefix(NAME)] = fresh
            self.data = sent
            self.add_error(
                None,
                _(
                    "While you had this page open, somebody changed it. Nothing of yours is saved yet: save again to"
                    " put what stands here in place of theirs, or open the page anew."
                ),
            )
        return cleaned

    def _mark(self, row: Any) -> str:
        """A short mark of all columns that the form may change; it says nothing of their values."""
        columns = [each for each in row._meta.concrete_fields if each.name in self.base_fields]
        values = [[each.name, each.value_from_object(row)] for each in columns]
        return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()[:16]


def seen_form(form: Any) -> Any:
    """The form's class, with an eye on who else saves."""
    return form if NAME in getattr(form, "declared_fields", {}) else type(form.__name__, (Seen, form), {})
