"""What a picture says of itself in its first bytes: its kind and its size. Nothing is decoded."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

LARGEST_PHOTO = 10 * 2**20  # bytes
_MOST_PIXELS = 10_000  # width and height together
_STEEPEST = 20  # how often the longer side may hold the shorter one
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
# Markers of a JPEG that begin a frame; C4, C8 and CC are tables.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Markers without a length behind them.
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})


class Image(NamedTuple):
    """A picture of one of the kinds that Telegram takes as a photo; the size in pixels."""

    mime_type: str
    suffix: str
    width: int
    height: int


class PhotoError(ValueError):
    """What Telegram says of a picture that it does not take as a photo."""


def checked_photo(content: bytes) -> Image:
    """The picture, fit to be sent as a photo. Raises PhotoError."""
    if len(content) > LARGEST_PHOTO:
        raise PhotoError(
            f"file of size {len(content)} bytes is too big for a photo; "
            f"the maximum size is {LARGEST_PHOTO} bytes"
        )
    image = read_image(content)
    if image is None:
        raise PhotoError("IMAGE_PROCESS_FAILED")
    short, long = sorted((image.width, image.height))
    if short + long > _MOST_PIXELS or long > short * _STEEPEST:
        raise PhotoError("PHOTO_INVALID_DIMENSIONS")
    return image


def read_image(content: bytes) -> Image | None:
    """The picture that these bytes begin; None when they are no PNG, JPEG or WebP, or say no size."""
    for begins, mime_type, suffix, size in _KINDS:
        if begins(content):
            width, height = size(content)
            return Image(mime_type, suffix, width, height) if width > 0 and height > 0 else None
    return None


def _is_png(content: bytes) -> bool:
    return content.startswith(_PNG) and content[12:16] == b"IHDR"


def _is_jpeg(content: bytes) -> bool:
    return content.startswith(_JPEG)


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _png_size(content: bytes) -> tuple[int, int]:
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])


def _jpeg_size(content: bytes) -> tuple[int, int]:
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker in _FRAMES:
            return int.from_bytes(content[place + 7 : place + 9]), int.from_bytes(
                content[place + 5 : place + 7]
            )
        if marker == 0xFF:
            place += 1
        elif marker in _ALONE:
            place += 2
        else:
            place += 2 + int.from_bytes(content[place + 2 : place + 4])
    return 0, 0


def _webp_size(content: bytes) -> tuple[int, int]:
    kind, body = content[12:16], content[20:30]
    if len(body) < 10:
        return 0, 0
    if kind == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if kind == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = int.from_bytes(body[6:8], "little"), int.from_bytes(body[8:10], "little")
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0


_KINDS: tuple[
    tuple[Callable[[bytes], bool], str, str, Callable[[bytes], tuple[int, int]]],
    ...,
] = (
    (_is_png, "image/png", "png", _png_size),
    (_is_jpeg, "image/jpeg", "jpg", _jpeg_size),
    (_is_webp, "image/webp", "webp", _webp_size),
)
