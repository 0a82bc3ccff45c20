from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from mailbox.contracts import MediaFile
from mailbox.models import Media


def media_with(*, bot_id: UUID, digest: str) -> UUID | None:
    """The file that is kept under this digest, if there is one."""
    return Media.objects.for_bot(bot_id).filter(digest=digest).values_list("id", flat=True).first()


def media_of_chat(*, bot_id: UUID, chat_id: int, media_id: UUID) -> MediaFile | None:
    """A file that is about the person of a chat, with its bytes; None for any other, and where they are gone."""
    row = Media.objects.for_bot(bot_id).filter(id=media_id, chat_id=chat_id).first()
    if row is None or not row.content:
        return None
    return MediaFile(
        id=row.id,
        filename=row.filename,
        content_type=row.content_type,
        content=bytes(row.content),
        file_id=row.file_id,
    )


def media_files(*, bot_id: UUID, ids: Collection[UUID]) -> dict[UUID, MediaFile]:
    """Files to be sent; the bytes only of those that Telegram does not have yet."""
    if not ids:
        return {}
    rows = Media.objects.for_bot(bot_id).filter(id__in=ids)
    known = {row.id: row for row in rows.exclude(file_id="").defer("content")}
    fresh = rows.filter(file_id="").exclude(id__in=known)
    return {
        row.id: MediaFile(
            id=row.id,
            filename=row.filename,
            content_type=row.content_type,
            content=b"" if row.id in known else bytes(row.content),
            file_id=row.file_id,
        )
        for row in (*known.values(), *fresh)
    }
