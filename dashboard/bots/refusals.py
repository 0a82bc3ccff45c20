"""Why a token was not taken, kindly, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from bots.admin.bot import BY_HAND
from bots.contracts import BotSettings
from bots.selectors.holder_of_token import Holder
from core.errors import AppError
from dashboard.bots.asking import came_instead


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is wrong, what to do, and where that is done; texts are escaped by whoever shows them."""

    code: str
    title: str
    words: str
    link: str = ""
    link_words: str = ""
    # What the other side said, for whoever looks into it.
    detail: str = ""


_MALFORMED: Final = {"bots.token_malformed", "telegram.token_malformed"}


def refusal_of(error: AppError) -> Refusal:
    """What Telegram, or nobody in its place, said."""
    if error.code in _MALFORMED:
        return Refusal(
            "malformed",
            _("This is not a bot's token"),
            _(
                "A token looks like 123456789:AAE…: digits, a colon, then 35 letters and digits. "
                "Copy it whole from @BotFather's message, or paste the message itself."
            ),
        )
    if error.code == "telegram.token_refused":
        return Refusal(
            "refused",
            _("Telegram does not know this token"),
            _(
                "It was mistyped, or revoked since. In @BotFather send /mybots, choose the bot, then “API Token”, "
                "and paste what it shows."
            ),
        )
    if error.code == "telegram.api_url_malformed":
        return Refusal(
            "address",
            _("This is not the address of a Bot API server"),
            _("Telegram's own is https://api.telegram.org; leave it unless you run a server of your own."),
        )
    if error.code == "telegram.not_a_bot_api":
        return Refusal(
            "address",
            _("Something else answers at this address"),
            _("It is no Bot API server: it names no bot. Is the address right?"),
        )
    return Refusal(
        "unreachable",
        _("Telegram could not be asked"),
        _(
            "Nothing is known to be wrong with the token. Try again in a moment; if Telegram stays away, the bot can "
            "be added without asking, and begins once it is reached."
        ),
        reverse("admin:bots_bot_add") + f"?{BY_HAND}=1",
        _("Add without asking"),
        came_instead(error),
    )


def refusal_about(bot: BotSettings, error: AppError) -> Refusal:
    """What Telegram, or nobody in its place, said of a bot that is here: nothing is pasted or added."""
    refusal = replace(refusal_of(error), link="", link_words="")
    if refusal.code == "unreachable":
        return replace(
            refusal,
            words=_(
                "Nothing is known to be wrong with its token, and nothing was changed. Try again in a moment."
            ),
        )
    if refusal.code == "address":
        return replace(
            refusal,
            words=_("Telegram is asked at %(address)s, the address of “%(name)s”. It stands in its settings.")
            % {"address": bot.api_url, "name": bot.name},
        )
    return replace(
        refusal,
        words=_(
            "The token of “%(name)s” was revoked, or never was right. Copy the present one from @BotFather "
            "(/mybots, the bot, “API Token”), then press “Replace token”."
        )
        % {"name": bot.name},
        link=reverse("bot-token:page", args=[bot.id]),
        link_words=_("Replace token"),
    )


def unopened() -> Refusal:
    """The token of a bot that is here cannot be read, so nobody was asked."""
    return Refusal(
        "unopened",
        _("Telegram was not asked"),
        _(
            "The token was written with a key that is no longer among ENCRYPTION_KEYS. Put that key back on the list, "
            "or press “Replace token”."
        ),
    )


def taken_by(holder: Holder, *, may_replace: bool) -> Refusal:
    """The bot is here already, under this token or an older one, which `may_replace` allows to be replaced."""
    page = reverse("admin:bots_bot_change", args=[holder.id])
    if holder.has_this_token:
        return Refusal(
            "taken",
            _("This bot is here already"),
            _(
                "The token belongs to “%(name)s” (%(slug)s). One token is one bot: for another one, ask @BotFather."
            )
            % {"name": holder.name, "slug": holder.slug},
            page,
            _("Open it"),
        )
    return Refusal(
        "renewed",
        _("This is a new token of a bot that is here"),
        _(
            "In Telegram it is the same bot as “%(name)s” (%(slug)s). Replace its token there; nothing is lost."
        )
        % {"name": holder.name, "slug": holder.slug},
        reverse("bot-token:page", args=[holder.id]) if may_replace else page,
        _("Replace its token") if may_replace else _("Open it"),
    )


def forgotten() -> Refusal:
    """The session no longer holds what was begun."""
    return Refusal(
        "forgotten",
        _("This took longer than an hour"),
        _("The token was forgotten meanwhile, to be on the safe side. Paste it once more."),
    )
