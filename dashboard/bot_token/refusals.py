"""Why a bot did not get another token, kindly, and what to do about it."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from bots.admin.base import may
from bots.roles import Capability
from bots.selectors.bot_at_telegram import BotAtTelegram
from bots.selectors.holder_of_token import Holder
from core.errors import AppError
from dashboard.bots.refusals import Refusal, refusal_of, taken_by

UNREACHABLE = "unreachable"


def refused(bot: BotAtTelegram, error: AppError) -> Refusal:
    """What Telegram, or nobody in its place, said; `way_around` adds the way on where nobody did."""
    refusal = refusal_of(error)
    if refusal.code == "address":
        return replace(
            refusal,
            words=_("Telegram is asked at %(address)s, the address of “%(name)s”. It stands in its settings.")
            % {"address": bot.api_url, "name": bot.name},
            link=reverse("admin:bots_bot_change", args=[bot.id]),
            link_words=_("Its page and settings"),
        )
    return refusal


def way_around(refusal: Refusal, address: str) -> Refusal:
    """Telegram could not be asked: who knows that the token is good may go on at this address."""
    return replace(
        refusal,
        words=_(
            "Nothing is known to be wrong with the token, and nothing was changed. Try again in a moment; if Telegram "
            "stays away, the token can be replaced without asking."
        ),
        link=address,
        link_words=_("Replace without asking"),
    )


def held_by(request: HttpRequest, bot: BotAtTelegram, holder: Holder | None) -> Refusal | None:
    """Why this bot cannot have a token of that holder; None where it can. Names no bot that one does not see."""
    if holder is None:
        return None
    if holder.id == bot.id:
        return _already() if holder.has_this_token else None
    if may(request, Capability.SEE_FIGURES, holder.id):
        return taken_by(holder, may_replace=may(request, Capability.CHANGE_BOT, holder.id))
    return Refusal(
        "taken",
        _("Another bot of this installation has it"),
        _("It is one that you do not see. One token is one bot: for another one, ask @BotFather."),
    )


def not_replaced(error: AppError) -> Refusal:
    """What came between the answer and the change."""
    return Refusal(error.code, _("The token was not replaced"), error.message or error.code)


def _already() -> Refusal:
    return Refusal(
        "same",
        _("The bot has this very token already"),
        _(
            "Nothing was changed. Telegram gives a new one in @BotFather: send it /revoke and choose the bot; the old "
            "token ends there at once."
        ),
    )
