from __future__ import annotations

import pytest

from bots.models import Bot, BotPicture
from bots.services.delete_bot import delete_bot
from bots.services.keep_picture import LARGEST, keep_picture, picture_type

pytestmark = pytest.mark.usefixtures("as_staff")

JPEG = b"\xff\xd8\xff\xe0 jpeg"
PNG = b"\x89PNG\r\n\x1a\n png"
WEBP = b"RIFF\x00\x00\x00\x00WEBP webp"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (WEBP, "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"<svg onload=alert(1)>", None),
        (b"GIF89a", None),
        (b"", None),
        (JPEG + b"x" * LARGEST, None),
    ],
)
def test_a_picture_is_what_its_bytes_say(content: bytes, kind: str | None) -> None:
    assert picture_type(content) == kind


def test_the_newest_picture_is_kept_and_one_that_is_gone_is_not(bot: Bot, other_bot: Bot) -> None:
    keep_picture(bot_id=other_bot.id, content=PNG)
    assert keep_picture(bot_id=bot.id, content=JPEG) is True
    assert keep_picture(bot_id=bot.id, content=WEBP) is True
    kept = BotPicture.objects.get(bot=bot)
    assert (bytes(kept.content), kept.content_type) == (WEBP, "image/webp")
    assert str(kept) == f"{bot.id}: image/webp"

    assert keep_picture(bot_id=bot.id, content=None) is False
    assert list(BotPicture.objects.filter(bot__in=[bot, other_bot]).values_list("bot_id")) == [
        (other_bot.id,)
    ]
    keep_picture(bot_id=bot.id, content=PNG)
    assert keep_picture(bot_id=bot.id, content=b"<html>") is False
    assert not BotPicture.objects.filter(bot=bot).exists()


def test_a_bots_picture_goes_with_it(bot: Bot) -> None:
    keep_picture(bot_id=bot.id, content=JPEG)
    delete_bot(bot_id=bot.id)
    assert not BotPicture.objects.filter(bot_id=bot.id).exists()
