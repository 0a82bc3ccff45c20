"""What steps can be narrowed by."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from journey.models import ProgressOutcome
from journey.selectors.stage_names import stage_names

_CURRENT = "current"


class _Filter(admin.SimpleListFilter):
    field = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        chosen = self.value()
        # What stands in the address and is none of the choices narrows nothing.
        if chosen not in dict(self.lookup_choices):
            return queryset
        return queryset.filter(**{self.field: "" if chosen == _CURRENT else chosen})


class StepStageFilter(_Filter):
    title = _("stage")
    parameter_name = field = "stage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        return list(stage_names(language=get_language() or "en").items())


class OutcomeFilter(_Filter):
    title = _("outcome")
    parameter_name = field = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        return [(value or _CURRENT, words) for value, words in ProgressOutcome.choices]
