"""Where pages about bots lead to."""

from __future__ import annotations

from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings
from django.urls import reverse

from bots.models import Bot

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def talk_address(bot: Bot) -> str:
    """Where one talks with the bot: in Telegram, or on the sandbox's page; "" where nobody knows its name yet."""
    if not bot.username:
        return ""
    if is_on_sandbox(bot.api_url):
        # The chat page reads the bot's name there; browsers keep it when they are led on.
        return f"{reverse('sandbox')}#{quote(bot.username)}"
    return f"https://t.me/{quote(bot.username)}"


def is_on_sandbox(api_url: str) -> bool:
    """Whether this is the address of the sandbox on this machine, by whichever of its names."""
    if not settings.SANDBOX_URL:
        return False
    there, ours = urlsplit(api_url), urlsplit(settings.SANDBOX_URL)
    is_same_host = there.hostname == ours.hostname or {there.hostname, ours.hostname} <= _LOOPBACK
    return is_same_host and _port(there) == _port(ours)


def _port(address: SplitResult) -> int | None:
    try:
        return address.port
    except ValueError:
        return None
