"""What staff type about streams. Rules are the services'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

from bots.admin.base import RefusalsInForm
from profiles.models import Stream

if TYPE_CHECKING:
    StreamModelForm = forms.ModelForm[Stream]
else:
    StreamModelForm = forms.ModelForm


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
