"""The figures of a share: they change with the rows that they count, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db.models import F

from broadcast.models import BroadcastShare
from broadcast.states import RecipientState

# Those that wait are what remains.
COUNTED: Final = (
    *(state.value for state in RecipientState if state != RecipientState.WAITING),
    "replied",
    "clicked",
    "deleted",
)


def count_in(bot_id: UUID, broadcast_id: UUID, changes: Mapping[str, int], **others: object) -> None:
    """Add to the figures of a share by state, and set the `others`."""
    by_state = {state: F(state) + changes[state] for state in COUNTED if changes.get(state)}
    if by_state or others:
        BroadcastShare.objects.for_bot(bot_id).filter(broadcast_id=broadcast_id).update(**by_state, **others)
