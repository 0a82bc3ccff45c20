"""The door behind the buttons of broadcasts."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from broadcast.links import read_link
from broadcast.services.note_click import note_click
from core.tenancy import in_bot
from profiles.visitors import is_somebody


@require_safe
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Count that a recipient followed a link, and lead them on; 404 for a link that we did not make."""
    link = read_link(token)
    if link is None:
        raise Http404
    bot_id, recipient_id, button = link
    with in_bot(bot_id):
        pressed = note_click(
            bot_id=bot_id, recipient_id=recipient_id, button=button, counts=is_somebody(request)
        )
    if pressed is None or not pressed.url:
        raise Http404
    answer = HttpResponseRedirect(pressed.url)
    # Each press comes here, and whoever is visited is not told whose it was.
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
