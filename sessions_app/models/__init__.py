"""The rows of this room."""

from sessions_app.models.conversation import Conversation
from sessions_app.models.message import Message, Role
from sessions_app.models.session import Session, SessionKind, SessionState

__all__ = ["Conversation", "Message", "Role", "Session", "SessionKind", "SessionState"]
