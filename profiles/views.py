"""The door to the platform."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.tenancy import in_bot
from profiles.contracts import PlatformTarget
from profiles.platform import read_token
from profiles.selectors.platform_target import platform_target
from profiles.services.count_visit import count_visit
from profiles.visitors import is_somebody


@require_safe
def go(request: HttpRequest, token: str) -> HttpResponse:
    """Count the visit of the person whose link it is, and lead them on; 404 for a link that we did not make."""
    visit = read_token(token)
    target: PlatformTarget | None = None
    if visit is not None:
        with in_bot(visit.bot_id):
            target = platform_target(bot_id=visit.bot_id, profile_id=visit.profile_id, stream=visit.stream)
            if target is not None and is_somebody(request):
                count_visit(bot_id=visit.bot_id, profile_id=visit.profile_id, stream=visit.stream)
    answer = _answer(request, target)
    # Each visit comes here, and whoever is visited is not told whose it was.
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _answer(request: HttpRequest, target: PlatformTarget | None) -> HttpResponse:
    if target is not None and target.url:
        return HttpResponseRedirect(target.url)
    language = target.language if target is not None else request.LANGUAGE_CODE
    return render(
        request,
        "profiles/no_platform.html",
        {"is_russian": language.startswith("ru"), "is_known": target is not None},
        status=404 if target is None else 200,
    )
