"""What staff type about a stage. Rules are `publish_stage`'s."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from journey.admin.faces import INTENSITIES
from journey.errors import JourneyError
from journey.stages import Stage

_LISTS = ("questions", "resistance", "techniques")
# Whatever is longer is no wording; what a stage may hold is far less.
_MOST = 20_000


def _lines(rows: int) -> UnfoldAdminTextareaWidget:
    return UnfoldAdminTextareaWidget(attrs={"rows": rows})


class StageForm(forms.Form):
    """A stage in one language."""

    name = forms.CharField(
        label=_("Name"),
        max_length=_MOST,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Stands on the picture of the journey and on buttons: 60 characters at most."),
    )
    intensity = forms.ChoiceField(
        label=_("Intensity"),
        choices=[(how.value, words) for how, words in INTENSITIES.items()],
        widget=UnfoldAdminSelectWidget(),
        help_text=_("How hard the coach may push here."),
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=_MOST,
        widget=_lines(4),
        help_text=_(
            "What life is like on this stage: the coach reads it, and people who look at their journey."
        ),
    )
    questions = forms.CharField(
        label=_("Questions"),
        max_length=_MOST,
        widget=_lines(10),
        help_text=_("One a line, at least three."),
    )
    resistance = forms.CharField(
        label=_("How people resist"), max_length=_MOST, widget=_lines(7), help_text=_("One a line.")
    )
    techniques = forms.CharField(
        label=_("Techniques"), max_length=_MOST, widget=_lines(6), help_text=_("One a line.")
    )

    def __init__(self, sent: QueryDict | None, *, now: Stage, language: str, may_publish: bool) -> None:
        super().__init__(sent, initial=_typed(now))
        for field in self.fields.values():
            field.disabled = not may_publish
            # For whoever hears the page, and for the browser's spelling.
            field.widget.attrs["lang"] = language

    def wording(self) -> dict[str, Any]:
        """What was typed, as `publish_stage` takes it."""
        typed = dict(self.cleaned_data)
        return typed | {name: typed[name].splitlines() for name in _LISTS}

    def refuse(self, error: JourneyError) -> None:
        """Put the words of a refusal beside the field that they are about, else above the form."""
        field = error.code.removeprefix("journey.").removesuffix("_unfit").removesuffix("_unknown")
        words = gettext(error.words)
        self.add_error(
            field if field in self.fields else None, words % error.values if error.values else words
        )


def _typed(now: Stage) -> dict[str, str]:
    return {
        "name": now.name,
        "intensity": now.intensity.value,
        "description": now.description,
        **{name: "\n".join(getattr(now, name)) for name in _LISTS},
    }
