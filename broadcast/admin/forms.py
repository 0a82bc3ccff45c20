"""What staff type about a broadcast besides its texts and criteria. Rules are the services'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from bots.models import Bot
from broadcast.services.draft import Draft
from profiles.timezones import is_timezone

# What Telegram takes at most; a photo less, which the service says.
_LARGEST_FILE: Final = 50 * 2**20
KINDS: Final = (
    ("photo", _("photo")),
    ("video", _("video")),
    ("voice", _("voice message")),
    ("document", _("document")),
)
_LARGEST: Final = 32_767


def _number() -> UnfoldAdminTextInputWidget:
    return UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off"})


def _whole(
    label: Any, low: int, high: int, *, help_text: Any = "", required: bool = True
) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        help_text=help_text,
        required=required,
        widget=_number(),
    )


class DraftForm(forms.Form):
    """A broadcast, but for its texts and whom they go to."""

    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("Only staff see it."),
    )
    bots = forms.MultipleChoiceField(label=_("Bots"), widget=forms.CheckboxSelectMultiple())
    quiet_from = _whole(_("Quiet from, hour"), 0, 23)
    quiet_until = _whole(_("until, hour"), 0, 23)
    cap_a_day = _whole(
        _("Broadcasts a person a day"),
        0,
        1000,
        required=False,
        help_text=_("Over all broadcasts of the bot; empty: without limit."),
    )
    rate = forms.FloatField(
        label=_("Messages a second"),
        min_value=0.1,
        max_value=1000,
        required=False,
        widget=_number(),
        help_text=_("Each bot; empty: as fast as the bot may."),
    )
    is_paid = forms.BooleanField(
        label=_("Paid broadcast"), required=False, widget=UnfoldBooleanSwitchWidget()
    )
    # xgettext:no-python-format
    error_percent = _whole(_("Pause at errors, % of the last 200"), 0, 100, help_text=_("0: never."))
    errors_in_row = _whole(_("Pause at errors in a row"), 0, 200, help_text=_("0: never."))
    control_percent = _whole(
        _("Held back as control, %"), 0, 90, help_text=_("They get nothing, to compare with.")
    )
    test_percent = _whole(
        _("Try the texts on, %"), 1, 100, help_text=_("The others wait for the text that does better.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, required=False, widget=UnfoldAdminSelectWidget())
    file = forms.FileField(label=_("File"), required=False, max_length=250)
    detach = forms.BooleanField(label=_("Remove the file"), required=False)

    def __init__(
        self,
        sent: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        bot_ids: Sequence[UUID],
        draft: Draft | None = None,
        kind: str = "",
    ) -> None:
        bots = list(Bot.objects.filter(id__in=bot_ids).order_by("name").values_list("id", "name"))
        super().__init__(
            sent,
            files,
            initial={**_initial(draft, [bot_id for bot_id, _name in bots]), "kind": kind or "photo"},
        )
        choices: Any = self.fields["bots"]
        choices.choices = [(str(bot_id), name) for bot_id, name in bots]

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        if file and file.size > _LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 50 MB."), code="large")
        return file

    def draft(self, *, criteria: str, content: Mapping[str, object]) -> Draft:
        """What was typed, as the service takes it."""
        typed = self.cleaned_data
        return Draft(
            title=typed["title"],
            bot_ids=[UUID(each) for each in typed["bots"]],
            criteria=criteria,
            content=content,
            **{name: typed[name] for name in _PLAIN},
        )


_PLAIN: Final = (
    "control_percent",
    "test_percent",
    "quiet_from",
    "quiet_until",
    "cap_a_day",
    "rate",
    "is_paid",
    "error_percent",
    "errors_in_row",
)


def _initial(draft: Draft | None, bots: list[UUID]) -> dict[str, Any]:
    if draft is None:
        new = Draft(title="", bot_ids=bots if len(bots) == 1 else [], criteria="", content={})
        return _initial(new, bots)
    return {
        "title": draft.title,
        "bots": [str(each) for each in draft.bot_ids],
        **{name: getattr(draft, name) for name in _PLAIN},
    }


class StartForm(forms.Form):
    """When a broadcast starts, and that it is meant."""

    when = forms.ChoiceField(choices=[("now", _("now")), ("later", _("at a time"))], initial="now")
    at = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
    timezone = forms.CharField(required=False, max_length=64)
    is_sure = forms.BooleanField(required=False)

    def clean_timezone(self) -> str:
        zone = self.cleaned_data["timezone"] or "UTC"
        if not is_timezone(zone):
            raise forms.ValidationError(_("There is no such time zone."), code="zone")
        return str(zone)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == "later" and not cleaned.get("at") and "at" not in self.errors:
            self.add_error("at", str(_("When should it start?")))
        return cleaned

    def moment(self) -> datetime | None:
        """When it is to start; None for now."""
        if self.cleaned_data["when"] == "now":
            return None
        # The form knows the clock on somebody's wall, not where that hangs.
        at: datetime = self.cleaned_data["at"].replace(tzinfo=ZoneInfo(self.cleaned_data["timezone"]))
        return at.astimezone(UTC)
