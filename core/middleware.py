"""What every response of the web process carries."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from core.csp import own_policy, shell_policy

_HEADER = "Content-Security-Policy"


class Nonce:
    """A value that this response alone lets through, made when a template writes it: `{{ request.csp_nonce }}`."""

    def __init__(self) -> None:
        self.value = ""

    def __str__(self) -> str:
        self.value = self.value or secrets.token_urlsafe(18)
        return self.value


class ContentSecurityPolicyMiddleware:
    """The policy of each response, unless its view has written one of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        nonce = Nonce()
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self._get_response(request)
        if _HEADER in response or (settings.DEBUG and response.status_code >= 400):
            # Django's pages for developers are full of scripts.
            return response
        if not request.path.startswith(settings.SHELL_PATH):
            response[_HEADER] = own_policy(nonce.value)
        else:
            is_page = isinstance(response, HttpResponse) and response.get("Content-Type", "").startswith(
                "text/html"
            )
            page: bytes = response.content if is_page else b""  # type: ignore[attr-defined]
            is_own = settings.SHELL_OWN_PATHS.fullmatch(request.path) is not None
            response[_HEADER] = shell_policy(page, nonce.value, is_own=is_own)
        return response
