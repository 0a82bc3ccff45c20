"""What the buttons on a broadcast's page do: each calls one service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from broadcast.admin.writing import address
from broadcast.contracts import By
from broadcast.errors import BroadcastError
from broadcast.models import Broadcast
from broadcast.services.draft import duplicate_broadcast
from broadcast.services.lifecycle import (
    back_to_draft,
    cancel_broadcast,
    choose_winner,
    confirm_start,
    delete_draft,
    pause_broadcast,
    resume_broadcast,
    retry_failed,
    set_rate,
)
from broadcast.services.take_back import take_back

# What a button does: the words afterwards, and where it leads ("" is back to the page).
Button = Callable[[HttpRequest, Broadcast, By], tuple[str, str]]


def _pause(request: HttpRequest, broadcast: Broadcast, by: By) -> tuple[str, str]:  # noqa: ARG001
    pause_broadcast(broadcast_id=broadcast.id, by=by)
    return _("Paused: nothing more is sent."), ""


def _resume(request: HttpRequest, broadcast: Broadcast, by: By) -> tuple[str, str]:  # noqa: ARG001
    resume_broadcast(broadcast_id=broadcast.id, by=by)
    return _("It goes on where it was."), ""


def _cancel(request: HttpRequest, broadcast: Broadcast, by: By) -> tuple[str, str]:  # noqa: ARG001
    cancel_broadcast(broadcast_id=broadcast.id, by=by)
    return _("Cancelled: nobody else gets it."), ""


def _confirm(request: HttpRequest, broadcast: Broadcast, by: By) -> tuple[str, str]:  # noqa: ARG001
    confirm_start(broadcast_id=broadcast.id, by=by)
    return _("Confirmed."), ""


def _reopen(request: HttpRequest, broadcast: Broadcast, by: By) -> tuple[str, str]:  # noqa: ARG001
    back_to_draft(broadcast_id=broadcast.id, by=by)
    return _("It is a draft again."), ""


def _rate(request: HttpRequest, broadcast: Broadcast, by: By) -> tuple[str, str]:
    said = request.POST.get("rate", "").strip().replace(",", ".")
    try:
        rate = float(said) if said else None
    except ValueError as error:
        raise BroadcastError("rate", _("The rate is a number.")) from error
    set_rate(broadcast_id=broadcast.id, rate=rate, by=by)
    return _("The rate is changed."), ""


def _retry(request: HttpRequest, broadcast: Broadcast, by: By) -> tuple[str, str]:  # noqa: ARG001
    count = retry_failed(broadcast_id=broadcast.id, by=by)
    return _("Tried again: %(count)d.") % {"count": count}, ""


def _winner(request: HttpRequest, broadcast: Broadcast, by: By) -> tuple[str, str]:
    choose_winner(broadcast_id=broadcast.id, label=request.POST.get("label", ""), by=by)
    return _("The rest gets this text."), ""


def _delete_messages(request: HttpRequest, broadcast: Broadcast, by: By) -> tuple[str, str]:  # noqa: ARG001
    count = take_back(broadcast_id=broadcast.id, by=by)
    return _("Messages that are being deleted: %(count)d.") % {"count": count}, ""


def _duplicate(request: HttpRequest, broadcast: Broadcast, by: By) -> tuple[str, str]:  # noqa: ARG001
    copy = duplicate_broadcast(broadcast_id=broadcast.id, by=by)
    return _("This is the copy; nothing of it was sent."), address("write", copy.id)


def _delete(request: HttpRequest, broadcast: Broadcast, by: By) -> tuple[str, str]:  # noqa: ARG001
    delete_draft(broadcast_id=broadcast.id)
    return _("The draft is deleted."), reverse("admin:broadcast_broadcast_changelist")


BUTTONS: Final[dict[str, Button]] = {
    "pause": _pause,
    "resume": _resume,
    "cancel": _cancel,
    "confirm": _confirm,
    "reopen": _reopen,
    "rate": _rate,
    "retry": _retry,
    "winner": _winner,
    "delete-messages": _delete_messages,
    "duplicate": _duplicate,
    "delete": _delete,
}
