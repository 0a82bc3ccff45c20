"""The doors of the inbox. All stand behind the admin's own, in the scope of the bots that somebody may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.errors import AppError
from dashboard.inbox import faces
from dashboard.inbox.acting import ACTIONS, act
from dashboard.inbox.listing import list_page
from dashboard.inbox.talk import Opened
from dashboard.permissions import may_answer, may_see_why, readable_bots, reader_of
from mailbox.selectors.media import media_of_chat
from sessions_app.selectors.inbox_talk import InboxTalk, inbox_talk
from sessions_app.selectors.transcript import Place
from sessions_app.services.note_opening import note_opening
from sessions_app.services.tend_inbox import mark_read

log = structlog.get_logger(__name__)

_FRAGMENT = "X-Fragment"
_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})


@never_cache
@require_safe
def conversations(request: HttpRequest) -> HttpResponse:
    """The list."""
    return _page(request, "inbox", list_page(request))


@never_cache
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The same list again, or what follows in it, for a page that is open; 204 for what it shows already."""
    found = list_page(request)
    if request.GET.get("stamp") == found["stamp"]:
        return HttpResponse(status=204)
    return TemplateResponse(request, "dashboard/list.html", found)


@never_cache
@require_safe
def conversation(request: HttpRequest, bot_id: UUID, conversation_id: UUID) -> HttpResponse:
    """One conversation; before the first look of a day, the question why."""
    talk = _find(request, bot_id, conversation_id)
    opened = Opened(request, talk)
    with timezone.override(faces.zone(talk.timezone)):
        context = opened.common() | {"title": opened.name, "query": request.GET.urlencode()}
        if not talk.is_opened:
            reasons = faces.REASONS.items()
            return _page(request, "gate", context | {"reasons": reasons}).render()
        context |= opened.bar() | opened.flow() | opened.drafts() | opened.composer() | {"stamp": talk.stamp}
        # Rendered here: times are those of the bot's clock.
        return _page(request, "talk", context).render()


@never_cache
@require_POST
def give_reason(request: HttpRequest, bot_id: UUID, conversation_id: UUID) -> HttpResponse:
    """Why somebody opens it; then it is open to them for a day."""
    talk = _find(request, bot_id, conversation_id)
    try:
        note_opening(
            bot_id=talk.bot_id,
            conversation_id=talk.conversation_id,
            reader_id=reader_of(request).pk,
            reason=request.POST.get("reason", ""),
            words=request.POST.get("words", "").replace("\x00", ""),
        )
    except AppError as error:
        messages.error(request, error.message or error.code)
    return HttpResponseRedirect(_address(talk, request.POST.get("query", "")))


@never_cache
@require_safe
def live(request: HttpRequest, bot_id: UUID, conversation_id: UUID) -> HttpResponse:
    """What has changed since the stamp that the page knows; 204 for nothing."""
    opened = _open(request, bot_id, conversation_id)
    talk = opened.talk
    if request.GET.get("seen") == "1" and talk.said_at and (not talk.read_at or talk.said_at > talk.read_at):
        mark_read(bot_id=bot_id, conversation_id=conversation_id, user_id=opened.reader_id)
    if request.GET.get("stamp") == talk.stamp:
        return HttpResponse(status=204)
    return _answer(opened)


@never_cache
@require_safe
def older(request: HttpRequest, bot_id: UUID, conversation_id: UUID) -> HttpResponse:
    """What was said before a place."""
    opened = _open(request, bot_id, conversation_id)
    at, _tilde, message_id = request.GET.get("before", "").partition("~")
    moment = _moment(at)
    try:
        before = Place(moment, UUID(message_id)) if moment else None
    except ValueError:
        before = None
    if before is None:
        raise Http404
    with timezone.override(faces.zone(opened.talk.timezone)):
        return HttpResponse(opened.rendered("flow", opened.flow(before=before)))


