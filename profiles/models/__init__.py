"""The rows of this room."""

from profiles.models.activity import ActivityLog
from profiles.models.archive import ArchivedActivity
from profiles.models.channel import ChannelPost, LinkedChannel
from profiles.models.consent import Consent
from profiles.models.finding import Finding, FindingKind, FindingOrigin
from profiles.models.profile import Profile
from profiles.models.stream import Stream
from profiles.models.version import ProfileVersion, VersionOrigin

__all__ = [
    "ActivityLog",
    "ArchivedActivity",
    "ChannelPost",
    "Consent",
    "Finding",
    "FindingKind",
    "FindingOrigin",
    "LinkedChannel",
    "Profile",
    "ProfileVersion",
    "Stream",
    "VersionOrigin",
]
