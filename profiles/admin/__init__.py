"""People, what they did, and streams, as staff see them."""

from profiles.admin.activity import ActivityAdmin
from profiles.admin.people import ProfileAdmin
from profiles.admin.streams import StreamAdmin

__all__ = ["ActivityAdmin", "ProfileAdmin", "StreamAdmin"]
