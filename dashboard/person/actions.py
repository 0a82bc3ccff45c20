"""What staff can do to a person from their page, with the rooms above: write, refresh, block, export, erase."""

from __future__ import annotations

from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bots.admin.faces import dialog_action
from care.services.pick_people import pick_people
from core.errors import AppError
from dashboard.gallery.refreshing import REFUSALS
from dashboard.person.dialogs import EraseDialog, MessageDialog
from dashboard.person.parts import conversation_of, now_of
from dashboard.services.write_to_person import write_to_person
from profiles.admin.actions import Group, add_action, anybody, ask_again, has_consented, link_action
from profiles.admin.buttons import user_id
from profiles.admin.dialogs import PersonDialog
from profiles.models import Profile
from profiles.services.export_person import export_person
from sessions_app.services.block_person import block_person, unblock_person
from sessions_app.services.forget_person import erase_person

# An export that is larger waits on the disk.
_IN_MEMORY: Final = 16 * 1024 * 1024


@link_action(label=_("Conversation"), path="conversation", icon="forum", permissions=("words",))
def open_conversation(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Lead to their conversation in the inbox, which asks for a reason once a day."""
    person = _person(page, request, object_id)
    address = conversation_of(person, now_of(request, person))
    if not address:
        messages.info(request, _("This person has never talked with the bot."))
        return page.back(request)  # type: ignore[no-any-return]
    return HttpResponseRedirect(address)


@dialog_action(
    label=_("Message"),
    path="message",
    icon="send",
    variant="PRIMARY",
    question=_("You write as the bot. The person does not see that it is you."),
    button=_("Send"),
    form=MessageDialog,
    permissions=("answer",),
)
def message(page: Any, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:  # noqa: ARG001
    """Say something in the bot's place; on to the conversation for whoever goes on with it."""
    person, stays = form.person, form.cleaned_data["stays"]
    try:
        conversation_id = write_to_person(
            bot_id=person.bot_id,
            profile_id=person.id,
            user_id=user_id(request),
            # Browsers end lines as in letters of old; PostgreSQL keeps no NUL.
            text=form.cleaned_data["text"].replace("\r\n", "\n").replace("\x00", ""),
            stays=stays,
        )
    except AppError as error:
        form.add_error("text", error.message or error.code)
        return ask_again(request, message, form)
    messages.success(request, _("The message is on its way."))
    if not stays:
        return page.back(request)  # type: ignore[no-any-return]
    return _lead(request, reverse("inbox:conversation", args=[person.bot_id, conversation_id]))


@dialog_action(
    label=_("Refresh"),
    path="refresh",
    icon="autorenew",
    question=_(
        "The portrait is made anew from what this person did and said lately. It takes a minute or so."
    ),
    button=_("Refresh"),
    form=PersonDialog,
    permissions=("care",),
)
def refresh_portrait(page: Any, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:  # noqa: ARG001
    """Ask for a new portrait; the page tells how far it is."""
    picked = pick_people(bot_id=form.person.bot_id, profile_ids=[form.person.id])
    if picked.refusal:
        messages.warning(request, REFUSALS[picked.refusal])
    else:
        messages.success(request, _("The portrait is being made anew."))
    return page.back(request)  # type: ignore[no-any-return]


@dialog_action(
    label=_("Block"),
    path="block",
    icon="person_off",
    variant="WARNING",
    question=_(
        "The bot ignores this person from now on: no answers, no broadcasts, nothing by itself, and their words are "
        "not kept. To see, take along and erase what is kept stays their right, and whoever is in danger is "
        "given a hotline."
    ),
    button=_("Block"),
    form=PersonDialog,
    permissions=("care",),
)
def block(page: Any, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:  # noqa: ARG001
    """Have the bot ignore them."""
    service = partial(block_person, author_id=user_id(request))
    return page.act(request, object_id, service, done=_("The bot ignores this person."))  # type: ignore[no-any-return]


@dialog_action(
    label=_("Unblock"),
    path="unblock",
    icon="person",
    question=_("The bot hears this person again, and goes on where they stopped."),
    button=_("Unblock"),
    form=PersonDialog,
    permissions=("care",),
)
def unblock(page: Any, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:  # noqa: ARG001
    """Have the bot hear them again."""
    service = partial(unblock_person, author_id=user_id(request))
    return page.act(request, object_id, service, done=_("The bot hears this person again."))  # type: ignore[no-any-return]


@link_action(label=_("Export"), path="export", icon="download", permissions=("export",))
def export(page: Any, request: HttpRequest, object_id: str) -> FileResponse:
    """A file with all that is kept about them; that it was taken is written in the book of changes."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        # Another site's link would have staff take it without a wish of theirs.
        raise PermissionDenied
    person = _person(page, request, object_id)
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with the response
    export_person(bot_id=person.bot_id, profile_id=person.id, into=file, author_id=user_id(request))
    file.seek(0)
    response = FileResponse(
        file, as_attachment=True, filename=f"person-{person.telegram_id}.zip", content_type="application/zip"
    )
    response["Cache-Control"] = "no-store"
    return response


@dialog_action(
    label=_("Erase"),
    path="erase",
    icon="delete_forever",
    variant="DANGER",
    question=_(
        "All that this bot keeps about this person is erased for good: talk, sessions, portrait, journey, archive, "
        "queues. Nobody can bring it back. They are told nothing, and may begin anew with /start."
    ),
    button=_("Erase for good"),
    form=EraseDialog,
    permissions=("erase",),
)
def erase(page: Any, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:  # noqa: ARG001
    """Erase them as /forget_me does, and lead back to the list."""
    erase_person(bot_id=form.person.bot_id, profile_id=form.person.id)
    messages.success(request, _("The person is erased."))
    return _lead(request, reverse("admin:profiles_profile_changelist"))


def _person(page: Any, request: HttpRequest, object_id: str) -> Profile:
    person: Profile | None = page.get_object(request, object_id)
    if person is None:
        raise Http404
    return person


def _lead(request: HttpRequest, address: str) -> HttpResponse:
    """On to another page; a dialog's form is sent by script, which a plain redirect would not lead away."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _may_be_answered(person: Profile) -> bool:
    is_here = person.is_active and person.blocked_at is None
    return is_here and has_consented(person) and not person.is_underage


def _is_heard(person: Profile) -> bool:
    return person.blocked_at is None


def _is_blocked(person: Profile) -> bool:
    return person.blocked_at is not None


add_action(message, Group.FRONT, 10, _may_be_answered)
add_action(open_conversation, Group.FRONT, 20, anybody)
add_action(refresh_portrait, Group.FRONT, 30, _may_be_answered)
add_action(export, Group.MORE, 30, anybody)
add_action(block, Group.MORE, 40, _is_heard)
add_action(unblock, Group.FRONT, 5, _is_blocked)
add_action(erase, Group.MORE, 90, anybody)
