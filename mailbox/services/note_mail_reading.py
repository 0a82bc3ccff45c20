from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from core.tenancy import in_bot
from events.services.record_event import record_event
from mailbox.shelves import QueueError

READING_REASONS: Final = ("mend", "asked", "crisis")


def note_mail_reading(
    *, bot_id: UUID, row_id: UUID, profile_id: UUID | None, reader_id: int, reason: str
) -> None:
    """Somebody of the staff is going to read what a row of a queue says: that they do, and why, is kept.

    Raises QueueError: `no_reason`.
    """
    if reason not in READING_REASONS:
        raise QueueError("no_reason", _("Say why you read it."))
    with in_bot(bot_id):
        record_event(
            bot_id=bot_id,
            kind="mail.read",
            profile_id=profile_id,
            payload={"by": reader_id, "reason": reason, "row": str(row_id)},
        )
