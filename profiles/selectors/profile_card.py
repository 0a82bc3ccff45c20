from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from core.cache import HOUR, PersonShelf, shape_of
from profiles.cards import ProfileCard
from profiles.statements import SQL

_FIELD = f"card:{shape_of(ProfileCard)}"


def profile_card(*, bot_id: UUID, profile_id: UUID) -> ProfileCard | None:
    """A person at a glance; None where there is nobody of that id in this bot. Kept for an hour, never stale."""
    row = _row(bot_id, profile_id, is_whole=False)
    if row is None:
        return None
    if row.card is not None:
        return _card(row.card)
    shelf = PersonShelf(bot_id, profile_id)
    kept = shelf.get(_FIELD, version=row.version)
    if kept is not None:
        return _card(kept)
    # Its version again, too: somebody may have written in between.
    row = _row(bot_id, profile_id, is_whole=True)
    if row is None:
        return None
    shelf.put(_FIELD, row.card, version=row.version, seconds=HOUR)
    return _card(row.card)


def _row(bot_id: UUID, profile_id: UUID, *, is_whole: bool) -> Any | None:
    rows = SQL["profile_card"].rows({"bot_id": bot_id, "profile_id": profile_id, "is_whole": is_whole})
    return rows[0] if rows else None


def _card(said: dict[str, Any]) -> ProfileCard:
    return ProfileCard(
        **{
            **said,
            "id": UUID(said["id"]),
            "consented_at": _moment(said["consented_at"]),
            "last_seen_at": datetime.fromisoformat(said["last_seen_at"]),
            "profile_updated_at": _moment(said["profile_updated_at"]),
            "created_at": datetime.fromisoformat(said["created_at"]),
        }
    )


def _moment(said: str | None) -> datetime | None:
    return None if said is None else datetime.fromisoformat(said)
