from __future__ import annotations

from typing import Any

import pytest

from telegram_client.bot_picture import fetch_bot_picture
from tests.telegram_client.wire import TOKEN, Reply, Wire, answers, hangs_up, keeps_silent, refuses, says

PICTURE = b"\xff\xd8\xff the picture"


def photos(*sizes: Any) -> Reply:
    return answers({"total_count": 1, "photos": [list(sizes)] if sizes else []})


def size(width: object, file_id: object = None) -> dict[str, object]:
    return {"file_id": file_id or f"f{width}", "width": width, "height": width}


async def fetch(wire: Wire, *, timeout: float = 4.0) -> bytes | None:  # noqa: ASYNC109
    return await fetch_bot_picture(token=TOKEN, api_url=wire.url, telegram_id=5, timeout=timeout)


async def test_the_smallest_size_that_is_sharp_is_fetched(wire: Wire) -> None:
    wire.replies = [
        photos(size(90), size(640), size(160)),
        answers({"file_path": "photos/file_1.jpg"}),
        says(PICTURE, status=200),
    ]
    assert await fetch(wire) == PICTURE
    assert [call.method for call in wire.calls][:2] == ["getUserProfilePhotos", "getFile"]
    assert wire.calls[1].form["file_id"] == "f160"


async def test_where_all_are_small_the_largest_serves(wire: Wire) -> None:
    wire.replies = [photos(size(40), size(90)), answers({"file_path": "x"}), says(PICTURE, status=200)]
    assert await fetch(wire) == PICTURE
    assert wire.calls[1].form["file_id"] == "f90"


@pytest.mark.parametrize(
    "replies",
    [
        [photos()],
        [answers({"photos": "none"})],
        [answers([])],
        [photos({"file_id": 5, "width": "wide"}, None)],
        [photos(size(160)), answers({})],
        [photos(size(160)), answers({"file_path": ""})],
        [photos(size(160)), answers({"file_path": "x"}), says(b"", status=200)],
        [photos(size(160)), answers({"file_path": "x"}), says(b"x" * 300_000, status=200)],
        [photos(size(160)), answers({"file_path": "x"}), says(b"gone", status=404)],
        [photos(size(160)), refuses(400, "Bad Request: file is too big")],
        [refuses(401, "Unauthorized")],
        [hangs_up],
    ],
)
async def test_no_picture_is_no_error(wire: Wire, replies: list[Reply]) -> None:
    wire.replies = replies
    assert await fetch(wire) is None


async def test_a_picture_is_not_waited_for(wire: Wire) -> None:
    wire.replies = [keeps_silent]
    assert await fetch(wire, timeout=0.2) is None
