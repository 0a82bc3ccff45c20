"""From a raw update to a row of the inbox. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from mailbox.contracts import Arrival
from runtime.ingest.peek import peek
from telegram_client.contracts import RawUpdate

# One update may not fill the database: Telegram's own are a hundred times smaller.
LARGEST_PAYLOAD = 4 * 1024 * 1024


def arrival_of(update: RawUpdate, *, now: datetime, burst_wait: float) -> Arrival:
    """The row for an update as it was heard; what can only be buried says why."""
    seen = peek(update.value)
    may_wait = (seen.is_text or seen.is_album) and seen.is_private
    reason = ""
    if update.value is None:
        reason = "not JSON that can be read"
    elif not isinstance(update.value, dict):
        reason = "not an object"
    elif update.update_id is None:
        reason = "no update_id"
    elif len(update.payload) > LARGEST_PAYLOAD:
        reason = "larger than 4 MB"
    return Arrival(
        update_id=update.update_id,
        kind=seen.kind[:40],
        lane=seen.lane,
        user_id=seen.user_id,
        may_wait=may_wait,
        payload=update.payload if len(update.payload) <= LARGEST_PAYLOAD else b"",
        due_at=now + timedelta(seconds=burst_wait) if may_wait else now,
        reason=reason,
    )
