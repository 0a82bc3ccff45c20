from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from core.clock import clock
from mailbox.contracts import JOB_LANES
from mailbox.models import InboundOutcome, InboundUpdate, Media, OutboundMessage


def erase_mail(*, bot_id: UUID, telegram_id: int, keep_open: bool = False, unheard: bool = False) -> None:
    """Remove a person from both queues. `keep_open` leaves what still has to be sent, which is a farewell.

    What was heard stays as an empty row, so that Telegram's repetition of an update is still known as one.
    `unheard` takes what waits for an answer too: a bot that stands still would keep it for ever, and a turn
    that is under way finds that its update is no longer in hand, and ends without a word.
    """
    heard = InboundUpdate.objects.for_bot(bot_id).filter(Q(user_id=telegram_id) | Q(lane=telegram_id))
    # Work of our own about somebody who is gone is nobody's any more.
    heard.filter(settled_at__isnull=True, lane__gte=JOB_LANES).update(
        settled_at=clock.now(), outcome=InboundOutcome.DONE
    )
    if unheard:
        heard.filter(settled_at__isnull=True).update(settled_at=clock.now(), outcome=InboundOutcome.DONE)
    heard.filter(settled_at__isnull=False).update(payload=b"", user_id=None, lane=0, reason="")
    said = OutboundMessage.objects.for_bot(bot_id).filter(chat_id=telegram_id)
    if keep_open:
        said = said.filter(settled_at__isnull=False)
    said.delete()
    Media.objects.for_bot(bot_id).filter(chat_id=telegram_id).delete()
