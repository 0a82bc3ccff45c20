"""The rows of this room."""

from broadcast.models.broadcast import Broadcast
from broadcast.models.change import BroadcastChange
from broadcast.models.file import BroadcastFile
from broadcast.models.recipient import Recipient
from broadcast.models.segment import Segment
from broadcast.models.share import BroadcastShare

__all__ = ["Broadcast", "BroadcastChange", "BroadcastFile", "BroadcastShare", "Recipient", "Segment"]
