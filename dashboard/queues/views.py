"""The doors of the queues and of the background work. All stand behind the admin's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.errors import AppError
from dashboard.queues import doors, faces, work
from dashboard.queues.acting import act_on
from dashboard.queues.board import board
from dashboard.queues.rights import may_act, may_read, may_see_queues, may_see_work, the_bot_of
from dashboard.queues.shelf import row_page, shelf_page, stamp
from mailbox.services.note_mail_reading import note_mail_reading
from mailbox.shelves import ACTS, Act, Shelf


@never_cache
@require_safe
def queues(request: HttpRequest) -> HttpResponse:
    """All queues at a glance."""
    _let_in(may_see_queues(request))
    return _page(request, "board", {"title": _("Queues"), **board(request)})


@never_cache
@require_safe
def queues_live(request: HttpRequest) -> HttpResponse:
    """The same anew, for a page that is open."""
    _let_in(may_see_queues(request))
    return render(request, "dashboard/queues/board_live.html", board(request))


@never_cache
@require_safe
def shelf(request: HttpRequest, bot_id: UUID, which: str) -> HttpResponse:
    """One shelf of a bot."""
    found = _shelf(request, bot_id, which)
    title = _("Queues of %s") % found["bot"].name
    return _page(request, "shelf", {"title": title, **found, "stamp": stamp(found)})


@never_cache
@require_safe
def shelf_live(request: HttpRequest, bot_id: UUID, which: str) -> HttpResponse:
    """Its rows anew; 204 for what the page shows already."""
    found = _shelf(request, bot_id, which)
    seen = stamp(found)
    if request.GET.get("stamp") == seen:
        return HttpResponse(status=204)
    return render(request, "dashboard/queues/shelf_live.html", {**found, "stamp": seen})


@never_cache
@require_safe
def row(request: HttpRequest, bot_id: UUID, which: str, row_id: UUID) -> HttpResponse:
    """One row, without what it says."""
    found = row_page(request, the_bot_of(request, bot_id), _which(which), row_id)
    return _page(request, "row", {"title": found["shelf_name"], **found})


@never_cache
@require_POST
def read(request: HttpRequest, bot_id: UUID, which: str, row_id: UUID) -> HttpResponse:
    """What it says, this once, for a reason that is kept."""
    bot = the_bot_of(request, bot_id)
    found = row_page(request, bot, _which(which), row_id, is_read=True)
    _let_in(may_read(request, bot.id))
    user: Any = request.user
    try:
        note_mail_reading(
            bot_id=bot.id,
            row_id=row_id,
            profile_id=found["profile_id"],
            reader_id=user.pk,
            reason=request.POST.get("reason", ""),
        )
    except AppError as error:
        messages.error(request, error.message or error.code)
        return HttpResponseRedirect(doors.row(bot.id, _which(which), row_id))
    return _page(request, "row", {"title": found["shelf_name"], **found})


@never_cache
@require_POST
def do(request: HttpRequest, bot_id: UUID, which: str, action: str) -> HttpResponse:
    """One of the buttons."""
    bot, place = the_bot_of(request, bot_id), _which(which)
    if action not in [each.value for each in ACTS[place]]:
        raise Http404
    act = Act(action)
    _let_in(may_act(request, bot.id, act))
    try:
        messages.success(request, act_on(request, bot, place, act))
    except AppError as error:
        messages.error(request, error.message or error.code)
    kept = {name: request.POST.get(name, "") for name in ("kind", "reason")}
    return HttpResponseRedirect(doors.shelf(bot.id, place, **kept))


@never_cache
@require_safe
def background(request: HttpRequest) -> HttpResponse:
    """What runs by itself."""
    _let_in(may_see_work(request))
    return _page(request, "work", {"title": _("Background work"), **work.work_page(request)})


@never_cache
@require_safe
def background_live(request: HttpRequest) -> HttpResponse:
    """The same anew, for a page that is open."""
    _let_in(may_see_work(request))
    return render(request, "dashboard/queues/work_live.html", work.work_page(request))


def _shelf(request: HttpRequest, bot_id: UUID, which: str) -> dict[str, Any]:
    return shelf_page(request, the_bot_of(request, bot_id), _which(which))


def _which(which: str) -> Shelf:
    if which not in [each.value for each in faces.SHELVES]:
        raise Http404
    return Shelf(which)


def _let_in(is_allowed: bool) -> None:
    if not is_allowed:
        raise PermissionDenied


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
    shell = admin.site.each_context(request)
    return TemplateResponse(request, f"dashboard/queues/{template}.html", {**shell, **context})
