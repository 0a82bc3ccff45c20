"""Where people stood and what they were ready for, the newest first; to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

from bots.admin.base import OfBots, ReadOnlyAdmin
from bots.admin.faces import NOTHING, ago, badge
from core.tenancy import visible_bots
from journey.admin.faces import outcome
from journey.admin.filters import OutcomeFilter, StepStageFilter
from journey.admin.pages import Newest
from journey.models import JourneyProgress, Readiness
from journey.selectors.journey_of import quotes_of
from journey.selectors.stage_names import stage_names
from profiles.admin.faces import names_of_streams, who
from profiles.admin.filters import BotFilter


class Steps(Newest):
    """A page of steps, with the names of the stages looked up once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        names = stage_names(language=get_language() or "en")
        for step in self.result_list:
            step.stage_name = names.get(step.stage, step.stage)


class Readinesses(Newest):
    """A page of readiness, with the names of the streams looked up once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        names = names_of_streams()
        for taken in self.result_list:
            taken.stream_names = names


class OfPeople(OfBots, ReadOnlyAdmin):
    """Rows about the people of the bots that the person may see. What they say of somebody, their page shows."""

    list_display_links = ("person",)
    list_select_related = ("bot", "profile")
    list_per_page = 50
    ordering = ("-id",)
    sortable_by = ()
    paginator = InfinitePaginator
    changelist: type[ChangeList] = Newest

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(bot_id__in=visible_bots() or ())

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:  # noqa: ARG002
        return self.changelist

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        # Rows have no pages of their own: reading about a person is noted where their page is opened.
        return obj is None and super().has_view_permission(request)

    @admin.display(description=_("person"))
    def person(self, row: Any) -> SafeString:
        return who(row.profile)


@admin.register(JourneyProgress)
class StepAdmin(OfPeople):
    """The steps of all journeys."""

    list_display = ("person", "bot", "stage_shown", "since", "left", "how", "quotes")
    list_filter = (BotFilter, StepStageFilter, OutcomeFilter)
    changelist = Steps

    @admin.display(description=_("stage"))
    def stage_shown(self, step: Any) -> str:
        return str(step.stage_name)

    @admin.display(description=_("since"))
    def since(self, step: JourneyProgress) -> str:
        return ago(step.started_at)

    @admin.display(description=_("left"))
    def left(self, step: JourneyProgress) -> str:
        return ago(step.left_at)

    @admin.display(description=_("outcome"))
    def how(self, step: JourneyProgress) -> SafeString:
        return outcome(step.outcome)

    @admin.display(description=_("evidence"))
    def quotes(self, step: JourneyProgress) -> str:
        return str(len(quotes_of(step.evidence)) or NOTHING)


@admin.register(Readiness)
class ReadinessAdmin(OfPeople):
    """How ready people were found for the streams."""

    list_display = ("person", "bot", "when", "readiest", "chose")
    list_filter = (BotFilter,)
    changelist = Readinesses

    @admin.display(description=_("when"))
    def when(self, taken: Readiness) -> str:
        return ago(taken.created_at)

    @admin.display(description=_("readiest for"))
    def readiest(self, taken: Any) -> SafeString | str:
        shown = [
            f"{taken.stream_names.get(slug, slug)} {each.get('percent', 0)} %"
            for each in taken.streams
            if isinstance(each, Mapping) and (slug := str(each.get("slug", "")))
        ]
        if not shown:
            return NOTHING
        # On a phone a row has room for one line.
        return format_html('<span title="{}">{}</span>', " · ".join(shown), badge(shown[0]))

    @admin.display(description=_("chose"))
    def chose(self, taken: Any) -> str:
        return taken.stream_names.get(taken.chosen, taken.chosen) or NOTHING
