"""The two doors that only lead on."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.views.decorators.http import require_safe

_LOOPBACK = {"127.0.0.1", "localhost", "::1", "0.0.0.0"}  # noqa: S104 - compared, never bound


@require_safe
def sandbox(request: HttpRequest) -> HttpResponse:
    """Lead to the sandbox's chat page, by the host name that was asked here; 404 where there is none."""
    if not settings.SANDBOX_URL:
        message = "there is no sandbox on this installation"
        raise Http404(message)
    parts = urlsplit(settings.SANDBOX_URL)
    if parts.hostname in _LOOPBACK:
        host, _port = split_domain_port(request.get_host())
        return HttpResponseRedirect(f"http://{host}:{parts.port or settings.SANDBOX_PORT}/")
    return HttpResponseRedirect(settings.SANDBOX_URL.rstrip("/") + "/")
