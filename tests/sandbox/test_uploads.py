"""People send photos, voice messages and files: bots hear of them and can fetch them."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from sandbox import SandboxServer
from tests.sandbox.client import BotHand, ControlHand
from tests.sandbox.pictures import picture


async def upload(
    bot: BotHand,
    kind: str,
    content: bytes,
    *,
    name: str = "a.png",
    mime_type: str = "application/octet-stream",
    **fields: Any,
) -> tuple[int, Any]:
    form = aiohttp.FormData({key: str(value) for key, value in {"user_id": 1001, **fields}.items()})
    form.add_field(kind, content, filename=name, content_type=mime_type)
    async with bot.session.post(f"/control/bots/{bot.token}/upload", data=form) as response:
        return response.status, await response.json()


async def test_a_photo_of_a_person_is_delivered_and_can_be_fetched(
    known_bot: BotHand, control: ControlHand
) -> None:
    content = picture("JPEG")
    status, answer = await upload(known_bot, "photo", content, caption="me on /start")
    (update,) = await known_bot.updates()
    (size,) = update["message"]["photo"]
    assert (status, answer["update_id"], answer["message"]) == (200, update["update_id"], update["message"])
    assert update["message"] == {
        "message_id": 2,
        "from": {"id": 1001, "is_bot": False, "first_name": "Anna", "username": "anna", "language_code": "en"},
        "chat": {"id": 1001, "first_name": "Anna", "username": "anna", "type": "private"},
        "date": update["message"]["date"],
        "photo": [{**size, "width": 64, "height": 48, "file_size": len(content)}],
        "caption": "me on /start",
        "caption_entities": [{"offset": 6, "length": 6, "type": "bot_command"}],
    }  # fmt: skip
    path = (await known_bot.ok("getFile", file_id=size["file_id"]))["file_path"]
    assert await known_bot.download(path) == (200, content)
    assert (await known_bot.ok("sendPhoto", chat_id=1001, photo=size["file_id"]))["photo"] == [size]
    record = await control.get(f"bots/{known_bot.token}/record?since=1")
    assert (record[0]["text"], record[0]["method"]) == ("me on /start", "upload")


async def test_a_voice_message_is_delivered(known_bot: BotHand) -> None:
    await upload(
        known_bot, "voice", b"OggS...", name="voice.webm", mime_type="audio/webm;codecs=opus", duration=7
    )
    (update,) = await known_bot.updates()
    voice = update["message"]["voice"]
    assert {key: voice[key] for key in ("duration", "mime_type", "file_size")} == {
        "duration": 7,
        "mime_type": "audio/webm",
        "file_size": 7,
    }
    path = (await known_bot.ok("getFile", file_id=voice["file_id"]))["file_path"]
    assert (path, await known_bot.download(path)) == ("voice/file_1.webm", (200, b"OggS..."))
    async with known_bot.session.get(f"/control/bots/{known_bot.token}/files/{voice['file_id']}") as response:
        assert (response.content_type, await response.read()) == ("audio/webm", b"OggS...")
    again = await known_bot.ok("sendDocument", chat_id=1001, document=voice["file_id"])
    assert again["voice"] == voice


async def test_any_other_file_is_a_document(known_bot: BotHand) -> None:
    await upload(known_bot, "document", b"x", name="notes.txt", chat_id=-77, chat_title="Circle")
    (update,) = await known_bot.updates()
    assert (update["message"]["chat"]["title"], update["message"]["document"]["mime_type"]) == (
        "Circle",
        "text/plain",
    )


async def test_an_edit_changes_the_caption(known_bot: BotHand, control: ControlHand) -> None:
    _, answer = await upload(known_bot, "photo", picture(), caption="one")
    await control.say(known_bot, "two", edit_message_id=answer["message_id"])
    edited = (await known_bot.updates())[-1]["edited_message"]
    assert (edited["caption"], edited["photo"]) == ("two", answer["message"]["photo"])
    assert "text" not in edited


@pytest.mark.parametrize(
    ("kind", "content", "fields", "complaint"),
    [
        ("photo", b"", {}, "the file is empty"),
        ("photo", b"x", {}, "Telegram takes no such photo: IMAGE_PROCESS_FAILED"),
        ("voice", b"x", {"name": "a.txt"}, "a voice message is audio"),
        ("voice", b"x", {"caption": "x" * 1025}, "`caption` is longer than 1024 UTF-16 units"),
        ("document", bytes(50 * 2**20 + 1), {}, "the file is larger than 50 MB"),
        ("document", bytes(65 * 2**20), {}, "Request Entity Too Large"),
        (
            "video",
            b"x",
            {},
            "send one file, as the part `photo`, `voice` or `document` of a multipart form",
        ),
        (
            "photo",
            picture(),
            {"user_id": "x"},
            "`user_id` must be a whole number other than 0, of at most 52 bits",
        ),
    ],
)
async def test_what_nobody_can_send_is_refused(
    server: SandboxServer,
    known_bot: BotHand,
    control: ControlHand,
    kind: str,
    content: bytes,
    fields: dict[str, Any],
    complaint: str,
) -> None:
    status, answer = await upload(known_bot, kind, content, **fields)
    assert (status, answer) == (413 if "Large" in complaint else 400, {"error": complaint})
    assert len(await control.messages(known_bot)) == 1
    assert server.cloud.files.snapshot()["files"] == []


async def test_who_has_blocked_the_bot_sends_nothing(known_bot: BotHand, control: ControlHand) -> None:
    await control.post(f"bots/{known_bot.token}/block", {"user_id": 1001})
    status, answer = await upload(known_bot, "photo", picture())
    assert (status, answer) == (400, {"error": "this person has blocked the bot; unblock first"})
