"""What the first bytes of a picture say."""

from __future__ import annotations

import io

import pytest
from PIL import Image as Pillow

from sandbox.images import LARGEST_PHOTO, Image, PhotoError, checked_photo, read_image
from tests.sandbox.pictures import picture


@pytest.mark.parametrize(
    ("kind", "mime_type", "suffix"),
    [("PNG", "image/png", "png"), ("JPEG", "image/jpeg", "jpg"), ("WEBP", "image/webp", "webp")],
)
@pytest.mark.parametrize("size", [(1, 1), (64, 48), (300, 1200)])
def test_kind_and_size_of_a_picture_are_read(
    kind: str, mime_type: str, suffix: str, size: tuple[int, int]
) -> None:
    assert read_image(picture(kind, size)) == Image(mime_type, suffix, *size)


@pytest.mark.parametrize("options", [{"lossless": True}, {"lossless": True, "exif": b"Exif\0\0MM\0*"}])
def test_every_form_of_webp_is_read(options: dict[str, object]) -> None:
    buffer = io.BytesIO()
    Pillow.new("RGB", (300, 1200), "#123456").save(buffer, "WEBP", **options)
    assert read_image(buffer.getvalue()) == Image("image/webp", "webp", 300, 1200)


def test_a_jpeg_with_much_before_its_frame_is_read() -> None:
    buffer = io.BytesIO()
    Pillow.new("L", (30, 20)).save(buffer, "JPEG", progressive=True, exif=b"Exif\0\0" + b"x" * 9000)
    assert read_image(buffer.getvalue()) == Image("image/jpeg", "jpg", 30, 20)
    padded = b"\xff\xd8\xff\xff\xff\x01" + buffer.getvalue()[2:]
    assert read_image(padded) == Image("image/jpeg", "jpg", 30, 20)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + b"\1" * 20,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\1",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        b"\xff\xd8\xff\xe0" + b"\0" * 50,
        b"RIFF\0\0\0\0WEBP",
        b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0" + b"\1" * 10,
    ],
)
def test_what_is_no_picture_is_none(content: bytes) -> None:
    assert read_image(content) is None
    with pytest.raises(PhotoError, match=r"^IMAGE_PROCESS_FAILED$"):
        checked_photo(content)


@pytest.mark.parametrize("size", [(9_999, 1), (5_001, 5_000), (1, 9_999), (21, 1), (1, 21)])
def test_a_photo_has_bounds(size: tuple[int, int]) -> None:
    with pytest.raises(PhotoError, match=r"^PHOTO_INVALID_DIMENSIONS$"):
        checked_photo(_claiming(size))


@pytest.mark.parametrize("size", [(5_000, 5_000), (20, 1), (1, 20), (9_500, 500)])
def test_up_to_its_bounds_a_photo_passes(size: tuple[int, int]) -> None:
    assert checked_photo(_claiming(size)) == Image("image/png", "png", *size)


def test_a_photo_has_ten_megabytes_at_most() -> None:
    content = _claiming((10, 10)).ljust(LARGEST_PHOTO, b"\0")
    assert checked_photo(content).width == 10
    with pytest.raises(PhotoError) as refused:
        checked_photo(content + b"\0")
    assert str(refused.value) == (
        "file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes"
    )


def _claiming(size: tuple[int, int]) -> bytes:
    width, height = size
    header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
    return header + width.to_bytes(4) + height.to_bytes(4)
