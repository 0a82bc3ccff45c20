from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from core.cache import HOUR, PersonShelf, shape_of
from sessions_app.contracts import OpenSession
from sessions_app.statements import SQL

_SHAPE = shape_of(OpenSession)


def open_session_of(*, bot_id: UUID, chat_id: int) -> OpenSession | None:
    """The session that a chat is in, if any. Kept for an hour, never stale."""
    row = _row(bot_id, chat_id, is_whole=False)
    if row is None:
        return None
    if row.session is not None:
        return _session(row.session)
    field = f"session:{chat_id}:{_SHAPE}"
    kept = PersonShelf(bot_id, row.profile_id).get(field, version=row.version)
    if kept is not None:
        return _session(kept)
    # Its version again, too: somebody may have written in between, or opened another.
    row = _row(bot_id, chat_id, is_whole=True)
    if row is None:
        return None
    PersonShelf(bot_id, row.profile_id).put(field, row.session, version=row.version, seconds=HOUR)
    return _session(row.session)


def _row(bot_id: UUID, chat_id: int, *, is_whole: bool) -> Any | None:
    rows = SQL["open_session"].rows({"bot_id": bot_id, "chat_id": chat_id, "is_whole": is_whole})
    return rows[0] if rows else None


def _session(said: dict[str, Any]) -> OpenSession:
    return OpenSession(
        **{**said, "id": UUID(said["id"]), "started_at": datetime.fromisoformat(said["started_at"])}
    )
