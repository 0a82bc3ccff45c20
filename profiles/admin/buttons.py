"""The buttons of a person's page that belong to this room; each asks, calls one service, and says how it went."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm

from bots.admin.faces import dialog_action
from bots.roles import Capability
from core.errors import AppError
from profiles.admin.actions import Group, PersonActions, has_consented, offer
from profiles.admin.dialogs import (
    ChannelDialog,
    FlagsDialog,
    MarkerDialog,
    PersonDialog,
    PurchaseDialog,
    SummaryDialog,
)
from profiles.models import Profile
from profiles.services.change_marker import change_marker
from profiles.services.lift_underage import lift_underage
from profiles.services.link_channel import link_channel
from profiles.services.pause_person import pause_person, resume_person
from profiles.services.record_purchase import record_purchase
from profiles.services.restore_version import edit_summary
from profiles.services.set_flags import set_flags

_NOT_NEW = _("That was so already.")


class PersonButtons(PersonActions):
    """What staff change about a person. Stands before the admin class of people."""

    may: Callable[..., bool]
    back: Callable[[HttpRequest], HttpResponse]
    get_object: Callable[..., Profile | None]

    def has_care_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.may(request, Capability.CHANGE_PEOPLE, obj)

    def has_answer_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.may(request, Capability.ANSWER, obj)

    def has_words_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.may(request, Capability.SEE_WORDS, obj)

    def has_export_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.may(request, Capability.EXPORT, obj)

    def has_erase_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.may(request, Capability.ERASE, obj)

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
        service = partial(
            edit_summary,
            summary=form.cleaned_data["summary"],
            author_id=user_id(request),
            seen=form.cleaned_data["seen"] or None,
        )
        return self.act(
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
        return self.act(
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
            author_id=user_id(request),
        )
        return self.act(
            request,
            object_id,
            service,
            done=_("The channel is linked."),
            not_done=_("It was linked already."),
        )

    @dialog_action(
        label=_("Pause"),
        path="pause",
        form=PersonDialog,
        icon="pause",
        question=_("The bot starts nothing by itself with this person. It answers when they write."),
        button=_("Pause"),
        permissions=("care",),
    )
    def pause(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        service = partial(pause_person, author_id=user_id(request))
        return self.act(request, object_id, service, done=_("The bot keeps quiet."))

    @dialog_action(
        label=_("Resume"),
        path="resume",
        form=PersonDialog,
        icon="play_arrow",
        question=_("The bot may write first again, within its limits."),
        button=_("Resume"),
        permissions=("care",),
    )
    def resume(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:  # noqa: ARG002
        service = partial(resume_person, author_id=user_id(request))
        return self.act(request, object_id, service, done=_("The bot may write first again."))

    @dialog_action(
        label=_("Is an adult"),
        path="lift-under-18",
        form=PersonDialog,
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
        service = partial(lift_underage, author_id=user_id(request))
        return self.act(request, object_id, service, done=_("They may agree again."))

    @dialog_action(
        label=_("Set a marker"),
        path="set-marker",
        icon="sell",
        question=_("A named fact about this person, for broadcasts and lists."),
        button=_("Set"),
        form=MarkerDialog,
        permissions=("care",),
    )
    def set_marker(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        service = partial(
            change_marker,
            name=form.cleaned_data["name"],
            value=form.cleaned_data["value"],
            author_id=user_id(request),
        )
        return self.act(request, object_id, service, done=_("The marker is changed."))

    @dialog_action(
        label=_("Set how far they are"),
        path="set-flags",
        icon="flag",
        question=_("Puts right what the funnel counts. What is switched on now counts from this moment."),
        button=_("Save"),
        form=FlagsDialog,
        permissions=("care",),
    )
    def change_flags(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        service = partial(set_flags, flags=form.changed, author_id=user_id(request))
        return self.act(
            request,
            object_id,
            service,
            done=_("It is put right."),
            not_done=_("Nothing has changed."),
        )

    def act(
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
        try:
            is_new = service(bot_id=person.bot_id, profile_id=person.id)
        except AppError as error:
            messages.error(request, error.message or error.code)
            return self.back(request)
        if is_new:
            messages.success(request, str(done))
        else:
            messages.info(request, str(not_done))
        return self.back(request)


def user_id(request: HttpRequest) -> int:
    """The member of staff who asks."""
    assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
    return request.user.pk


def _may_be_paused(person: Profile) -> bool:
    return has_consented(person) and person.paused_at is None


def _is_paused(person: Profile) -> bool:
    return has_consented(person) and person.paused_at is not None


def _is_underage(person: Profile) -> bool:
    return person.is_underage


offer("write_summary", Group.CHANGE, 10)
offer("set_marker", Group.CHANGE, 20)
offer("change_flags", Group.CHANGE, 30)
offer("note_purchase", Group.CHANGE, 40)
offer("link_a_channel", Group.CHANGE, 50)
offer("lift_under_18", Group.FRONT, 50, _is_underage)
offer("pause", Group.MORE, 10, _may_be_paused)
offer("resume", Group.MORE, 10, _is_paused)
