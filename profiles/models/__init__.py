"""The rows of this room."""

from profiles.models.activity import ActivityLog
from profiles.models.consent import Consent
from profiles.models.profile import Profile

__all__ = ["ActivityLog", "Consent", "Profile"]
