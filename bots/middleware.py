"""Web requests see the rows of the bots that the member of staff may see, and nothing where nobody is logged in."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from bots.selectors.visible_bot_ids import figure_bot_ids, visible_bot_ids
from core.tenancy import in_bots


class VisibleBotsMiddleware:
    """One transaction around the view and the rendering of its response, undone when the response is a 5xx.

    ATOMIC_REQUESTS would end before lazy template responses render: the admin would show no rows and no error.
    Streams and async views open their own scope.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._open_doors = [re.compile(each) for each in settings.OPEN_DOORS]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if not (user.is_authenticated and user.is_staff) or self._is_open(request):
            return self._get_response(request)
        seen = in_bots(
            visible_bot_ids(user=user),
            figures=figure_bot_ids(user=user),
            # A service that is handed another bot's id reaches nothing. Superusers make bots and go on with them.
            is_ceiling=not user.is_superuser,
        )
        with seen:
            response = self._get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def _is_open(self, request: HttpRequest) -> bool:
        path = request.path_info.removeprefix("/")
        return any(each.search(path) for each in self._open_doors)
