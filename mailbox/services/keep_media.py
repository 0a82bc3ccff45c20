from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from core.clock import clock
from core.ids import new_id
from mailbox.models import Media


def keep_media(
    *,
    bot_id: UUID,
    digest: str,
    filename: str,
    content_type: str,
    content: bytes,
    chat_id: int | None = None,
) -> UUID:
    """Keep a file that is going to be sent, once per digest; its id. `chat_id` is the person that it is about."""
    now = clock.now()
    Media.objects.bulk_create(
        [
            Media(
                id=new_id(),
                bot_id=bot_id,
                digest=digest,
                filename=filename,
                content_type=content_type,
                content=content,
                chat_id=chat_id,
                created_at=now,
                used_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    known = Media.objects.for_bot(bot_id).filter(digest=digest)
    # One that is used again is not trimmed meanwhile.
    known.update(used_at=now)
    kept: UUID = known.values_list("id", flat=True).get()
    return kept


def note_file_ids(*, bot_id: UUID, file_ids: Mapping[UUID, str]) -> None:
    """Telegram has these files now, under these ids; "" where it knows its own id no longer."""
    for media_id, file_id in file_ids.items():
        Media.objects.for_bot(bot_id).filter(id=media_id).update(file_id=file_id, used_at=clock.now())
