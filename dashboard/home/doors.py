"""Where the first page leads to."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse


def inbox_list(**query: str) -> str:
    """The inbox, narrowed by what is not empty."""
    asked = urlencode({name: value for name, value in query.items() if value})
    return reverse("inbox:list") + (f"?{asked}" if asked else "")


def conversation(bot_id: UUID, conversation_id: UUID) -> str:
    return reverse("inbox:conversation", args=[bot_id, conversation_id])


def bot_page(bot_id: UUID) -> str:
    return reverse("admin:bots_bot_change", args=[bot_id])


def home(slug: str = "") -> str:
    """This page, for all bots or for one."""
    return reverse("admin:index") + (f"?{urlencode({'bot': slug})}" if slug else "")


def fragment(slug: str = "") -> str:
    """What of it is fetched again and again."""
    return reverse("home:live") + (f"?{urlencode({'bot': slug})}" if slug else "")
