"""The shape of a bot's token, and what staff may see of it."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from bots.errors import BotError

# Telegram gives 35 characters after the colon; other Bot API servers hand out shorter ones.
_SHAPE = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,256}", re.ASCII)


def clean_token(raw: str) -> str:
    """The token without what copying adds around it. Raises BotError `bots.token_malformed`."""
    token = raw.strip().strip("\"'").strip()
    if not _SHAPE.fullmatch(token):
        raise BotError(
            "token_malformed",
            _(
                "This is not a bot token. BotFather's look like 123456789:AAE…: digits, a colon, then letters."
            ),
        )
    return token


def token_hint(token: str) -> str:
    """Enough of a token to tell two apart, too little to use it."""
    number, _, secret = token.partition(":")
    return f"{number}:…{_ending(secret)}"


def token_number(token: str) -> int:
    """Whose token, or hint of one, it is: Telegram begins each with the bot's own id. 0 where no number is."""
    number = token.partition(":")[0]
    return int(number) if number.isdecimal() else 0


def key_hint(key: str) -> str:
    """Enough of a model's key to tell two apart; "" where there is no key."""
    return f"…{_ending(key)}" if key else ""


def _ending(secret: str) -> str:
    return secret[-4:] if len(secret) >= 16 else ""
