"""People and streams, as staff see them."""

from profiles.admin.people import ProfileAdmin
from profiles.admin.streams import StreamAdmin

__all__ = ["ProfileAdmin", "StreamAdmin"]
