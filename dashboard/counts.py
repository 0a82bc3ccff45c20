"""The figure beside the inbox in the sidebar."""

from __future__ import annotations

from django.http import HttpRequest

from dashboard.permissions import readable_bots
from sessions_app.selectors.waiting_conversations import waiting_conversations

_MOST = 100


def needing_humans(request: HttpRequest) -> int | str:
    """How many conversations of the person's bots need a human now, 0 for none."""
    count = waiting_conversations(bot_ids=readable_bots(request), most=_MOST)
    return count if count < _MOST else f"{_MOST - 1}+"
