"""The doors on the way to a new bot: its token, who it is to be, and that it runs."""

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
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bots.admin.base import is_superuser, may
from bots.roles import Capability
from bots.selectors.get_bot_settings import get_bot_settings
from bots.selectors.holder_of_token import holder_of_token
from bots.services.keep_picture import keep_picture
from bots.services.record_identity import record_identity
from bots.staff_scope import staff_scope
from bots.tokens import clean_token
from core.encryption import Undecryptable
from core.errors import AppError
from dashboard.bots.asking import ask_telegram, home_of
from dashboard.bots.drafts import become_bot, bot_made_of, draft_of, drop_draft, keep_draft
from dashboard.bots.forms import OTHER, ShapeForm, TokenForm, servers
from dashboard.bots.pages import asked_words, ready_context, shape_context
from dashboard.bots.pasted import token_in
from dashboard.bots.refusals import Refusal, forgotten, refusal_about, refusal_of, taken_by, unopened
from dashboard.selectors.personas_to_choose import personas_to_choose
from dashboard.services.add_bot import add_bot


@never_cache
@require_safe
def token_page(request: HttpRequest) -> HttpResponse:
    """Step one: paste the token."""
    _only_superusers(request)
    return _token_page(request)


@sensitive_post_parameters("token")
@sensitive_variables("form", "token")
@never_cache
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Ask Telegram whose token it is; the scope is opened only once it has answered."""
    _only_superusers(request)
    form = TokenForm(request.POST)
    refusal: Refusal | None = None
    if form.is_valid():
        token, api_url = form.cleaned_data["token"], form.api_url
        try:
            token = clean_token(token_in(token))
            holder = holder_of_token(token=token)
            if holder is None:
                api_url = home_of(token=token, api_url=api_url)
                asked = ask_telegram(token=token, api_url=api_url)
                holder = holder_of_token(token=token, telegram_id=asked.identity.telegram_id, api_url=api_url)
        except AppError as error:
            refusal = refusal_of(error)
        else:
            if holder is None:
                draft_id = keep_draft(request, token=token, api_url=api_url, asked=asked)
                return HttpResponseRedirect(reverse("new-bot:shape", args=[draft_id]))
            refusal = taken_by(holder, may_replace=True)
    else:
        refusal = refusal_of(_nothing())
    with staff_scope(request):
        return _token_page(request, refusal=refusal, sent=form).render()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shape_page(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Step two: who it is to be. Then it is made, and started."""
    _only_superusers(request)
    draft = draft_of(request, draft_id)
    if draft is None:
        # Who steps back, or presses twice, has a bot already.
        made = bot_made_of(request, draft_id)
        if made is not None:
            return HttpResponseRedirect(reverse("new-bot:ready", args=[made]))
        return _token_page(request, refusal=forgotten())
    personas = personas_to_choose()
    form = ShapeForm(request.POST or None, personas=personas)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            bot_id = add_bot(
                draft=draft,
                name=values["name"],
                language=values["language"],
                persona_id=values["persona"],
                is_started="later" not in request.POST,
                user_id=int(request.user.pk or 0),
            )
        except AppError as error:
            refusal = _refused_late(request, draft_id, error)
        else:
            become_bot(request, draft_id, bot_id)
            return HttpResponseRedirect(reverse("new-bot:ready", args=[bot_id]))
    return _page(request, "shape", shape_context(draft, personas, form) | {"refusal": refusal})


@never_cache
@require_safe
def ready_page(request: HttpRequest, bot_id: UUID) -> HttpResponse:
    """Step three: it starts, and one talks with it."""
    context = ready_context(request, bot_id) if may(request, Capability.SEE_FIGURES, bot_id) else None
    if context is None:
        raise Http404
    return _page(request, "ready", context)


@sensitive_variables("bot")
@never_cache
@require_POST
def check_again(request: HttpRequest, bot_id: UUID) -> HttpResponse:
    """Ask Telegram about a bot that is here: whether its token is good, its name, its picture."""
    if not may(request, Capability.SEE_FIGURES, bot_id):
        raise Http404
    if not may(request, Capability.CHANGE_BOT, bot_id):
        raise PermissionDenied
    refusal: Refusal | None = None
    try:
        bot = get_bot_settings(bot_id)
    except Undecryptable:
        refusal = unopened()
    else:
        try:
            asked = ask_telegram(token=bot.token, api_url=bot.api_url)
        except AppError as error:
            refusal = refusal_about(bot, error)
    if refusal is not None:
        messages.error(request, " ".join(filter(None, (f"{refusal.title}.", refusal.words, refusal.detail))))
    else:
        with staff_scope(request):
            who = asked.identity
            record_identity(bot_id=bot_id, telegram_id=who.telegram_id, username=who.username[:64])
            keep_picture(bot_id=bot_id, content=asked.picture)
        messages.success(request, asked_words(asked))
    return HttpResponseRedirect(reverse("admin:bots_bot_change", args=[bot_id]))


def _only_superusers(request: HttpRequest) -> None:
    # A new bot is nobody's yet, so no role in a bot allows to make one.
    if not is_superuser(request):
        raise PermissionDenied


def _token_page(
    request: HttpRequest, *, refusal: Refusal | None = None, sent: TokenForm | None = None
) -> TemplateResponse:
    """The first page; the token that was sent is not among what it shows again."""
    known = servers()
    chosen = sent.data.get("server", "") if sent else known[0][0]
    context = {
        "title": _("Add a bot"),
        "servers": known,
        "chosen": chosen if chosen == OTHER or chosen in {each[0] for each in known} else known[0][0],
        "other": OTHER,
        "own_address": sent.data.get("address", "")[:300] if sent else "",
        "refusal": refusal,
        "step": 1,
    }
    return _page(request, "token", context)


def _refused_late(request: HttpRequest, draft_id: UUID, error: AppError) -> Refusal:
    if error.code == "encryption.key_missing":
        drop_draft(request, draft_id)
        return forgotten()
    return Refusal(error.code, _("The bot was not made"), error.message or error.code)


def _nothing() -> AppError:
    return AppError(code="bots.token_malformed", permanent=True, message="")


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> TemplateResponse:
    shell = admin.site.each_context(request)
    return TemplateResponse(request, f"dashboard/bots/{name}.html", {**shell, **context})
