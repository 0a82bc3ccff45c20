"""The rows of this room."""

from mailbox.models.buried import BuriedUpdate
from mailbox.models.inbound import InboundOutcome, InboundUpdate
from mailbox.models.media import Media
from mailbox.models.outbound import OutboundMessage, OutboundState, Priority

__all__ = [
    "BuriedUpdate",
    "InboundOutcome",
    "InboundUpdate",
    "Media",
    "OutboundMessage",
    "OutboundState",
    "Priority",
]
