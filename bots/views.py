"""Whether the bots do what is wanted of them, for monitors."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bots.selectors.bot_health import bot_health
from core.views import for_monitors


@for_monitors
@require_safe
@never_cache
def healthz_bots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """503 while a bot that should run does not hear or has crashed; names bots by their slugs."""
    bots = bot_health(poll_timeout=settings.POLL_TIMEOUT)
    is_well = all(bot.is_well for bot in bots)
    answer = {
        "status": "ok" if is_well else "some bots are not well",
        "bots": [
            {
                "bot": bot.slug,
                "wanted": bot.wanted,
                "state": bot.state,
                "last_poll_at": bot.last_poll_at,
                "ok": bot.is_well,
                "reason": bot.reason,
            }
            for bot in bots
        ],
    }
    return JsonResponse(answer, status=200 if is_well else 503)
