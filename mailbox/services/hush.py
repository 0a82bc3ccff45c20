from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from core.clock import clock
from mailbox.models import InboundOutcome, InboundUpdate, OutboundMessage, OutboundState, Priority


def hush(*, bot_id: UUID, telegram_id: int) -> None:
    """Say nothing more to a person: what waits to be answered is settled, what waits to be said is taken back.

    A turn that is under way finds that its update is no longer in hand, and ends without a word. What goes to many
    stays as a row that failed, for those who keep the books of it.
    """
    heard = InboundUpdate.objects.for_bot(bot_id).filter(Q(user_id=telegram_id) | Q(lane=telegram_id))
    heard.filter(settled_at__isnull=True).update(
        settled_at=clock.now(), outcome=InboundOutcome.DONE, payload=b""
    )
    waiting = OutboundMessage.objects.for_bot(bot_id).filter(
        chat_id=telegram_id, state=OutboundState.PENDING, settled_at__isnull=True
    )
    to_many = waiting.filter(priority=Priority.BROADCAST).exclude(method="deleteMessage")
    to_many.update(state=OutboundState.FAILED, error="taken back", settled_at=clock.now())
    waiting.exclude(priority=Priority.BROADCAST).delete()
