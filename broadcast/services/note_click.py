from __future__ import annotations

from uuid import UUID

from broadcast.content import Button, ContentError, from_json
from broadcast.contracts import Pressed
from broadcast.figures import count_in
from broadcast.models import Broadcast, Recipient
from broadcast.services.attribute_replies import ATTRIBUTED
from core.clock import clock


def note_click(*, bot_id: UUID, recipient_id: UUID, button: int, counts: bool = True) -> Pressed | None:
    """Note that a recipient pressed a button of a broadcast, and tell what it is; None for one that is not there.

    A press is counted once a recipient, and within 72 hours of the message. `counts` is False for programs that only
    look where a link leads.
    """
    recipient = Recipient.objects.for_bot(bot_id).filter(id=recipient_id).first()
    if recipient is None:
        return None
    broadcast = Broadcast.objects.filter(id=recipient.broadcast_id).first()
    pressed = broadcast and _pressed(broadcast, recipient, button)
    if not pressed:
        return None
    now = clock.now()
    is_in_time = recipient.sent_at is None or now - recipient.sent_at < ATTRIBUTED
    if counts and is_in_time and recipient.clicked_at is None:
        first = Recipient.objects.for_bot(bot_id).filter(id=recipient_id, clicked_at__isnull=True)
        if first.update(clicked_at=now):
            count_in(bot_id, recipient.broadcast_id, {"clicked": 1})
    return pressed


def _pressed(broadcast: Broadcast, recipient: Recipient, number: int) -> Pressed | None:
    try:
        content = from_json(broadcast.content)
        _, wording = content.wording_for(recipient.variant or 0, recipient.language)
    except (ContentError, LookupError):
        return None
    buttons: list[Button] = [each for row in wording.buttons for each in row]
    if number >= len(buttons):
        return None
    button = buttons[number]
    return Pressed(url=button.url, said=button.say or button.label)
