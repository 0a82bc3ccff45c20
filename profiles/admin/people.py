"""People: the list, and the admin that their pages hang on."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

from bots.admin.base import OfBots, ReadOnlyAdmin
from bots.admin.faces import NOTHING, ago, badge
from core.tenancy import visible_bots
from profiles.admin.faces import conditions, freshness, in_a_row, names_of_streams, shown_name, username, who
from profiles.admin.filters import (
    BotFilter,
    ConditionFilter,
    FreshnessFilter,
    LanguageFilter,
    SeenFilter,
    StageFilter,
    chosen_bots,
)
from profiles.admin.page import PersonPage
from profiles.admin.pages import ORDER, page_of_people
from profiles.admin.stages import stage_names_in_force
from profiles.models import Profile
from profiles.selectors.find_people import find_people


class People(ChangeList):  # type: ignore[misc]
    """A page of people, with the names of their stages and streams looked up once."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        names, stages = names_of_streams(), stage_names_in_force()
        start = (self.page_num - 1) * self.list_per_page
        people: list[Any] = page_of_people(
            self.queryset, bot_ids=chosen_bots(request), start=start, stop=start + self.list_per_page
        )
        for person in people:
            person.stream_names = [names.get(str(slug), str(slug)) for slug in person.streams]
            person.stage_name = stages.get(person.journey_stage, person.journey_stage)
        self.result_list = people
        # Nobody has counted; unfold would tell how many that are.
        self.full_result_count = self.result_count


@admin.register(Profile)
class ProfileAdmin(PersonPage, OfBots, ReadOnlyAdmin):
    """People: the list, and a page for each of them to read. What staff change goes through services."""

    list_display = ("person", "bot", "stage", "streams_shown", "portrait", "seen", "state")
    list_display_links = ("person",)
    list_filter = (
        BotFilter,
        StageFilter,
        SeenFilter,
        FreshnessFilter,
        ConditionFilter,
        LanguageFilter,
    )
    list_select_related = ("bot",)
    list_per_page = 50
    search_fields = ("telegram_id",)
    search_help_text = _("Telegram id, @username or the beginning of a name")
    nothing_yet = _("Everybody who talks with a bot has a page. Be the first: talk to it yourself.")
    ordering = ORDER
    sortable_by = ()
    paginator = InfinitePaginator
    fields = ()

    # What is seen

    def get_queryset(self, request: HttpRequest) -> QuerySet[Profile]:
        people: QuerySet[Profile] = super().get_queryset(request)
        return people.filter(bot_id__in=visible_bots() or ()).select_related("bot")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:  # noqa: ARG002
        return People

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Profile | None:
        # A page asks for the same person for each of its buttons; what is done to them is done to a fresh row.
        kept: dict[str, Profile | None] = request.__dict__.setdefault("_people", {})
        if request.method == "GET" and str(object_id) in kept:
            return kept[str(object_id)]
        person: Profile | None = super().get_object(request, object_id, from_field)
        if person is not None:
            # Unfold shows the row's own name in places of its own; nothing is saved from here.
            person.first_name, person.username = shown_name(person), username(person)
        kept[str(object_id)] = person
        return person

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: QuerySet[Profile],
        search_term: str,
    ) -> tuple[QuerySet[Profile], bool]:
        if search_term.strip():
            found = find_people(bot_ids=visible_bots() or (), term=search_term)
            queryset = queryset.filter(id__in=found)
        return queryset, False

    # The list

    @admin.display(description=_("person"))
    def person(self, person: Profile) -> SafeString:
        return who(person)

    @admin.display(description=_("stage"))
    def stage(self, person: Any) -> SafeString | str:
        return badge(person.stage_name, "primary") if person.stage_name else NOTHING

    @admin.display(description=_("streams"))
    def streams_shown(self, person: Any) -> SafeString | str:
        return in_a_row([badge(name) for name in person.stream_names]) or NOTHING

    @admin.display(description=_("portrait"))
    def portrait(self, person: Profile) -> SafeString | str:
        return freshness(person)

    @admin.display(description=_("last seen"))
    def seen(self, person: Profile) -> SafeString | str:
        return ago(person.last_seen_at)

    @admin.display(description=_("state"))
    def state(self, person: Profile) -> SafeString | str:
        return conditions(person)
