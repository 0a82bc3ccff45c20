"""The door to the platform."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from profiles.platform import read_token
from profiles.services.count_visit import address_of, count_visit

# Who looks at a link to show what it is, and not for anybody.
_PREVIEWS = re.compile(
    r"bot\b|crawler|spider|preview|facebookexternalhit|whatsapp|slack|skype|vkshare", re.IGNORECASE
)


@require_safe
def go(request: HttpRequest, token: str) -> HttpResponse:
    """Count the visit of the person whose link it is, and lead them on."""
    visit = read_token(token)
    if visit is None:
        raise Http404
    if request.method == "GET" and not _PREVIEWS.search(request.headers.get("User-Agent", "")):
        count_visit(visit=visit)
    address = address_of(bot_id=visit.bot_id, stream=visit.stream)
    answer = HttpResponseRedirect(address) if address else render(request, "profiles/no_platform.html")
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
