from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import F

from core.clock import clock
from core.sql import notify
from mailbox.models import OutboundMessage, OutboundState, Priority
from mailbox.services.post import CHANNEL
from profiles.selectors.blocked_chats import blocked_chats


def send_again(*, ids: Collection[UUID]) -> int:
    """Put messages that were not delivered back into their queue; how many could be.

    In the bots of the current scope, and only answers and what an operator wrote: what a bot says by itself has its
    limits looked at anew each time it wants to, and a broadcast is decided in its ledger. Whoever was blocked since
    hears nothing, and of a farewell nothing was kept.
    """
    lost = OutboundMessage.objects.filter(
        id__in=ids,
        settled_at__isnull=False,
        state__in=[OutboundState.FAILED, OutboundState.UNKNOWN],
        is_farewell=False,
        priority__lt=Priority.PROACTIVE,
    )
    chats: dict[UUID, set[int]] = defaultdict(set)
    for bot_id, chat_id in lost.values_list("bot_id", "chat_id"):
        chats[bot_id].add(chat_id)
    count = 0
    for bot_id, those in chats.items():
        blocked = blocked_chats(bot_id=bot_id, telegram_ids=those)
        found = lost.filter(bot_id=bot_id).exclude(chat_id__in=blocked)
        count += found.update(
            state=OutboundState.PENDING,
            settled_at=None,
            error="",
            attempts=0,
            epoch=0,
            # A second time that nobody knows the end of is for a person to decide again.
            resends=F("resends") + 1,
            not_before=clock.now(),
            # Somebody has decided that it is said now, however late.
            not_after=None,
        )
        notify(CHANNEL, str(bot_id))
    return count
