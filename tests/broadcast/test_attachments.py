"""Files that go along: what Telegram would refuse is refused before."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from bots.models import Bot
from broadcast.attachments import MEGABYTE, FitFile, fit_file
from broadcast.contracts import ITSELF
from broadcast.errors import BroadcastError
from broadcast.models import BroadcastFile
from broadcast.services.draft import File, attach_file, detach_file
from core.tenancy import in_bot
from tests.broadcast.campaigns import read, written


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    written_to = io.BytesIO()
    Image.new("RGB", size, "teal").save(written_to, kind)
    return written_to.getvalue()


def fit(kind: str, content: bytes, *, filename: str = "a.bin", content_type: str = "") -> FitFile:
    return fit_file(kind=kind, filename=filename, content_type=content_type, content=content)


MP4 = b"\0\0\0\x18ftypmp42"


@pytest.mark.parametrize(
    ("kind", "content", "content_type"),
    [
        ("photo", picture("PNG"), "image/png"),
        ("photo", picture("JPEG"), "image/jpeg"),
        ("photo", picture("WEBP"), "image/webp"),
        ("photo", picture(size=(20, 1)), "image/png"),
        ("photo", picture(size=(9000, 1000)), "image/png"),
        ("video", MP4, "video/mp4"),
        ("voice", b"OggS and so on", "audio/ogg"),
        ("document", b"anything", "application/octet-stream"),
    ],
)
def test_what_telegram_takes_is_kept_under_its_true_type(
    kind: str, content: bytes, content_type: str
) -> None:
    assert fit(kind, content) == FitFile("a.bin", content_type)


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("sticker", b"x", "no such kind"),
        ("photo", b"", "empty"),
        ("photo", b"this is no picture", "no picture"),
        ("photo", picture()[:40], "no picture"),
        ("photo", picture("GIF"), "JPEG, PNG or WebP"),
        ("photo", picture(size=(21, 1)), "too thin"),
        ("photo", picture(size=(9000, 1001)), "too large"),
        ("photo", b"\xff\xd8\xff" + b"x" * 10 * MEGABYTE, "10 MB is the most"),
        ("document", b"x" * (50 * MEGABYTE + 1), "50 MB is the most"),
        ("video", b"RIFF....AVI ", "no MP4"),
        ("video", b"ft", "no MP4"),
        ("voice", b"ID3 mp3", "OGG"),
    ],
)
def test_what_telegram_does_not_take_is_refused_with_the_reason(kind: str, content: bytes, said: str) -> None:
    with pytest.raises(BroadcastError, match=said) as refused:
        fit(kind, content)
    assert refused.value.code == "broadcast.media"


def test_a_picture_that_unfolds_into_gigabytes_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    for size in ((11, 10), (40, 30)):
        with pytest.raises(BroadcastError, match="no picture"):
            fit("photo", picture(size=size))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\plan.pdf", "plan.pdf"),
        ("", "document"),
        ("/", "document"),
        ("ы" * 300 + ".pdf", "ы" * 116 + ".pdf"),
    ],
)
def test_a_files_name_is_a_name_only(given: str, kept: str) -> None:
    assert fit("document", b"x", filename=given).filename == kept


def test_a_type_that_is_too_long_is_cut() -> None:
    assert len(fit("document", b"x", content_type="a/" + "b" * 100).content_type) == 60


def test_a_file_is_attached_replaced_and_removed(bot: Bot) -> None:
    broadcast = written(bot)

    def attach(kind: str, content: bytes) -> Any:
        with in_bot(bot.id):
            attach_file(
                broadcast_id=broadcast.id, kind=kind, file=File("a.bin", "text/plain", content), by=ITSELF
            )
            return BroadcastFile.objects.get(broadcast_id=broadcast.id)

    first = attach("document", b"one")
    again = attach("document", b"one")
    assert (first.size, bytes(first.content), first.digest) == (3, b"one", again.digest)
    voice = attach("voice", b"OggS")
    assert (read(broadcast).media, voice.content_type) == ("voice", "audio/ogg")
    # The same bytes as another kind are another file of Telegram's.
    assert attach("document", b"OggS").digest != voice.digest
    with in_bot(bot.id):
        with pytest.raises(BroadcastError):
            attach_file(
                broadcast_id=broadcast.id, kind="photo", file=File("a", "image/png", b"no"), by=ITSELF
            )
        detach_file(broadcast_id=broadcast.id, by=ITSELF)
        assert not BroadcastFile.objects.filter(broadcast_id=broadcast.id).exists()
    assert read(broadcast).media == ""
