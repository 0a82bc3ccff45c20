"""The first page after logging in: how the bots are."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from bots.admin.alert import waiting_alerts
from bots.admin.base import is_superuser
from bots.admin.bot import state_badge
from bots.admin.faces import NOTHING, ago, short
from bots.selectors.bot_health import bot_health
from bots.selectors.bot_overviews import bot_overviews
from core.tenancy import figure_bots

# Whoever has more looks at the list of bots, where what is not well can be filtered.
_MOST = 12


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the page shows of the bots that this person may see, those that are not well first."""
    seen = set(figure_bots() or ())
    reasons = {bot.slug: bot.reason for bot in bot_health(poll_timeout=settings.POLL_TIMEOUT)}
    bots = [bot for bot in bot_overviews() if bot.id in seen]
    bots.sort(key=lambda bot: (not reasons.get(bot.slug), bot.wanted != "running", bot.name.lower()))
    unwell = sum(bool(reasons.get(bot.slug)) for bot in bots)
    wanted = sum(bot.wanted == "running" for bot in bots)
    context |= {
        "title": _("Home"),
        "waiting_alerts": waiting_alerts(request),
        "bot_counts": [
            {"label": _("Running well"), "value": wanted - unwell},
            {"label": _("Not well"), "value": unwell, "is_alarming": unwell > 0},
            {"label": _("Paused or stopped"), "value": len(bots) - wanted},
        ],
        "bot_table": {
            "headers": [_("Bot"), _("State"), _("Last poll"), _("Last update"), _("What is wrong")],
            "rows": [
                [
                    _link(bot.name, reverse("admin:bots_bot_change", args=[bot.id])),
                    state_badge(bot.state),
                    ago(bot.last_poll_at),
                    ago(bot.last_update_at),
                    short(bot.error or reasons.get(bot.slug, "")) or NOTHING,
                ]
                for bot in bots[:_MOST]
            ],
        },
        "more_bots": max(0, len(bots) - _MOST),
        "may_add_bot": is_superuser(request),
        "has_sandbox": bool(settings.SANDBOX_URL),
    }
    return context


def _link(words: str, to: str) -> str:
    return format_html(
        '<a class="font-semibold text-primary-600 dark:text-primary-500" href="{}">{}</a>', to, words
    )
