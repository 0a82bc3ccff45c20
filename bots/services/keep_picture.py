from __future__ import annotations

from typing import Final
from uuid import UUID

from bots.models import BotPicture, PictureType
from core.clock import clock

LARGEST: Final = 256 * 1024


def keep_picture(*, bot_id: UUID, content: bytes | None) -> bool:
    """Keep what a bot looks like now; None, or what is no picture, is no picture. Tells whether there is one."""
    kind = picture_type(content or b"")
    if content is None or kind is None:
        BotPicture.objects.filter(bot_id=bot_id).delete()
        return False
    BotPicture.objects.update_or_create(
        bot_id=bot_id,
        defaults={"content": content, "content_type": kind, "taken_at": clock.now()},
    )
    return True


def picture_type(content: bytes) -> PictureType | None:
    """What kind of picture these bytes are, whatever anybody says of them; None for none, or a large one."""
    if len(content) > LARGEST:
        return None
    if content.startswith(b"\xff\xd8\xff"):
        return PictureType.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PictureType.PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return PictureType.WEBP
    return None
