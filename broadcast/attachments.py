"""Files that go along with a broadcast: what Telegram takes. Pure but for looking into pictures."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from broadcast.errors import BroadcastError
from core.numbers import decimal

MEGABYTE: Final = 2**20
# What a bot may upload: 10 MB for a photo, 50 MB for anything else (core.telegram.org/bots/api#sending-files).
_LARGEST: Final = {
    "photo": 10 * MEGABYTE,
    "video": 50 * MEGABYTE,
    "voice": 50 * MEGABYTE,
    "document": 50 * MEGABYTE,
}
_PICTURES: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
# Width and height together, and how much longer one may be than the other.
_WIDEST, _THINNEST = 10_000, 20


@dataclass(frozen=True, slots=True)
class FitFile:
    """A file's name and type as they are kept."""

    filename: str
    content_type: str


def fit_file(*, kind: str, filename: str, content_type: str, content: bytes) -> FitFile:
    """What is kept of a file that Telegram will take. Raises BroadcastError `media` with what is wrong."""
    if kind not in _LARGEST:
        raise _unfit(_("There is no such kind of media."))
    if not content:
        raise _unfit(_("The file is empty."))
    if len(content) > _LARGEST[kind]:
        raise _unfit(
            _("The file has %(size)s MB; %(most)d MB is the most.")
            % {"size": decimal(f"{len(content) / MEGABYTE:.1f}"), "most": _LARGEST[kind] // MEGABYTE}
        )
    name = PurePath(filename.replace("\\", "/")).name[-120:] or kind
    if kind == "photo":
        return FitFile(name, _picture(content))
    if kind == "video":
        # An ISO base media file names its brand after four bytes.
        if content[4:8] != b"ftyp":
            raise _unfit(_("This is no MP4 video."))
        return FitFile(name, "video/mp4")
    if kind == "voice":
        if not content.startswith(b"OggS"):
            raise _unfit(_("A voice message is an OGG file with OPUS in it."))
        return FitFile(name, "audio/ogg")
    return FitFile(name, content_type[:60] or "application/octet-stream")


def _picture(content: bytes) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as image:
                width, height = image.size
                kind = image.format or ""
                image.verify()
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Warning,
    ) as error:
        raise _unfit(_("This is no picture that can be read.")) from error
    if kind not in _PICTURES:
        raise _unfit(_("A photo is a JPEG, PNG or WebP."))
    if width + height > _WIDEST or max(width, height) > _THINNEST * min(width, height):
        raise _unfit(_("The picture is too large or too thin for Telegram."))
    return _PICTURES[kind]


def _unfit(message: str) -> BroadcastError:
    return BroadcastError("media", message)
