"""The rows of this room."""

from mailbox.models.inbound import InboundState, InboundUpdate
from mailbox.models.outbound import OutboundMessage, OutboundState, Priority

__all__ = ["InboundState", "InboundUpdate", "OutboundMessage", "OutboundState", "Priority"]
