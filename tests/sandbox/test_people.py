"""What people show of themselves: bio, photos, birthday, channel; and how a bot sees it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from telegram import Bot

from sandbox import SandboxServer, files
from tests.sandbox.client import BotHand, ControlHand
from tests.sandbox.pictures import picture

PLAIN = {
    "id",
    "first_name",
    "username",
    "type",
    "accent_color_id",
    "max_reaction_count",
    "accepted_gift_types",
}
NO_DAY = "`birthdate` must be {day, month, year?}, a day that there is"


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


async def test_a_bot_sees_what_a_person_shows(known_bot: BotHand, control: ControlHand) -> None:
    channel = (await control.post(f"bots/{known_bot.token}/channels", {"title": "Dawn"}))["chat"]
    shown = await control.post(
        "people/1001",
        {
            "bio": " Looking for myself ",
            "birthdate": {"day": 29, "month": 2},
            "personal_chat": channel["id"],
            "photo": encoded(picture()),
        },
    )
    assert shown == {
        "user": {
            "id": 1001,
            "is_bot": False,
            "first_name": "Anna",
            "username": "anna",
            "language_code": "en",
        },
        "bio": "Looking for myself",
        "birthdate": {"day": 29, "month": 2},
        "personal_chat": channel,
        "photos": 1,
        "photo_version": shown["photo_version"],
    }
    assert await control.get("people/1001") == shown
    chat = await known_bot.ok("getChat", chat_id=1001)
    assert set(chat) - PLAIN == {"bio", "birthdate", "personal_chat", "photo"}
    assert (chat["bio"], chat["birthdate"], chat["personal_chat"]) == (
        "Looking for myself",
        {"day": 29, "month": 2},
        channel,
    )
    assert set(chat["photo"]) == {
        "small_file_id",
        "small_file_unique_id",
        "big_file_id",
        "big_file_unique_id",
    }
    assert len(set(chat["photo"].values())) == 4
    assert await known_bot.ok("getChat", chat_id=1001) == chat


async def test_nobody_shows_anything_unasked(known_bot: BotHand, control: ControlHand) -> None:
    assert set(await known_bot.ok("getChat", chat_id=1001)) == PLAIN
    assert await control.get("people/77") == {
        "user": {"id": 77, "is_bot": False, "first_name": ""},
        "bio": None,
        "birthdate": None,
        "personal_chat": None,
        "photos": 0,
        "photo_version": None,
    }
    assert await known_bot.refusal("getUserProfilePhotos", user_id=77) == (
        400,
        "Bad Request: invalid user_id specified",
    )


async def test_what_is_not_told_stays_and_null_takes_away(known_bot: BotHand, control: ControlHand) -> None:
    channel = (await control.post(f"bots/{known_bot.token}/channels", {"title": "Dawn"}))["chat_id"]
    everything = {
        "bio": "x",
        "birthdate": {"day": 1, "month": 2, "year": 1990},
        "personal_chat": channel,
        "photo": encoded(picture()),
    }
    before = await control.post("people/1001", everything)
    assert await control.post("people/1001", {}) == before
    renamed = await control.post("people/1001", {"first_name": "Anya"})
    assert renamed == {**before, "user": {**before["user"], "first_name": "Anya"}}
    await control.post("people/1001", dict.fromkeys(everything))
    assert set(await known_bot.ok("getChat", chat_id=1001)) == PLAIN
    assert await known_bot.ok("getUserProfilePhotos", user_id=1001) == {"total_count": 0, "photos": []}


async def test_photos_are_listed_newest_first_and_can_be_fetched_and_sent(
    known_bot: BotHand, control: ControlHand
) -> None:
    contents = [picture("JPEG", (100 + n, 100)) for n in range(3)]
    for content in contents:
        await control.post("people/1001", {"photo": encoded(content)})
    found = await known_bot.ok("getUserProfilePhotos", user_id=1001)
    assert found["total_count"] == 3
    assert [[size["width"] for size in sizes] for sizes in found["photos"]] == [[102], [101], [100]]
    assert await known_bot.ok("getUserProfilePhotos", user_id=1001) == found
    assert await known_bot.ok("getUserProfilePhotos", user_id=1001, offset=1, limit=1) == {
        "total_count": 3,
        "photos": [found["photos"][1]],
    }
    size = found["photos"][0][-1]
    assert set(size) == {"file_id", "file_unique_id", "width", "height", "file_size"}
    path = (await known_bot.ok("getFile", file_id=size["file_id"]))["file_path"]
    assert await known_bot.download(path) == (200, contents[2])
    sent = await known_bot.ok("sendPhoto", chat_id=1001, photo=size["file_id"])
    assert sent["photo"] == [size]

    await control.post("people/1001", {"photo": encoded(contents[0])})
    found = await known_bot.ok("getUserProfilePhotos", user_id=1001, limit=500)
    assert [sizes[0]["width"] for sizes in found["photos"]] == [100, 102, 101]


async def test_the_small_photo_of_a_chat_is_to_look_at_only(known_bot: BotHand, control: ControlHand) -> None:
    await control.post("people/1001", {"photo": encoded(picture())})
    photo = (await known_bot.ok("getChat", chat_id=1001))["photo"]
    for size in ("small", "big"):
        file = await known_bot.ok("getFile", file_id=photo[f"{size}_file_id"])
        assert file["file_unique_id"] == photo[f"{size}_file_unique_id"]
        assert await known_bot.download(file["file_path"]) == (200, picture())
    assert await known_bot.refusal("sendPhoto", chat_id=1001, photo=photo["big_file_id"]) == (
        400,
        "Bad Request: can't use file of type ProfilePhoto as Photo",
    )


async def test_bots_know_the_same_photo_by_ids_of_their_own(known_bot: BotHand, control: ControlHand) -> None:
    other = await control.bot("Han")
    await control.post("people/1001", {"photo": encoded(picture())})
    sizes = [
        (await bot.ok("getUserProfilePhotos", user_id=1001))["photos"][0][0] for bot in (known_bot, other)
    ]
    assert sizes[0]["file_id"] != sizes[1]["file_id"]
    assert sizes[0]["file_unique_id"] == sizes[1]["file_unique_id"]
    assert (await other.call("getFile", file_id=sizes[0]["file_id"]))[0] == 400


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"bio": "x" * 141}, "`bio` is longer than 140 UTF-16 units"),
        ({"bio": 5}, "`bio` must be a string"),
        ({"birthdate": "1990"}, NO_DAY),
        ({"birthdate": {"day": 1}}, NO_DAY),
        ({"birthdate": {"day": 30, "month": 2}}, NO_DAY),
        (
            {"birthdate": {"day": 29, "month": 2, "year": 1991}},
            NO_DAY,
        ),
        (
            {"birthdate": {"day": 1, "month": 1, "year": 33}},
            NO_DAY,
        ),
        (
            {"birthdate": {"day": "1", "month": 1, "year": 2**80}},
            NO_DAY,
        ),
        ({"birthdate": {"day": 1, "month": 1, "hour": 1}}, NO_DAY),
        ({"personal_chat": -100}, "there is no channel -100; POST …/channels makes one"),
        (
            {"personal_chat": "mine"},
            "`personal_chat` must be a whole number other than 0, of at most 52 bits",
        ),
        ({"photo": "§"}, "`photo` must be base64"),
        ({"photo": "YWJj"}, "`photo` is none that Telegram takes: IMAGE_PROCESS_FAILED"),
        ({"photo": ""}, "`photo` is none that Telegram takes: IMAGE_PROCESS_FAILED"),
        ({"fame": 5}, "unknown fields: fame"),
    ],
)
async def test_nonsense_about_a_person_is_refused(
    known_bot: BotHand, control: ControlHand, fields: dict[str, Any], complaint: str
) -> None:
    asked = {"bio": "kept out", **fields}
    assert await control.refused("people/1001", asked) == (400, complaint)
    assert set(await known_bot.ok("getChat", chat_id=1001)) == PLAIN


@pytest.mark.parametrize("person_id", ["-5", "0", "anna"])
async def test_a_person_has_a_positive_number(control: ControlHand, person_id: str) -> None:
    status, body = await control.send("GET", f"people/{person_id}")
    assert (status, set(body)) == (400, {"error"})


async def test_a_photo_may_come_as_a_data_address(
    control: ControlHand, session: aiohttp.ClientSession
) -> None:
    content = picture("JPEG")
    shown = await control.post("people/5", {"photo": f"data:image/jpeg;base64,{encoded(content)}"})
    path = f"/control/people/5/photo?v={shown['photo_version']}"
    async with session.get(path) as response:
        assert (response.content_type, await response.read()) == ("image/jpeg", content)
    for stranger in (6, 7):
        await control.post("people/6", {"bio": "x"})
        status, body = await control.send("GET", f"people/{stranger}/photo")
        assert (status, body) == (404, {"error": "this person shows no photo"})


async def test_a_forgotten_photo_is_no_longer_shown(
    known_bot: BotHand, control: ControlHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    await control.post("people/1001", {"photo": encoded(picture())})
    monkeypatch.setattr(files, "MOST_BYTES", 100)
    await known_bot.sent("sendDocument", {"document": ("a", bytes(90))}, chat_id=1001)
    assert set(await known_bot.ok("getChat", chat_id=1001)) == PLAIN
    assert await known_bot.ok("getUserProfilePhotos", user_id=1001) == {"total_count": 0, "photos": []}


async def test_faces_survive_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    async with SandboxServer(state=state) as server, aiohttp.ClientSession(server.url) as session:
        control = ControlHand(session)
        bot = await control.bot()
        await control.say(bot, "/start")
        channel = (await control.post(f"bots/{bot.token}/channels", {"title": "Dawn"}))["chat_id"]
        face = {"bio": "x", "birthdate": {"day": 1, "month": 2}, "personal_chat": channel}
        await control.post("people/1001", {**face, "photo": encoded(picture())})
        before = await bot.ok("getChat", chat_id=1001)
        photos = await bot.ok("getUserProfilePhotos", user_id=1001)
    saved = json.loads(state.read_text())
    async with SandboxServer(state=state) as server, aiohttp.ClientSession(server.url) as session:
        bot = BotHand(session, bot.token)
        assert await bot.ok("getChat", chat_id=1001) == before
        assert await bot.ok("getUserProfilePhotos", user_id=1001) == photos

    for fields in saved["people"]:
        for name in ("bio", "birthdate", "personal_chat", "photos"):
            del fields[name]
    for name in ("files", "channels"):
        del saved[name]
    saved["bots"][0]["chats"] = saved["bots"][0]["chats"][:1]
    del saved["bots"][0]["chats"][0]["departure"]
    state.write_text(json.dumps(saved))
    async with SandboxServer(state=state) as server, aiohttp.ClientSession(server.url) as session:
        bot = BotHand(session, bot.token)
        assert set(await bot.ok("getChat", chat_id=1001)) == PLAIN - {"username"}


async def test_ptb_reads_faces(server: SandboxServer, known_bot: BotHand, control: ControlHand) -> None:
    channel = (await control.post(f"bots/{known_bot.token}/channels", {"title": "Dawn"}))["chat_id"]
    face = {"bio": "x", "birthdate": {"day": 3, "month": 4}, "personal_chat": channel}
    await control.post("people/1001", {**face, "photo": encoded(picture())})
    async with Bot(
        known_bot.token, base_url=f"{server.url}/bot", base_file_url=f"{server.url}/file/bot"
    ) as bot:
        chat = await bot.get_chat(1001)
        assert chat.birthdate is not None
        assert chat.personal_chat is not None
        assert chat.photo is not None
        assert (chat.bio, chat.birthdate.day, chat.birthdate.year) == ("x", 3, None)
        assert (chat.personal_chat.id, chat.personal_chat.title) == (channel, "Dawn")
        file = await chat.photo.get_big_file()
        assert bytes(await file.download_as_bytearray()) == picture()
        photos = await bot.get_user_profile_photos(1001)
        assert photos is not None
        assert (photos.total_count, photos.photos[0][-1].width) == (1, 64)
        assert (await bot.get_chat(channel)).type == "channel"
