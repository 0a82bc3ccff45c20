"""The rows of this room."""

from sessions_app.models.conversation import Conversation
from sessions_app.models.inbox import Draft, InboxItem, InboxNote, InboxRead, Mode, Need, SavedReply
from sessions_app.models.message import Message, Role
from sessions_app.models.session import Session, SessionKind, SessionState

__all__ = [
    "Conversation",
    "Draft",
    "InboxItem",
    "InboxNote",
    "InboxRead",
    "Message",
    "Mode",
    "Need",
    "Role",
    "SavedReply",
    "Session",
    "SessionKind",
    "SessionState",
]
