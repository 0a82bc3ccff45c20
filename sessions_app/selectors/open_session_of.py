from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from core.cache import HOUR, PersonShelf
from sessions_app.contracts import OpenSession
from sessions_app.statements import SQL


def open_session_of(*, bot_id: UUID, chat_id: int) -> OpenSession | None:
    """The session that a chat is in, if any. Kept for an hour, never stale."""
    row = _row(bot_id, chat_id, is_whole=False)
    if row is None:
        return None
    if row.session is not None:
        return _session(row.session)
    kept = PersonShelf(bot_id, row.profile_id).get(_field(chat_id), version=row.version)
    session = _kept_session(kept)
    if session is not None:
        return session
    # Its version again, too: somebody may have written in between, or opened another.
    row = _row(bot_id, chat_id, is_whole=True)
    if row is None:
        return None
    shelf = PersonShelf(bot_id, row.profile_id)
    shelf.put(_field(chat_id), row.session, version=row.version, seconds=HOUR)
    return _session(row.session)


def _row(bot_id: UUID, chat_id: int, *, is_whole: bool) -> Any | None:
    rows = SQL["open_session"].rows({"bot_id": bot_id, "chat_id": chat_id, "is_whole": is_whole})
    return rows[0] if rows else None


def _field(chat_id: int) -> str:
    return f"session:{chat_id}"


def _kept_session(kept: Any) -> OpenSession | None:
    try:
        return None if kept is None else _session(kept)
    except (KeyError, TypeError, ValueError):
        # Kept by another release, whose sessions had other fields.
        return None


def _session(said: dict[str, Any]) -> OpenSession:
    return OpenSession(
        **{**said, "id": UUID(said["id"]), "started_at": datetime.fromisoformat(said["started_at"])}
    )