@never_cache
@require_safe
def aside(request: HttpRequest, bot_id: UUID, conversation_id: UUID) -> HttpResponse:
    """Who it is, and whose task."""
    opened = _open(request, bot_id, conversation_id)
    with timezone.override(faces.zone(opened.talk.timezone)):
        return HttpResponse(opened.rendered("aside", opened.aside()))


@never_cache
@require_safe
def why(request: HttpRequest, bot_id: UUID, conversation_id: UUID, message_id: UUID) -> HttpResponse:
    """Why the bot said that."""
    opened = _open(request, bot_id, conversation_id)
    if not may_see_why(request, bot_id):
        raise PermissionDenied
    found = opened.why(message_id)
    if found is None:
        raise Http404
    return HttpResponse(opened.rendered("why", found))


@require_safe
def photo(request: HttpRequest, bot_id: UUID, conversation_id: UUID, media_id: UUID) -> HttpResponse:
    """A picture that an operator sent to this person."""
    opened = _open(request, bot_id, conversation_id)
    found = media_of_chat(bot_id=bot_id, chat_id=opened.talk.chat_id, media_id=media_id)
    if found is None or found.content_type not in _PICTURES:
        raise Http404
    return HttpResponse(
        found.content,
        content_type=found.content_type,
        headers={"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"},
    )


@never_cache
@require_POST
def do(request: HttpRequest, bot_id: UUID, conversation_id: UUID, action: str) -> HttpResponse:
    """One of the buttons. A page that lives is answered with what has changed, a plain form with the page."""
    opened = _open(request, bot_id, conversation_id)
    if action not in ACTIONS:
        raise Http404
    if not may_answer(request, bot_id):
        raise PermissionDenied
    done, refused = "", ""
    try:
        done = act(opened, action)
    except AppError as error:
        refused = error.message or error.code
    if request.headers.get(_FRAGMENT):
        fresh = _find(request, bot_id, conversation_id)
        return _answer(Opened(request, fresh), done=done, refused=refused)
    if refused:
        messages.error(request, refused)
    elif done:
        messages.success(request, done)
    return HttpResponseRedirect(_address(opened.talk))


def _answer(opened: Opened, *, done: str = "", refused: str = "") -> HttpResponse:
    """The parts of the page as they are now."""
    asked = opened.request.POST if opened.request.method == "POST" else opened.request.GET
    shown = Opened(opened.request, opened.talk, _moment(asked.get("read", "")))
    with timezone.override(faces.zone(opened.talk.timezone)):
        parts = shown.parts(since=_moment(asked.get("since", "")))
    return JsonResponse(
        {"stamp": opened.talk.stamp, "parts": parts, "kind": shown.kind, "done": done, "refused": refused}
    )


def _find(request: HttpRequest, bot_id: UUID, conversation_id: UUID) -> InboxTalk:
    """The conversation, if its bot is one of theirs; to others it does not exist, and that they asked is noted."""
    reader = reader_of(request)
    talk = None
    if bot_id in readable_bots(request):
        talk = inbox_talk(bot_id=bot_id, conversation_id=conversation_id, reader_id=reader.pk)
    if talk is None:
        log.warning(
            "inbox.not_found", user_id=reader.pk, bot_id=str(bot_id), conversation_id=str(conversation_id)
        )
        raise Http404
    return talk


def _open(request: HttpRequest, bot_id: UUID, conversation_id: UUID) -> Opened:
    """The same, for somebody who has said why they read it."""
    talk = _find(request, bot_id, conversation_id)
    if not talk.is_opened:
        raise PermissionDenied
    return Opened(request, talk)


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
    shell = admin.site.each_context(request)
    return TemplateResponse(request, f"dashboard/{template}.html", {**shell, **context})


def _address(talk: InboxTalk, query: str = "") -> str:
    to = reverse("inbox:conversation", args=[talk.bot_id, talk.conversation_id])
    return f"{to}?{query}" if query else to


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
