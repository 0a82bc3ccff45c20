"""Web requests see the rows of the bots that the member of staff may see, and nothing where nobody is logged in."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from bots.selectors.visible_bot_ids import visible_bot_ids
from core.tenancy import in_bots


class VisibleBotsMiddleware:
    """One transaction around the view and the rendering of its response, undone when the response is a 5xx.

    ATOMIC_REQUESTS would end before lazy template responses render: the admin would show no rows and no error.
    Streams and async views open their own scope.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if not (user.is_authenticated and user.is_staff):
            return self._get_response(request)
        with in_bots(visible_bot_ids(user=user)):
            response = self._get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response
