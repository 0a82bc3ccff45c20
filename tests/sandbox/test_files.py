"""sendPhoto, sendDocument, their edits, getFile and the download: real shapes, Telegram's refusals."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from core.clock import Clock
from sandbox import SandboxServer, files
from sandbox.files import FileStore
from tests.sandbox.client import BotHand, ControlHand
from tests.sandbox.pictures import picture

BUTTON = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
PART = b'--x\r\nContent-Disposition: form-data; name="text"'
NO_DOWNLOADS = (
    "failed to get HTTP URL content: this sandbox fetches nothing from the network; "
    "upload the file, or send a file_id"
)
WRONG_ID = (400, "Bad Request: wrong file identifier/HTTP URL specified")
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)


def refused(answer: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    status, body = answer
    assert body["ok"] is False, body
    assert body["error_code"] == status
    return status, body["description"]


@pytest.fixture
async def other_bot(control: ControlHand) -> BotHand:
    """Another bot that Anna knows."""
    other = await control.bot("Han")
    await control.say(other, "/start")
    return other


async def test_a_sent_photo_has_the_shape_of_telegrams(
    known_bot: BotHand, control: ControlHand, stopped_clock: Clock
) -> None:
    content = picture(size=(64, 48))
    sent = await known_bot.photo(
        content, caption=" <b>Your</b> way ", parse_mode="HTML", reply_markup=BUTTON, protect_content=True
    )
    (size,) = sent["photo"]
    me = await known_bot.ok("getMe")
    assert sent == {
        "message_id": 2,
        "from": {key: me[key] for key in ("id", "is_bot", "first_name", "username")},
        "chat": {"id": 1001, "first_name": "Anna", "username": "anna", "type": "private"},
        "date": int(stopped_clock.now().timestamp()),
        "photo": [
            {
                "file_id": size["file_id"],
                "file_unique_id": size["file_unique_id"],
                "width": 64,
                "height": 48,
                "file_size": len(content),
            }
        ],
        "caption": "Your way",
        "caption_entities": [{"offset": 0, "length": 4, "type": "bold"}],
        "reply_markup": BUTTON,
        "has_protected_content": True,
    }
    assert (await control.messages(known_bot))[1:] == [sent]


async def test_a_sent_document_has_the_shape_of_telegrams(known_bot: BotHand) -> None:
    name = "/home/anna/Анна.json"
    sent = await known_bot.sent("sendDocument", {"document": (name, b'{"a": 1}')}, chat_id=1001, caption="x")
    assert {key: sent["document"][key] for key in ("file_name", "mime_type", "file_size")} == {
        "file_name": "Анна.json",
        "mime_type": "application/json",
        "file_size": 8,
    }
    assert (sent["caption"], "photo" in sent, "text" in sent) == ("x", False, False)


async def test_a_file_may_be_attached_under_any_name(known_bot: BotHand) -> None:
    content = picture()
    sent = await known_bot.sent(
        "sendPhoto", {"mine": ("x", content)}, chat_id=1001, photo="attach://mine", caption="x"
    )
    assert sent["photo"][0]["file_size"] == len(content)
    lost = await known_bot.upload("sendPhoto", {"a": ("x", content)}, chat_id=1001, photo="attach://b")
    assert refused(lost) == (400, "Bad Request: there is no photo in the request")


async def test_a_file_is_fetched_by_its_path(known_bot: BotHand, other_bot: BotHand) -> None:
    content = picture("JPEG")
    size = (await known_bot.photo(content))["photo"][-1]
    file = await known_bot.ok("getFile", file_id=size["file_id"])
    assert file == {
        "file_id": size["file_id"],
        "file_unique_id": size["file_unique_id"],
        "file_size": len(content),
        "file_path": "photos/file_1.jpg",
    }
    assert await known_bot.download(file["file_path"]) == (200, content)
    for bot, path, status in (
        (other_bot, file["file_path"], 404),
        (known_bot, "photos/file_2.jpg", 404),
        (known_bot, "photos//file_1.jpg", 404),
        (BotHand(known_bot.session, "1:unknown"), file["file_path"], 401),
    ):
        found, body = await bot.download(path)
        assert (found, json.loads(body)["error_code"]) == (status, status)


async def test_a_download_can_be_made_to_fail(known_bot: BotHand, control: ControlHand) -> None:
    size = (await known_bot.photo(picture()))["photo"][0]
    path = (await known_bot.ok("getFile", file_id=size["file_id"]))["file_path"]
    await control.post("faults", {"method": "file", "error_code": 502})
    assert (await known_bot.download(path))[0] == 502
    assert (await known_bot.download(path))[0] == 200
    (counted,) = (await control.get("stats"))["bots"]
    assert (counted["methods"]["file"], counted["errors"]["file"]) == (1, {"502": 1})


async def test_what_is_downloaded_cannot_become_a_page(known_bot: BotHand) -> None:
    page = b"<script>fetch('/control/bots')</script>"
    sent = await known_bot.sent("sendDocument", {"document": ("x.html", page)}, chat_id=1001)
    path = (await known_bot.ok("getFile", file_id=sent["document"]["file_id"]))["file_path"]
    async with known_bot.session.get(f"/file/bot{known_bot.token}/{path}") as response:
        assert response.headers["Content-Type"] == "application/octet-stream"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


async def test_the_same_bytes_have_new_names_but_one_identity(known_bot: BotHand, other_bot: BotHand) -> None:
    sizes = [(await bot.photo(picture()))["photo"][0] for bot in (known_bot, known_bot, other_bot)]
    assert len({size["file_id"] for size in sizes}) == 3
    assert len({size["file_unique_id"] for size in sizes}) == 1
    document = await known_bot.sent("sendDocument", {"document": ("a.png", picture())}, chat_id=1001)
    assert document["document"]["file_unique_id"] != sizes[0]["file_unique_id"]


async def test_a_file_is_sent_again_by_its_id(known_bot: BotHand) -> None:
    first = await known_bot.photo(picture(), caption="one")
    again = await known_bot.ok("sendPhoto", chat_id=1001, photo=first["photo"][0]["file_id"])
    assert (again["photo"], "caption" in again) == (first["photo"], False)


@pytest.mark.parametrize("method", ["sendPhoto", "sendDocument"])
@pytest.mark.parametrize("value", ["x", "AgACAgIAAxkB" + "a" * 60, "/etc/passwd", "file:///etc/passwd", "5"])
async def test_an_unknown_id_is_refused(known_bot: BotHand, method: str, value: str) -> None:
    asked = {"chat_id": 1001, "photo": value, "document": value}
    assert await known_bot.refusal(method, **asked) == WRONG_ID


async def test_an_id_belongs_to_one_bot(known_bot: BotHand, other_bot: BotHand) -> None:
    file_id = (await known_bot.photo(picture()))["photo"][0]["file_id"]
    assert await other_bot.refusal("sendPhoto", chat_id=1001, photo=file_id) == WRONG_ID
    assert await other_bot.refusal("getFile", file_id=file_id) == (
        400,
        "Bad Request: wrong file_id or the file is temporarily unavailable",
    )


async def test_an_id_belongs_to_one_kind(known_bot: BotHand) -> None:
    photo = (await known_bot.photo(picture()))["photo"][0]["file_id"]
    document = await known_bot.sent("sendDocument", {"document": ("a.png", picture())}, chat_id=1001)
    assert await known_bot.refusal("sendDocument", chat_id=1001, document=photo) == (
        400,
        "Bad Request: can't use file of type Photo as Document",
    )
    assert await known_bot.refusal("sendPhoto", chat_id=1001, photo=document["document"]["file_id"]) == (
        400,
        "Bad Request: can't use file of type Document as Photo",
    )


async def test_addresses_are_refused_kindly(known_bot: BotHand, control: ControlHand) -> None:
    assert await known_bot.refusal("sendPhoto", chat_id=1001, photo="https://example.com/a.png") == (
        400,
        f"Bad Request: {NO_DOWNLOADS}",
    )
    assert len(await control.messages(known_bot)) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file must be non-empty"),
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (picture(size=(400, 10)), "PHOTO_INVALID_DIMENSIONS"),
        (
            picture().ljust(10 * 2**20 + 1, b"\0"),
            "file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
        ),
    ],
)
async def test_what_is_no_photo_is_refused(
    server: SandboxServer, known_bot: BotHand, control: ControlHand, content: bytes, reason: str
) -> None:
    answer = await known_bot.upload("sendPhoto", {"photo": ("a.png", content)}, chat_id=1001)
    assert refused(answer) == (400, f"Bad Request: {reason}")
    assert len(await control.messages(known_bot)) == 1
    assert server.cloud.files.snapshot()["files"] == []


@pytest.mark.parametrize("size", [50 * 2**20 + 1, 70 * 2**20])
async def test_more_than_fifty_megabytes_are_too_large(
    known_bot: BotHand, control: ControlHand, size: int
) -> None:
    answer = await known_bot.upload("sendDocument", {"document": ("a.bin", bytes(size))}, chat_id=1001)
    assert refused(answer) == (413, "Request Entity Too Large")
    assert len(await control.messages(known_bot)) == 1


async def test_more_than_twenty_megabytes_cannot_be_fetched(known_bot: BotHand) -> None:
    big = bytes(20 * 2**20 + 1)
    sent = await known_bot.sent("sendDocument", {"document": ("a.bin", big)}, chat_id=1001)
    asked = sent["document"]["file_id"]
    assert await known_bot.refusal("getFile", file_id=asked) == (400, "Bad Request: file is too big")
    assert (await known_bot.download("documents/file_1.bin"))[0] == 404


@pytest.mark.parametrize(("file_id", "reason"), [("", "file_id not specified"), ("a/b", "invalid file_id")])
async def test_a_file_is_asked_for_by_an_id(bot: BotHand, file_id: str, reason: str) -> None:
    assert await bot.refusal("getFile", file_id=file_id) == (400, f"Bad Request: {reason}")


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"caption": "x" * 1025}, "message caption is too long"),
        ({"caption": "😀" * 513}, "message caption is too long"),
        ({"caption": "<b>x", "parse_mode": "HTML"}, "can't parse entities: Can't find end tag"),
        ({"caption": "x", "parse_mode": "wiki"}, "unsupported parse_mode"),
        ({"caption": "x", "caption_entities": [5]}, "can't parse MessageEntity: expected an Object"),
        ({"chat_id": 999}, "chat not found"),
        ({"chat_id": ""}, "chat_id is empty"),
        ({"reply_parameters": {"message_id": 999}}, "message to be replied not found"),
        ({"reply_markup": {"inline_keyboard": 5}}, 'field "inline_keyboard" must be of type Array'),
    ],
)
async def test_a_caption_is_refused_in_telegrams_words(
    server: SandboxServer, known_bot: BotHand, control: ControlHand, params: dict[str, Any], reason: str
) -> None:
    asked = {"chat_id": 1001, **params}
    status, description = refused(await known_bot.upload("sendPhoto", {"photo": ("a", picture())}, **asked))
    assert (status, description.startswith(f"Bad Request: {reason}")) == (400, True), description
    assert len(await control.messages(known_bot)) == 1
    assert server.cloud.files.snapshot()["files"] == []


@pytest.mark.parametrize("caption", ["x" * 1024, "😀" * 512, f"<b>{'я' * 1024}</b>"])
async def test_1024_units_after_parsing_pass(known_bot: BotHand, caption: str) -> None:
    mode = {"parse_mode": "HTML"} if caption.startswith("<") else {}
    sent = await known_bot.photo(picture(), caption=caption, **mode)
    assert len(sent["caption"].encode("utf-16-le")) == 2 * 1024


async def test_caption_entities_may_be_given_instead_of_markup(known_bot: BotHand) -> None:
    sent = await known_bot.photo(
        picture(),
        caption="abc /start",
        caption_entities=[{"type": "bold", "offset": 0, "length": 3}],
        show_caption_above_media=True,
        has_spoiler=True,
    )
    assert sent["caption_entities"] == [
        {"offset": 0, "length": 3, "type": "bold"},
        {"offset": 4, "length": 6, "type": "bot_command"},
    ]
    assert (sent["show_caption_above_media"], sent["has_media_spoiler"]) == (True, True)


async def test_a_reply_keyboard_comes_with_a_photo(known_bot: BotHand, control: ControlHand) -> None:
    sent = await known_bot.photo(
        picture(), reply_markup={"keyboard": [["A"]]}, reply_parameters={"message_id": 1}
    )
    assert sent["reply_to_message"]["text"] == "/start"
    chat = await control.get(f"bots/{known_bot.token}/chats/1001")
    assert chat["keyboard"] == {"keyboard": [[{"text": "A"}]]}


async def test_files_keep_the_pace_of_messages(
    known_bot: BotHand, control: ControlHand, stopped_clock: Clock
) -> None:
    file_id = (await known_bot.photo(picture()))["photo"][0]["file_id"]
    await control.post("limits", {"enabled": True})
    answers = [await known_bot.call("sendPhoto", chat_id=1001, photo=file_id) for _ in range(6)]
    assert [status for status, _ in answers] == [200] * 5 + [429]
    assert answers[-1][1]["parameters"] == {"retry_after": 1}
    answer = await known_bot.upload("sendDocument", {"document": ("a", b"x")}, chat_id=1001)
    assert refused(answer)[0] == 429
    stopped_clock.advance(timedelta(seconds=1))
    assert (await known_bot.call("sendPhoto", chat_id=1001, photo=file_id))[0] == 200


async def test_a_blocked_bot_may_not_send_files(known_bot: BotHand, control: ControlHand) -> None:
    await control.post(f"bots/{known_bot.token}/block", {"user_id": 1001})
    answer = await known_bot.upload("sendPhoto", {"photo": ("a", picture())}, chat_id=1001)
    assert refused(answer) == (403, "Forbidden: bot was blocked by the user")


async def test_files_stand_in_the_record_by_their_captions(known_bot: BotHand, control: ControlHand) -> None:
    sent = await known_bot.photo(picture(), caption="one")
    place = {"chat_id": 1001, "message_id": sent["message_id"]}
    await known_bot.ok("editMessageCaption", **place, caption="two")
    await known_bot.sent("sendDocument", {"document": ("a", b"x")}, chat_id=1001)
    record = await control.get(f"bots/{known_bot.token}/record?since=1")
    assert [(entry["message_id"], entry["text"], entry["method"]) for entry in record] == [
        (2, "one", "sendPhoto"),
        (2, "two", "editMessageCaption"),
        (3, "", "sendDocument"),
    ]


async def test_faults_meet_uploads_too(known_bot: BotHand, control: ControlHand) -> None:
    await control.post("faults", {"method": "sendPhoto", "retry_after": 7})
    answer = await known_bot.upload("sendPhoto", {"photo": ("a", picture())}, chat_id=1001)
    assert refused(answer) == (429, "Too Many Requests: retry after 7")
    assert len(await control.messages(known_bot)) == 1
    await known_bot.photo(picture())
    (counted,) = (await control.get("stats"))["bots"]
    assert counted["errors"]["sendPhoto"] == {"429": 1}


async def test_a_caption_can_be_edited_and_taken_away(known_bot: BotHand, control: ControlHand) -> None:
    sent = await known_bot.photo(picture(), caption="/old", reply_markup=BUTTON)
    place = {"chat_id": 1001, "message_id": sent["message_id"]}
    edited = await known_bot.ok(
        "editMessageCaption", **place, caption="*new*", parse_mode="Markdown", reply_markup=BUTTON
    )
    assert edited == {
        **sent,
        "caption": "new",
        "caption_entities": [{"offset": 0, "length": 3, "type": "bold"}],
        "edit_date": edited["edit_date"],
    }
    without = await known_bot.ok("editMessageCaption", **place)
    assert without == {
        **{key: sent[key] for key in ("message_id", "from", "chat", "date", "photo")},
        "edit_date": without["edit_date"],
    }
    assert (await control.messages(known_bot))[-1] == without
    assert await known_bot.refusal("editMessageCaption", **place) == (400, NOT_MODIFIED)


async def test_a_photo_can_be_replaced(known_bot: BotHand) -> None:
    sent = await known_bot.photo(picture(), caption="one", has_spoiler=True)
    place = {"chat_id": 1001, "message_id": sent["message_id"]}
    media = {"type": "photo", "media": "attach://new", "caption": "*two*", "parse_mode": "MarkdownV2"}
    edited = await known_bot.sent(
        "editMessageMedia", {"new": ("b.png", picture(size=(10, 20)))}, **place, media=media
    )
    assert [(size["width"], size["height"]) for size in edited["photo"]] == [(10, 20)]
    assert (edited["caption"], edited["caption_entities"][0]["type"]) == ("two", "bold")
    assert "has_media_spoiler" not in edited
    back = {"type": "photo", "media": sent["photo"][0]["file_id"]}
    by_id = await known_bot.ok("editMessageMedia", **place, media=json.dumps(back))
    assert (by_id["photo"], "caption" in by_id) == (sent["photo"], False)
    assert await known_bot.refusal("editMessageMedia", **place, media=back) == (400, NOT_MODIFIED)
    document = {"type": "document", "media": "attach://d"}
    as_file = await known_bot.sent("editMessageMedia", {"d": ("d.txt", b"x")}, **place, media=document)
    assert ("photo" in as_file, as_file["document"]["file_name"]) == (False, "d.txt")


async def test_a_text_can_become_a_photo(known_bot: BotHand) -> None:
    sent = await known_bot.ok("sendMessage", chat_id=1001, text="/wait")
    media = {"type": "photo", "media": "attach://p"}
    edited = await known_bot.sent(
        "editMessageMedia",
        {"p": ("p", picture())},
        chat_id=1001,
        message_id=sent["message_id"],
        media=media,
    )
    assert set(edited) == {"message_id", "from", "chat", "date", "photo", "edit_date"}


@pytest.mark.parametrize(
    ("media", "reason"),
    [
        ("{", "can't parse input media JSON object"),
        (None, "can't parse InputMedia: expected an Object"),
        ([], "can't parse InputMedia: expected an Object"),
        ({"media": "x"}, 'can\'t parse InputMedia: Can\'t find field "type"'),
        ({"type": "photo"}, 'can\'t parse InputMedia: Can\'t find field "media"'),
        ({"type": "audio", "media": "x"}, "can't parse InputMedia: this sandbox sends only photo, video and document"),
        ({"type": "photo", "media": "attach://x"}, "can't parse InputMedia: media not found"),
        ({"type": "photo", "media": "x"}, "wrong file identifier/HTTP URL specified"),
        ({"type": "photo", "media": "attach://x", "caption": "x" * 1025}, "can't parse InputMedia: media not found"),
    ],
)  # fmt: skip
async def test_broken_media_are_refused(known_bot: BotHand, media: Any, reason: str) -> None:
    sent = await known_bot.photo(picture())
    asked = {"chat_id": 1001, "message_id": sent["message_id"], "media": media}
    assert await known_bot.refusal("editMessageMedia", **asked) == (400, f"Bad Request: {reason}")


async def test_text_and_caption_are_not_confused(known_bot: BotHand) -> None:
    photo = await known_bot.photo(picture(), caption="x")
    text = await known_bot.ok("sendMessage", chat_id=1001, text="x")
    assert await known_bot.refusal(
        "editMessageText", chat_id=1001, message_id=photo["message_id"], text="y"
    ) == (400, "Bad Request: there is no text in the message to edit")
    assert await known_bot.refusal(
        "editMessageCaption", chat_id=1001, message_id=text["message_id"], caption="y"
    ) == (400, "Bad Request: there is no caption in the message to edit")


async def test_keyboard_and_message_under_a_photo_can_go(known_bot: BotHand, control: ControlHand) -> None:
    sent = await known_bot.photo(picture(), caption="x", reply_markup=BUTTON)
    place = {"chat_id": 1001, "message_id": sent["message_id"]}
    await control.post(
        f"bots/{known_bot.token}/tap", {"user_id": 1001, "message_id": sent["message_id"], "data": "y"}
    )
    assert (await known_bot.updates())[-1]["callback_query"]["message"] == sent
    without = await known_bot.ok("editMessageReplyMarkup", **place)
    assert ("reply_markup" in without, without["photo"]) == (False, sent["photo"])
    assert await known_bot.ok("deleteMessage", **place) is True
    assert len(await control.messages(known_bot)) == 1


async def test_after_48_hours_a_photo_stays(known_bot: BotHand, stopped_clock: Clock) -> None:
    sent = await known_bot.photo(picture())
    stopped_clock.advance(timedelta(hours=49))
    assert await known_bot.refusal("deleteMessage", chat_id=1001, message_id=sent["message_id"]) == (
        400,
        "Bad Request: message can't be deleted for everyone",
    )


async def test_any_method_takes_a_multipart_form(known_bot: BotHand) -> None:
    extra = {"photo": ("a.png", picture())}
    sent = await known_bot.sent("sendMessage", extra, chat_id=1001, text="привет")
    assert (sent["text"], "photo" in sent) == ("привет", False)
    asked = {"chat_id": 1001, "message_id": sent["message_id"]}
    assert (await known_bot.sent("editMessageText", extra, **asked, text="x"))["text"] == "x"
    assert await known_bot.sent("deleteMessage", extra, **asked) is True


async def test_an_argument_in_bytes_is_text(known_bot: BotHand) -> None:
    body = PART + "\r\nContent-Type: application/octet-stream\r\n\r\nпривет\r\n--x--\r\n".encode()
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    path = f"/bot{known_bot.token}/sendMessage?chat_id=1001"
    async with known_bot.session.post(path, data=body, headers=headers) as response:
        assert (await response.json())["result"]["text"] == "привет"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"--x\r\nnonsense", "can't parse multipart form data"),
        (b"", "text is empty"),
        (
            PART + b"\r\n\r\n\xff\xfe\r\n--x--\r\n",
            "strings must be encoded in UTF-8",
        ),
        (
            PART + b"\r\nContent-Type: application/octet-stream\r\n\r\n\xff\xfe\r\n--x--\r\n",
            "strings must be encoded in UTF-8",
        ),
    ],
)
async def test_a_broken_form_is_refused(known_bot: BotHand, body: bytes, reason: str) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    path = f"/bot{known_bot.token}/sendMessage"
    async with known_bot.session.post(path, data=body, headers=headers) as response:
        status, answer = response.status, await response.json()
    assert (status, answer["description"].endswith(reason)) == (400, True), answer


async def test_the_longest_unused_files_are_forgotten(
    known_bot: BotHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 100)

    async def document(content: bytes) -> str:
        sent = await known_bot.sent("sendDocument", {"document": ("a", content)}, chat_id=1001)
        return str(sent["document"]["file_id"])

    first, second = await document(b"a" * 40), await document(b"b" * 40)
    await known_bot.ok("sendDocument", chat_id=1001, document=first)
    third = await document(b"c" * 40)
    assert (await known_bot.ok("getFile", file_id=first))["file_size"] == 40
    assert (await known_bot.ok("getFile", file_id=third))["file_size"] == 40
    assert await known_bot.refusal("sendDocument", chat_id=1001, document=second) == WRONG_ID
    larger_than_all = await document(b"d" * 400)
    assert (await known_bot.ok("getFile", file_id=larger_than_all))["file_size"] == 400
    assert (await known_bot.call("getFile", file_id=first))[0] == 400


def test_only_so_many_ids_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_FILES", 2)
    store = FileStore()
    known = [store.issue(bot_id=1, kind="document", content=b"x", name="a.txt") for _ in range(3)]
    assert [store.find(1, file.file_id) for file in known] == [None, *known[1:]]
    assert [store.at(1, file.path) for file in known] == [None, *known[1:]]


async def test_files_survive_a_restart(tmp_path: Path) -> None:
    state, folder = tmp_path / "state.json", tmp_path / "state.json.files"
    content = picture()
    async with SandboxServer(state=state) as server, aiohttp.ClientSession(server.url) as session:
        control = ControlHand(session)
        bot = await control.bot()
        await control.say(bot, "/start")
        assert not folder.exists()
        sent = await bot.photo(content)
        await bot.sent("sendDocument", {"document": ("a.txt", b"gone")}, chat_id=1001)
        (file,) = [path for path in folder.iterdir() if path.read_bytes() == content]
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    for path in folder.iterdir():
        if path != file:
            path.unlink()
    (folder / ("0" * 64)).write_bytes(b"nobody knows me")
    (folder / "notes.txt").write_text("mine")
    async with SandboxServer(state=state) as server, aiohttp.ClientSession(server.url) as session:
        bot = BotHand(session, bot.token)
        file_id = sent["photo"][0]["file_id"]
        path_ = (await bot.ok("getFile", file_id=file_id))["file_path"]
        assert await bot.download(path_) == (200, content)
        assert (await bot.ok("sendPhoto", chat_id=1001, photo=file_id))["photo"] == sent["photo"]
        assert sorted(path.name for path in folder.iterdir()) == sorted([file.name, "notes.txt"])
        fresh = await bot.sent("sendDocument", {"document": ("b.txt", b"new")}, chat_id=1001)
        assert (await bot.ok("getFile", file_id=fresh["document"]["file_id"]))["file_path"] == (
            "documents/file_3.txt"
        )
        file.unlink()
        assert (await bot.download(path_))[0] == 404
        assert await bot.refusal("sendPhoto", chat_id=1001, photo=file_id) == WRONG_ID


async def test_the_control_api_shows_pictures_and_saves_the_rest(
    known_bot: BotHand, other_bot: BotHand, control: ControlHand
) -> None:
    photo = (await known_bot.photo(picture("WEBP")))["photo"][0]["file_id"]
    sent = await known_bot.sent("sendDocument", {"document": ("Анна.html", picture())}, chat_id=1001)
    document = sent["document"]["file_id"]
    files_of = f"/control/bots/{known_bot.token}/files"
    async with known_bot.session.get(f"{files_of}/{photo}") as response:
        assert (response.content_type, await response.read()) == ("image/webp", picture("WEBP"))
        assert "Content-Disposition" not in response.headers
    async with known_bot.session.get(f"{files_of}/{document}") as response:
        assert (response.content_type, await response.read()) == ("application/octet-stream", picture())
        saved = "attachment; filename*=UTF-8''%D0%90%D0%BD%D0%BD%D0%B0.html"
        assert response.headers["Content-Disposition"] == saved
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    status, body = await control.send("GET", f"bots/{other_bot.token}/files/{photo}")
    assert (status, body) == (404, {"error": "this bot has no such file, or has it no longer"})
