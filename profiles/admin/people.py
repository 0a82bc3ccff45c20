from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.forms import BaseDialogForm
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

import profiles.admin.portrait
import profiles.admin.way  # noqa: F401 - their tabs
from bots.admin.base import OfBots, ReadOnlyAdmin
from bots.admin.faces import NOTHING, ago, badge, dialog_action
from bots.roles import Capability
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
from profiles.admin.pages import ORDER, page_of_people
from profiles.admin.panels import shown_panels
from profiles.admin.stages import stage_name
from profiles.forms import ChannelDialog, PurchaseDialog, SummaryDialog
from profiles.models import Profile
from profiles.selectors.find_people import find_people
from profiles.services.lift_underage import lift_underage
from profiles.services.link_channel import link_channel, unlink_channel
from profiles.services.note_reading import note_reading
from profiles.services.pause_person import pause_person, resume_person
from profiles.services.record_purchase import record_purchase
from profiles.services.restore_version import edit_summary, restore_version

_NOT_NEW = _("That was so already.")


class People(ChangeList):  # type: ignore[misc]
    """A page of people, with the names of their streams looked up once."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        names = names_of_streams()
        start = (self.page_num - 1) * self.list_per_page
        people: list[Any] = page_of_people(
            self.queryset, bot_ids=chosen_bots(request), start=start, stop=start + self.list_per_page
        )
        for person in people:
            person.stream_names = [names.get(str(slug), str(slug)) for slug in person.streams]
        self.result_list = people
        # Nobody has counted; unfold would tell how many that are.
        self.full_result_count = self.result_count


@admin.register(Profile)
class ProfileAdmin(OfBots, ReadOnlyAdmin):
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
    ordering = ORDER
    sortable_by = ()
    paginator = InfinitePaginator
    fields = ()
    actions_detail = (
        "write_summary",
        "note_purchase",
        "link_a_channel",
        "pause",
        "resume",
        "lift_under_18",
    )

    # What is seen

    def get_queryset(self, request: HttpRequest) -> QuerySet[Profile]:
        people: QuerySet[Profile] = super().get_queryset(request)
        return people.filter(bot_id__in=visible_bots() or ())

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:  # noqa: ARG002
        return People

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Profile | None:
        person: Profile | None = super().get_object(request, object_id, from_field)
        if person is not None:
            # Unfold shows the row's own name in places of its own; nothing is saved from here.
            person.first_name, person.username = shown_name(person), username(person)
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

    def has_care_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.may(request, Capability.CHANGE_PEOPLE, obj)

    # The list

    @admin.display(description=_("person"))
    def person(self, person: Profile) -> SafeString:
        return who(person)

    @admin.display(description=_("stage"))
    def stage(self, person: Profile) -> SafeString | str:
        return badge(stage_name(person.journey_stage), "primary") if person.journey_stage else NOTHING

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

    # A person's page

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        person = self.get_object(request, object_id) if object_id else None
        context = dict(extra_context or {})
        if person is not None and request.method == "GET":
            note_reading(bot_id=person.bot_id, profile_id=person.id, reader_id=_user_id(request))
            context |= {
                "title": person.first_name,
                # The admin's own log holds nothing of people.
                "show_history": False,
                "person": person,
                "stage": stage_name(person.journey_stage) if person.journey_stage else "",
                "seen": ago(person.last_seen_at),
                "conditions": conditions(person),
                "panels": shown_panels(request, person),
            }
        return super().changeform_view(request, object_id, form_url, context)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        person = self.get_object(request, str(object_id))
        if person is None:
            return []
        pointless = {"resume" if person.paused_at is None else "pause"}
        if not person.is_underage:
            pointless.add("lift_under_18")
        if person.consented_at is None:
            # Nothing is written about who does not agree.
            pointless |= {"write_summary", "link_a_channel", "note_purchase", "pause", "resume"}
        allowed = super().get_actions_detail(request, object_id)
        return [each for each in allowed if each.method.original_function_name not in pointless]

    # Buttons

    @dialog_action(
        label=_("Write the summary"),
        path="write-summary",
        icon="edit_note",
        question=_("How the coach sees this person."),
        button=_("Save"),
        form=SummaryDialog,
        permissions=("care",),
    )
    def write_summary(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        service = partial(edit_summary, summary=form.cleaned_data["summary"], author_id=_user_id(request))
        return self._act(
            request,
            object_id,
            service,
            done=_("The summary is in force."),
            not_done=_("Nothing has changed."),
        )

    @dialog_action(
        label=_("Joined a stream"),
        path="note-purchase",
        icon="school",
        question=_("Notes that this person has joined a stream on the platform."),
        button=_("Note it"),
        form=PurchaseDialog,
        permissions=("care",),
    )
    def note_purchase(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        service = partial(record_purchase, slug=form.cleaned_data["stream"])
        return self._act(
            request,
            object_id,
            service,
            done=_("It is noted."),
            not_done=_("This stream does not exist any more."),
        )

    @dialog_action(
        label=_("Link a channel"),
        path="link-channel",
        icon="link",
        question=_("Public posts in a channel of their own help to understand a person."),
        button=_("Link"),
        form=ChannelDialog,
        permissions=("care",),
    )
    def link_a_channel(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        service = partial(
            link_channel,
            channel_id=form.cleaned_data["channel_id"],
            title=form.cleaned_data["title"],
            author_id=_user_id(request),
        )
        return self._act(
            request,
            object_id,
            service,
            done=_("The channel is linked."),
            not_done=_("It was linked already."),
        )

    @dialog_action(
        label=_("Pause"),
        path="pause",
        icon="pause",
        question=_("The bot starts nothing by itself with this person. It answers when they write."),
        button=_("Pause"),
        permissions=("care",),
    )
    def pause(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        service = partial(pause_person, author_id=_user_id(request))
        return self._act(request, object_id, service, done=_("The bot keeps quiet."))

    @dialog_action(
        label=_("Resume"),
        path="resume",
        icon="play_arrow",
        question=_("The bot may write first again, within its limits."),
        button=_("Resume"),
        permissions=("care",),
    )
    def resume(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        service = partial(resume_person, author_id=_user_id(request))
        return self._act(request, object_id, service, done=_("The bot may write first again."))

    @dialog_action(
        label=_("Is an adult"),
        path="lift-under-18",
        icon="verified_user",
        variant="WARNING",
        question=_(
            "Only if you have made sure: this person said to be under 18 and is coached no more. They will be asked "
            "for their consent again."
        ),
        button=_("I have made sure"),
        permissions=("care",),
    )
    def lift_under_18(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        service = partial(lift_underage, author_id=_user_id(request))
        return self._act(request, object_id, service, done=_("They may agree again."))

    # Buttons inside of the tabs

    def get_urls(self) -> list[Any]:
        urls: list[Any] = super().get_urls()
        wrap = self.admin_site.admin_view
        return [
            path(
                "<uuid:object_id>/restore/<uuid:version_id>/",
                wrap(self.restore),
                name="profiles_profile_restore",
            ),
            path(
                "<uuid:object_id>/unlink/<str:channel_id>/",
                wrap(self.unlink),
                name="profiles_profile_unlink",
            ),
            *urls,
        ]

    @method_decorator(require_POST)
    def restore(self, request: HttpRequest, object_id: Any, version_id: Any) -> HttpResponse:
        """Put a version of the summary in force again."""
        service = partial(restore_version, version_id=version_id, author_id=_user_id(request))
        return self._act_in_tab(
            request,
            object_id,
            service,
            done=_("This version is in force again."),
            not_done=_("That is what holds anyway."),
            tab="portrait",
        )

    @method_decorator(require_POST)
    def unlink(self, request: HttpRequest, object_id: Any, channel_id: str) -> HttpResponse:
        """A channel is not the person's own after all."""
        number = channel_id.removeprefix("-")
        if not (number.isascii() and number.isdecimal()) or len(number) > 18:
            raise Http404
        service = partial(unlink_channel, channel_id=int(channel_id), author_id=_user_id(request))
        return self._act_in_tab(
            request,
            object_id,
            service,
            done=_("The channel is linked no more, and its posts are gone."),
            not_done=_("It was not linked."),
            tab="channels",
        )

    def _act_in_tab(
        self, request: HttpRequest, object_id: Any, service: Callable[..., bool], *, tab: str, **said: Any
    ) -> HttpResponse:
        if not self.has_care_permission(request, object_id):
            return HttpResponse(status=403)
        self._act(request, str(object_id), service, **said)
        page = reverse("admin:profiles_profile_change", args=[object_id])
        return HttpResponse(status=302, headers={"Location": f"{page}#{tab}"})

    def _act(
        self,
        request: HttpRequest,
        object_id: str,
        service: Callable[..., bool],
        *,
        done: Any,
        not_done: Any = _NOT_NEW,
    ) -> HttpResponse:
        """Call a service for a person, and say how it went. The admin's own log holds no names of people: events do."""
        person = self.get_object(request, object_id)
        if person is None:
            raise Http404
        if service(bot_id=person.bot_id, profile_id=person.id):
            messages.success(request, str(done))
        else:
            messages.info(request, str(not_done))
        return self.back(request)


def _user_id(request: HttpRequest) -> int:
    assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
    return request.user.pk
