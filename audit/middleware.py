"""Writes down what members of staff were refused."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from audit.services.note_refusal import note_refusal

_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_REFUSALS = frozenset({403, 404})


class RefusalsMiddleware:
    """Whoever puts another id into an address is told that there is nothing, and it is written down."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        user = getattr(request, "user", None)
        if response.status_code in _REFUSALS and user is not None and user.is_authenticated:
            found = _ID.search(request.path_info)
            if found is not None:
                note_refusal(
                    user_id=user.id,
                    address=str(request.META.get("REMOTE_ADDR") or ""),
                    path=_ID.sub("…", request.path_info),
                    row_id=found[0],
                )
        return response
