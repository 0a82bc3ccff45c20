"""Where the pages of the queues lead to."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from mailbox.shelves import Act, Shelf


def board() -> str:
    return reverse("queues:board")


def shelf(bot_id: UUID, which: Shelf, **query: object) -> str:
    """A bot's shelf, narrowed by what is not empty."""
    return _asked(reverse("queues:shelf", args=[bot_id, which.value]), query)


def shelf_live(bot_id: UUID, which: Shelf, **query: object) -> str:
    return _asked(reverse("queues:shelf-live", args=[bot_id, which.value]), query)


def row(bot_id: UUID, which: Shelf, row_id: UUID) -> str:
    return reverse("queues:row", args=[bot_id, which.value, row_id])


def reading(bot_id: UUID, which: Shelf, row_id: UUID) -> str:
    return reverse("queues:read", args=[bot_id, which.value, row_id])


def doing(bot_id: UUID, which: Shelf, act: Act) -> str:
    return reverse("queues:do", args=[bot_id, which.value, act.value])


def person(profile_id: UUID) -> str:
    return reverse("admin:profiles_profile_change", args=[profile_id])


def _asked(address: str, query: dict[str, object]) -> str:
    asked = urlencode({name: value for name, value in query.items() if value})
    return f"{address}?{asked}" if asked else address
