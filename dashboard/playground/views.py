"""The doors of the playground, for those who may change prompts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bots.admin.base import may
from bots.admin.prompts.rights import may_see_personas
from bots.roles import Capability
from core.errors import AppError
from dashboard.permissions import reader_of
from dashboard.playground import page as pages
from dashboard.playground.contracts import Standing, Trial
from dashboard.playground.page import Chosen
from dashboard.playground.shelf import kept_standing, kept_trial
from dashboard.selectors.bots_of import BotName
from dashboard.selectors.past_sessions import conversation_of
from dashboard.services.want_trial import want_trial
from journey.stages import StageCode
from sessions_app.selectors.inbox_talk import inbox_talk
from sessions_app.services.note_opening import note_opening


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What is tried, on what; and how the last trial stands."""
    chosen = _chosen(request)
    context = pages.page(chosen)
    trial_id = _id(request.GET.get("trial", ""))
    if trial_id is not None:
        trial = kept_trial(trial_id)
        if trial is not None and trial.user_id == reader_of(request).pk:
            context |= pages.standing_of(trial, kept_standing(trial.id))
    shell = admin.site.each_context(request)
    return TemplateResponse(
        request, "dashboard/playground.html", {**shell, "title": _("Playground"), **context}
    )


@never_cache
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Have both wordings tried."""
    chosen = _chosen(request)
    sent, bot = request.POST, chosen.bot()
    if bot is None:
        raise Http404
    is_session = sent.get("source") == "session"
    session_id, upto = (_id(sent.get(name, "")) if is_session else None for name in ("session", "upto"))
    if session_id is not None:
        _opened(request, bot.id, session_id)
    try:
        trial_id = want_trial(
            user_id=reader_of(request).pk,
            bot_id=bot.id,
            persona_id=chosen.ref.persona_id,
            key=chosen.ref.key,
            language=chosen.ref.language,
            left=chosen.side("left"),
            right=chosen.side("right"),
            source="session" if is_session else "text",
            text="" if is_session else sent.get("text", ""),
            known="" if is_session else sent.get("known", ""),
            stage=sent.get("stage", "") if sent.get("stage", "") in StageCode.__members__ else "",
            is_gentle=sent.get("gentle") == "1",
            session_id=session_id,
            upto=upto,
        )
    except AppError as error:
        return _refused(request, chosen, error.message or error.code)
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(f"{_address(chosen)}&trial={trial_id}")
    return _live(request, trial_id)


@never_cache
@require_safe
def trial(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """How a trial stands; to others than who asked for it, it does not exist."""
    return _live(request, trial_id)


@never_cache
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Sessions to try a prompt on, for those who may read what people say."""
    chosen = _chosen(request)
    bot = _readable(request, chosen)
    before = _id(request.GET.get("before", ""))
    return TemplateResponse(
        request, "dashboard/playground_sessions.html", pages.session_list(chosen, bot, before)
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest, bot_id: UUID, session_id: UUID) -> HttpResponse:
    """One of them, redacted; before the first look of a day, the question why."""
    chosen = _chosen(request)
    if bot_id not in {each.id for each in chosen.bots()}:
        raise Http404
    if not may(request, Capability.SEE_WORDS, bot_id):
        raise PermissionDenied
    conversation_id = conversation_of(bot_id=bot_id, session_id=session_id)
    if conversation_id is None:
        raise Http404
    reader_id, refusal = reader_of(request).pk, ""
    if request.method == "POST":
        try:
            note_opening(
                bot_id=bot_id,
                conversation_id=conversation_id,
                reader_id=reader_id,
                reason=request.POST.get("reason", ""),
                words=request.POST.get("words", "").replace("\x00", ""),
            )
        except AppError as error:
            refusal = error.message or error.code
    talk = inbox_talk(bot_id=bot_id, conversation_id=conversation_id, reader_id=reader_id)
    if talk is None:
        raise Http404
    if not talk.is_opened:
        context = pages.gate(chosen, bot_id, session_id, refusal)
        return TemplateResponse(request, "dashboard/playground_gate.html", context)
    return TemplateResponse(
        request, "dashboard/playground_session.html", pages.session(chosen, bot_id, session_id)
    )


def _chosen(request: HttpRequest) -> Chosen:
    if not may_see_personas(request):
        raise PermissionDenied
    said = request.GET.copy()
    if request.method == "POST":
        said.update(request.POST)
    return Chosen(request, said)


def _readable(request: HttpRequest, chosen: Chosen) -> BotName:
    bot = chosen.bot()
    if bot is None:
        raise Http404
    if not may(request, Capability.SEE_WORDS, bot.id):
        raise PermissionDenied
    return bot


def _opened(request: HttpRequest, bot_id: UUID, session_id: UUID) -> None:
    """Raises Http404 and PermissionDenied for a session that this person has not opened."""
    if not may(request, Capability.SEE_WORDS, bot_id):
        raise PermissionDenied
    conversation_id = conversation_of(bot_id=bot_id, session_id=session_id)
    if conversation_id is None:
        raise Http404
    talk = inbox_talk(bot_id=bot_id, conversation_id=conversation_id, reader_id=reader_of(request).pk)
    if talk is None or not talk.is_opened:
        raise PermissionDenied


def _live(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    found: Trial | None = kept_trial(trial_id)
    if found is None:
        return _told(request, Standing("lost"), _("This trial is kept no longer. Run it again."))
    if found.user_id != reader_of(request).pk:
        raise Http404
    context = pages.standing_of(found, kept_standing(trial_id))
    return TemplateResponse(request, "dashboard/playground_live.html", context)


def _refused(request: HttpRequest, chosen: Chosen, words: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _told(request, Standing("refused"), words)
    messages.error(request, words)
    return HttpResponseRedirect(_address(chosen))


def _told(request: HttpRequest, standing: Standing, words: str) -> HttpResponse:
    context: dict[str, Any] = {"standing": standing, "is_over": True, "why": words}
    return TemplateResponse(request, "dashboard/playground_live.html", context)


def _address(chosen: Chosen) -> str:
    ref, said = chosen.ref, chosen.said
    where = f"persona={ref.persona_id}&key={ref.key}&language={ref.language}"
    sides = "".join(
        f"&{name}={each.token}"
        for name in ("left", "right")
        if said.get(name)
        for each in [chosen.side(name)]
    )
    return f"{reverse('playground:page')}?{where}{sides}"


def _id(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None
