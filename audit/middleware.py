"""Writes down what members of staff were refused."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from audit.services.note_refusal import note_refusal
from bots.sign_in import address_in

# The ids of rows, and the numbers of accounts.
_ID = re.compile(
    r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|(?<=/)[0-9]{1,19}(?=/)",
    re.IGNORECASE,
)
_REFUSALS = frozenset({403, 404})


class RefusalsMiddleware:
    """Whoever puts another id into an address or a form is told that there is nothing, and it is written down."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        user = getattr(request, "user", None)
        if response.status_code in _REFUSALS and user is not None and user.is_authenticated:
            in_path = _ID.findall(request.path_info)
            # Of a form, whoever read it says which id it was; in an address the last one is what was asked for.
            asked: str = getattr(request, "refused", "") or (in_path[-1] if in_path else "")
            if asked:
                is_behind_proxy = settings.SECURE_PROXY_SSL_HEADER is not None
                note_refusal(
                    user_id=user.id,
                    address=address_in(request.META, is_behind_proxy=is_behind_proxy) or "",
                    path=_ID.sub("…", request.path_info),
                    row_id=asked,
                    status=response.status_code,
                )
        return response
