"""sendVideo and sendVoice: real shapes, a `file_id` for each bot, and what cannot be played."""

from __future__ import annotations

import pytest

from tests.sandbox.client import BotHand, ControlHand
from tests.sandbox.pictures import picture

MOVIE = b"\x00\x00\x00\x18ftypmp42...."
SOUND = b"OggS...."


async def test_a_sent_video_has_the_shape_of_telegrams(known_bot: BotHand, control: ControlHand) -> None:
    sent = await known_bot.sent(
        "sendVideo",
        {"video": ("way.mp4", MOVIE)},
        chat_id=1001,
        caption="<i>Look</i>",
        parse_mode="HTML",
        duration=7,
        width=640,
        height="360",
    )
    video = sent["video"]
    assert {key: video[key] for key in video.keys() - {"file_id", "file_unique_id"}} == {
        "file_name": "way.mp4",
        "mime_type": "video/mp4",
        "file_size": len(MOVIE),
        "duration": 7,
        "width": 640,
        "height": 360,
    }
    assert (sent["caption"], sent["caption_entities"]) == (
        "Look",
        [{"offset": 0, "length": 4, "type": "italic"}],
    )
    path = (await known_bot.ok("getFile", file_id=video["file_id"]))["file_path"]
    assert (path, await known_bot.download(path)) == ("videos/file_1.mp4", (200, MOVIE))
    record = await control.get(f"bots/{known_bot.token}/record?since=1")
    assert (record[-1]["method"], record[-1]["text"]) == ("sendVideo", "Look")


async def test_a_sent_voice_has_the_shape_of_telegrams(known_bot: BotHand) -> None:
    sent = await known_bot.sent("sendVoice", {"voice": ("v.ogg", SOUND)}, chat_id=1001, duration=3)
    voice = sent["voice"]
    assert {key: voice[key] for key in voice.keys() - {"file_id", "file_unique_id"}} == {
        "duration": 3,
        "mime_type": "audio/ogg",
        "file_size": len(SOUND),
    }


@pytest.mark.parametrize(
    ("method", "field", "content"), [("sendVideo", "video", MOVIE), ("sendVoice", "voice", SOUND)]
)
async def test_a_file_goes_again_by_the_id_that_this_bot_was_given(
    known_bot: BotHand, control: ControlHand, method: str, field: str, content: bytes
) -> None:
    first = await known_bot.sent(method, {field: ("a", content)}, chat_id=1001, duration=2)
    file_id = first[field]["file_id"]
    again = await known_bot.ok(method, chat_id=1001, **{field: file_id})
    assert again[field] == first[field]
    other = await control.bot("Han")
    await control.say(other, "/start")
    assert await other.refusal(method, chat_id=1001, **{field: file_id}) == (
        400,
        "Bad Request: wrong file identifier/HTTP URL specified",
    )


async def test_what_cannot_be_played_arrives_as_a_file_to_save(known_bot: BotHand) -> None:
    for method, field in (("sendVideo", "video"), ("sendVoice", "voice")):
        sent = await known_bot.sent(method, {field: ("notes.txt", b"words")}, chat_id=1001)
        assert (field in sent, sent["document"]["mime_type"]) == (False, "text/plain")


@pytest.mark.parametrize(("method", "field"), [("sendVideo", "video"), ("sendVoice", "voice")])
async def test_a_photo_is_neither_a_video_nor_a_voice(known_bot: BotHand, method: str, field: str) -> None:
    photo = (await known_bot.photo(picture()))["photo"][0]["file_id"]
    title = {"video": "Video", "voice": "VoiceNote"}[field]
    assert await known_bot.refusal(method, chat_id=1001, **{field: photo}) == (
        400,
        f"Bad Request: can't use file of type Photo as {title}",
    )
    assert await known_bot.refusal(method, chat_id=1001) == (
        400,
        f"Bad Request: there is no {field} in the request",
    )


async def test_an_edit_may_bring_a_video(known_bot: BotHand) -> None:
    sent = await known_bot.ok("sendMessage", chat_id=1001, text="soon")
    edited = await known_bot.sent(
        "editMessageMedia",
        {"film": ("way.mp4", MOVIE)},
        chat_id=1001,
        message_id=sent["message_id"],
        media={"type": "video", "media": "attach://film", "duration": 4},
    )
    assert (edited["video"]["duration"], "text" in edited) == (4, False)


async def test_the_page_plays_a_video(known_bot: BotHand) -> None:
    sent = await known_bot.sent("sendVideo", {"video": ("way.mp4", MOVIE)}, chat_id=1001)
    address = f"/control/bots/{known_bot.token}/files/{sent['video']['file_id']}"
    async with known_bot.session.get(address) as response:
        assert (response.content_type, await response.read()) == ("video/mp4", MOVIE)
