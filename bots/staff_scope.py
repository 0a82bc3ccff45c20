"""The scope of somebody of the staff, for views that open it themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from bots.selectors.visible_bot_ids import figure_bot_ids, visible_bot_ids
from bots.sign_in import address_in
from core.actor import acting
from core.tenancy import in_bots


@contextmanager
def staff_scope(request: HttpRequest) -> Iterator[None]:
    """Everything inside is done as who makes the request, and sees the bots that they may see; one transaction."""
    user: Any = request.user
    seen = in_bots(
        visible_bot_ids(user=user),
        figures=figure_bot_ids(user=user),
        # A service that is handed another bot's id reaches nothing. Superusers make bots and go on with them.
        is_ceiling=not user.is_superuser,
    )
    with acting(user_id=user.pk, address=address_of(request) or ""), seen:
        yield


def address_of(request: HttpRequest) -> str | None:
    """Where the request comes from."""
    return address_in(request.META, is_behind_proxy=settings.SECURE_PROXY_SSL_HEADER is not None)
