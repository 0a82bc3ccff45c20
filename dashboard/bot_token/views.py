"""The doors on the way to another token of a bot: it is asked about, and confirmed where it is another bot's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bots.admin.base import may, not_there
from bots.roles import Capability
from bots.selectors.bot_at_telegram import BotAtTelegram, bot_at_telegram
from bots.selectors.holder_of_token import holder_of_token
from bots.staff_scope import staff_scope
from bots.tokens import clean_token, token_number
from core.encryption import Undecryptable
from core.errors import AppError
from dashboard.bot_token.pages import confirm_context, replaced_words, token_context
from dashboard.bot_token.refusals import UNREACHABLE, held_by, not_replaced, refused, way_around
from dashboard.bots.asking import Asked, ask_telegram
from dashboard.bots.drafts import draft_of, drop_draft, drop_drafts_of, keep_draft
from dashboard.bots.forms import TokenForm
from dashboard.bots.pasted import token_in
from dashboard.bots.refusals import Refusal, forgotten
from dashboard.services.change_token import change_token


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of a token that somebody pasted: who Telegram says it is, or why it cannot be had."""

    token: str = field(repr=False)
    asked: Asked | None = None
    refusal: Refusal | None = None

    @property
    def telegram_id(self) -> int:
        return self.asked.identity.telegram_id if self.asked else token_number(self.token)


@never_cache
@require_safe
def token_page(request: HttpRequest, bot_id: UUID) -> HttpResponse:
    """Paste the new token."""
    return _token_page(request, _admitted(request, bot_id))


@sensitive_post_parameters("token")
@sensitive_variables("form", "answer")
@never_cache
@require_POST
def check(request: HttpRequest, bot_id: UUID) -> HttpResponse:
    """Ask Telegram whose token it is; the scope is opened only once it has answered.

    A token of the same bot is put in place at once. Another bot's, and one of which Telegram could not be asked,
    waits for somebody who says so once more.
    """
    bot = _admitted(request, bot_id)
    form = TokenForm(request.POST)
    answer = _asked(request, bot, form.cleaned_data["token"] if form.is_valid() else "")
    refusal = answer.refusal
    with staff_scope(request):
        if refusal is None or refusal.code == UNREACHABLE:
            refusal = _held_elsewhere(request, bot, answer) or refusal
        if refusal is None and answer.telegram_id == bot.telegram_id:
            refusal = _change(request, bot, answer)
            if refusal is None:
                return _to_its_page(bot)
        if refusal is None or refusal.code == UNREACHABLE:
            draft_id = keep_draft(
                request, token=answer.token, api_url=bot.api_url, asked=answer.asked, bot_id=bot.id
            )
            to = reverse("bot-token:confirm", args=[bot.id, draft_id])
            if refusal is None:
                return HttpResponseRedirect(to)
            refusal = way_around(refusal, to)
        return _token_page(request, bot, refusal=refusal).render()


@sensitive_variables("draft", "answer")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_page(request: HttpRequest, bot_id: UUID, draft_id: UUID) -> HttpResponse:
    """Whose token it is, and what that means; whoever presses the button has read it."""
    bot = _admitted(request, bot_id)
    draft = draft_of(request, draft_id, bot_id=bot_id)
    # Another server knows other bots: what was asked there says nothing here.
    if draft is None or draft.api_url != bot.api_url:
        return _token_page(request, bot, refusal=forgotten())
    try:
        answer = _Answer(draft.token, draft.asked)
        context = confirm_context(bot, draft)
    except Undecryptable:
        drop_draft(request, draft_id)
        return _token_page(request, bot, refusal=forgotten())
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = _held_elsewhere(request, bot, answer) or _change(request, bot, answer)
        if refusal is None:
            return _to_its_page(bot)
    return _page(request, "confirm", bot, {**context, "refusal": refusal})


def _admitted(request: HttpRequest, bot_id: UUID) -> BotAtTelegram:
    bot = bot_at_telegram(bot_id) if may(request, Capability.SEE_FIGURES, bot_id) else None
    if bot is None:
        not_there(request, bot_id)
    if not may(request, Capability.CHANGE_BOT, bot_id):
        # What is written down is which bot it was, whatever else stands in the address.
        request.refused = str(bot_id)  # type: ignore[attr-defined]
        raise PermissionDenied
    return bot


@sensitive_variables("pasted", "token")
def _asked(request: HttpRequest, bot: BotAtTelegram, pasted: str) -> _Answer:
    token = ""
    try:
        token = clean_token(token_in(pasted))
        # Of what is here already Telegram need not be asked.
        refusal = held_by(request, bot, holder_of_token(token=token))
        if refusal is not None:
            return _Answer(token, refusal=refusal)
        return _Answer(token, ask_telegram(token=token, api_url=bot.api_url))
    except AppError as error:
        return _Answer(token, refusal=refused(bot, error))


@sensitive_variables("answer")
def _held_elsewhere(request: HttpRequest, bot: BotAtTelegram, answer: _Answer) -> Refusal | None:
    # Of the same bot another row may have an older token: that one is ill, and no reason to refuse this one.
    is_same = answer.telegram_id == bot.telegram_id
    holder = holder_of_token(
        token=answer.token, telegram_id=None if is_same else answer.telegram_id, api_url=bot.api_url
    )
    return held_by(request, bot, holder)


@sensitive_variables("answer")
def _change(request: HttpRequest, bot: BotAtTelegram, answer: _Answer) -> Refusal | None:
    words = replaced_words(bot, asked=answer.asked, telegram_id=answer.telegram_id)
    try:
        change_token(
            bot_id=bot.id,
            bot_name=bot.name,
            token=answer.token,
            asked=answer.asked,
            is_another=answer.telegram_id != bot.telegram_id,
            words=words,
            user_id=int(request.user.pk or 0),
        )
    except AppError as error:
        # Somebody was faster; what they did says more than the error, which names bots that one may not see.
        return held_by(request, bot, holder_of_token(token=answer.token)) or not_replaced(error)
    drop_drafts_of(request, bot.id)
    messages.success(request, words)
    return None


def _to_its_page(bot: BotAtTelegram) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:bots_bot_change", args=[bot.id]))


def _token_page(
    request: HttpRequest, bot: BotAtTelegram, *, refusal: Refusal | None = None
) -> TemplateResponse:
    return _page(request, "token", bot, {"refusal": refusal})


def _page(request: HttpRequest, name: str, bot: BotAtTelegram, context: dict[str, Any]) -> TemplateResponse:
    shown = token_context(bot)
    if shown is None:
        # It was deleted while Telegram was asked.
        not_there(request, bot.id)
    shell = admin.site.each_context(request)
    return TemplateResponse(request, f"dashboard/bot_token/{name}.html", {**shell, **shown, **context})
