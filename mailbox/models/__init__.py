"""The rows of this room."""

from mailbox.models.buried import BuriedUpdate
from mailbox.models.clearing import Clearing, ClearingState
from mailbox.models.inbound import InboundOutcome, InboundUpdate
from mailbox.models.media import Media
from mailbox.models.outbound import OutboundMessage, OutboundState, Priority

__all__ = [
    "BuriedUpdate",
    "Clearing",
    "ClearingState",
    "InboundOutcome",
    "InboundUpdate",
    "Media",
    "OutboundMessage",
    "OutboundState",
    "Priority",
]
