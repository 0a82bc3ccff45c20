"""What staff type about people and streams. Rules are the services'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from bots.admin.base import RefusalsInForm
from core.tenancy import visible_bots
from profiles.models import Profile, Stream
from profiles.selectors.stream_names import stream_names
from profiles.services.keep_portrait import LONGEST_SUMMARY

if TYPE_CHECKING:
    StreamModelForm = forms.ModelForm[Stream]
else:
    StreamModelForm = forms.ModelForm


class SummaryDialog(BaseDialogForm):  # type: ignore[misc]
    """Asks for a summary in the words of staff, beginning with the one in force."""

    summary = forms.CharField(
        label=_("Psychological summary"),
        required=False,
        max_length=LONGEST_SUMMARY,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 12}),
        help_text=_(
            "What is in force now stays as a version, and the next rotation goes on from these words."
        ),
    )

    def __init__(self, request: Any, object_id: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, object_id, *args, **kwargs)
        person_id = _uuid(object_id)
        if person_id is not None:
            rows = Profile.objects.filter(bot_id__in=visible_bots() or (), id=person_id)
            summary = rows.values_list("psychological_summary", flat=True).first()
            self.fields["summary"].initial = summary or ""


class PurchaseDialog(BaseDialogForm):  # type: ignore[misc]
    """Asks which stream a person has joined."""

    stream = forms.ChoiceField(label=_("Stream"), widget=UnfoldAdminSelectWidget())

    def __init__(self, request: Any, object_id: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, object_id, *args, **kwargs)
        names = stream_names(language=getattr(request, "LANGUAGE_CODE", "en"))
        self.fields["stream"].choices = list(names.items())


class ChannelDialog(BaseDialogForm):  # type: ignore[misc]
    """Asks for a channel of a person's own."""

    channel_id = forms.IntegerField(
        label=_("Channel"),
        min_value=-(2**52),
        max_value=-1,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"placeholder": "-1001234567890"}),
        help_text=_(
            "Its number in Telegram, which is below zero. The bot must be a member to see its posts."
        ),
    )
    title = forms.CharField(
        label=_("Title"), required=False, max_length=128, widget=UnfoldAdminTextInputWidget()
    )


class StreamForm(RefusalsInForm, StreamModelForm):
    """A stream as staff write it."""

    refusal_fields = {
        "profiles.slug_unfit": "slug",
        "profiles.slug_taken": "slug",
        "profiles.url_unfit": "url",
    }

    def _get_validation_exclusions(self) -> set[str]:
        # Of the slug the service says what is wrong with it, and the constraint only that something is.
        return {*super()._get_validation_exclusions(), "slug"}  # type: ignore[misc]


def _uuid(said: object) -> UUID | None:
    try:
        return UUID(str(said))
    except ValueError:
        return None
