"""What staff are asked when they press a button of a person's page. Rules are the services'."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import Http404
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from core.tenancy import visible_bots
from profiles.errors import ProfileError
from profiles.markers import marker_name, marker_value
from profiles.models import Profile
from profiles.selectors.stream_names import stream_names
from profiles.selectors.versions_of import versions_of
from profiles.services.keep_portrait import LONGEST_SUMMARY
from profiles.services.mark_funnel import Flag
from profiles.services.restore_version import summary_digest

FLAGS: Final[tuple[tuple[Flag, Any], ...]] = (
    ("started_journey", gettext_lazy("Started the journey")),
    ("completed_journey", gettext_lazy("Completed the journey")),
    ("visited_platform", gettext_lazy("Visited the platform")),
    ("purchased_stream", gettext_lazy("Joined a stream")),
)


class PersonDialog(BaseDialogForm):  # type: ignore[misc]
    """A question about one person, whom whoever asks may see; 404 for anybody else."""

    def __init__(self, request: Any, object_id: Any = None, *args: Any, **kwargs: Any) -> None:
        self.person = _person(object_id)
        super().__init__(request, object_id, *args, **kwargs)

    def refuse(self, error: ProfileError, field: str | None = None) -> None:
        """Show why it cannot be, beside the field."""
        self.add_error(field, error.message or error.code)


class SummaryDialog(PersonDialog):
    """Asks for a summary in the words of staff, beginning with the one in force."""

    summary = forms.CharField(
        label=gettext_lazy("Psychological summary"),
        required=False,
        max_length=LONGEST_SUMMARY,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 12}),
        help_text=gettext_lazy(
            "What is in force now stays as a version, and the next rotation goes on from these words."
        ),
    )
    seen = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["summary"].initial = self.person.psychological_summary
        self.fields["seen"].initial = self._in_force

    @property
    def _in_force(self) -> str:
        return summary_digest(self.person.psychological_summary)

    def clean(self) -> dict[str, Any]:
        """Whoever began with another summary is told of it, and may still decide that their own shall hold."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("seen") and cleaned["seen"] != self._in_force:
            self.add_error("summary", self._told())
            # What is pressed now is pressed by somebody who knows.
            self.data: Any = self.data.copy()
            self.data["seen"] = self._in_force
        return cleaned

    def _told(self) -> str:
        newest = versions_of(bot_id=self.person.bot_id, profile_id=self.person.id, limit=1)
        who = newest[0].author if newest else ""
        return _(
            "%(who)s has changed the summary while you were writing. It says now: “%(summary)s” Yours is not lost: "
            "save again to put it in the place of this one."
        ) % {"who": who or _("The model"), "summary": self.person.psychological_summary}


class PurchaseDialog(PersonDialog):
    """Asks which stream a person has joined."""

    stream = forms.ChoiceField(label=gettext_lazy("Stream"), widget=UnfoldAdminSelectWidget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stream"].choices = list(stream_names(language=get_language() or "en").items())


class ChannelDialog(PersonDialog):
    """Asks for a channel of a person's own."""

    channel_id = forms.IntegerField(
        label=gettext_lazy("Channel"),
        min_value=-(2**52),
        max_value=-1,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"placeholder": "-1001234567890"}),
        help_text=gettext_lazy(
            "Its number in Telegram, which is below zero. The bot must be a member to see its posts."
        ),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"), required=False, max_length=128, widget=UnfoldAdminTextInputWidget()
    )


class MarkerDialog(PersonDialog):
    """Asks for a marker and what it says."""

    name = forms.CharField(
        label=gettext_lazy("Marker"),
        max_length=60,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "interested_stream", "autocomplete": "off"}),
        help_text=gettext_lazy("Small letters a–z, digits and _ ."),
    )
    value = forms.CharField(
        label=gettext_lazy("Value"),
        required=False,
        max_length=400,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Leave it empty to remove the marker."),
    )

    def clean(self) -> dict[str, Any]:
        """The service would refuse it too; here it is said beside the field."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "name" not in cleaned or "value" not in cleaned:
            return cleaned
        try:
            name = marker_name(cleaned["name"])
        except ProfileError as error:
            self.refuse(error, "name")
            return cleaned
        try:
            marker_value(
                name, cleaned["value"], known=self.person.markers, streams=set(stream_names(language="en"))
            )
        except ProfileError as error:
            self.refuse(error, "value")
        return cleaned


class FlagsDialog(PersonDialog):
    """Asks how far a person has come; only what is changed here is changed."""

    was = forms.CharField(max_length=10, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for flag, title in FLAGS:
            self.fields[flag] = forms.BooleanField(
                label=title,
                required=False,
                widget=UnfoldBooleanSwitchWidget(),
                initial=getattr(self.person, f"has_{flag}"),
            )
        self.fields["was"].initial = "".join(
            str(int(getattr(self.person, f"has_{flag}"))) for flag, _ in FLAGS
        )

    @property
    def changed(self) -> dict[Flag, bool]:
        """What whoever asked has changed, compared with what they saw."""
        was = self.cleaned_data.get("was", "")
        return {
            flag: self.cleaned_data[flag]
            for place, (flag, _title) in enumerate(FLAGS)
            if was[place : place + 1] != str(int(self.cleaned_data[flag]))
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("completed_journey") and not cleaned.get("started_journey"):
            self.add_error("completed_journey", _("A journey that was not started cannot be completed."))
        return cleaned


def _person(object_id: Any) -> Profile:
    try:
        person_id = UUID(str(object_id))
    except ValueError as error:
        raise Http404 from error
    person = Profile.objects.filter(bot_id__in=visible_bots() or (), id=person_id).first()
    if person is None:
        raise Http404
    return person
