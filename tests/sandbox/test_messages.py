"""sendMessage, the edits, deleteMessage: real shapes, and Telegram's refusals word for word."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from core.clock import Clock, clock
from sandbox import accounts, chats
from tests.sandbox.client import BotHand, ControlHand

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
BUTTON = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


async def test_a_sent_message_has_the_shape_of_telegrams(
    known_bot: BotHand, control: ControlHand, stopped_clock: Clock
) -> None:
    me = await known_bot.ok("getMe")
    sent = await known_bot.ok(
        "sendMessage", chat_id="1001", text=" <b>Hi</b> ", parse_mode="HTML", reply_markup=BUTTON
    )
    assert sent == {
        "message_id": 2,
        "from": {key: me[key] for key in ("id", "is_bot", "first_name", "username")},
        "chat": {"id": 1001, "first_name": "Anna", "username": "anna", "type": "private"},
        "date": int(stopped_clock.now().timestamp()),
        "text": "Hi",
        "entities": [{"offset": 0, "length": 2, "type": "bold"}],
        "reply_markup": BUTTON,
    }
    assert (await control.messages(known_bot))[1:] == [sent]


async def test_private_chats_share_the_bots_counter(known_bot: BotHand, control: ControlHand) -> None:
    said = await control.say(known_bot, "hello", user_id=1002)
    sent = await known_bot.ok("sendMessage", chat_id=1001, text="hi")
    assert (said["message_id"], sent["message_id"]) == (2, 3)


async def test_a_supergroup_counts_for_itself(known_bot: BotHand, control: ControlHand) -> None:
    said = await control.say(known_bot, "hello", chat_id=-1001234567890, chat_title="Circle")
    assert said == {"update_id": said["update_id"], "message_id": 1, "chat_id": -1001234567890}
    sent = await known_bot.ok("sendMessage", chat_id=-1001234567890, text="hi")
    assert (sent["message_id"], sent["chat"]["type"]) == (2, "supergroup")


@pytest.mark.parametrize("kind", ["query", "urlencoded", "multipart", "json"])
async def test_arguments_may_come_in_any_form(
    known_bot: BotHand, session: aiohttp.ClientSession, kind: str
) -> None:
    params = {"chat_id": "1001", "text": "привет & 😀", "reply_markup": json.dumps(BUTTON)}
    path = f"/bot{known_bot.token}/sendmessage"
    if kind == "query":
        request = session.get(path, params=params)
    elif kind == "urlencoded":
        request = session.post(path, data=params)
    elif kind == "multipart":
        form = aiohttp.FormData(params)
        form.add_field("document", b"ignored", filename="a.txt")
        request = session.post(path, data=form)
    else:
        request = session.post(path, json=params)
    async with request as response:
        result = (await response.json())["result"]
    assert (result["text"], result["reply_markup"]) == ("привет & 😀", BUTTON)


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"text": None}, "message text is empty"),
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "text must be non-empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "x" * 4097, "chat_id": 5}, "message is too long"),
        ({"text": "\ud800"}, "strings must be encoded in UTF-8"),
        ({"parse_mode": "wiki"}, "unsupported parse_mode"),
        (
            {"text": "<b>x", "parse_mode": "html"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            {"text": "a.", "parse_mode": "MarkdownV2"},
            "can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
        ),
        (
            {"text": "*x", "parse_mode": "Markdown"},
            "can't parse entities: Can't find end of the entity starting at byte offset 0",
        ),
        ({"chat_id": ""}, "chat_id is empty"),
        ({"chat_id": 999}, "chat not found"),
        ({"chat_id": "@nobody"}, "chat not found"),
        ({"reply_parameters": {"quote": "x"}}, 'can\'t find field "message_id"'),
        ({"reply_parameters": {"message_id": 999}}, "message to be replied not found"),
        ({"reply_to_message_id": 999}, "message to be replied not found"),
    ],
)
async def test_a_message_is_refused_in_telegrams_words(
    known_bot: BotHand, control: ControlHand, params: dict[str, Any], reason: str
) -> None:
    asked = {"chat_id": 1001, "text": "x", **params}
    assert await known_bot.refusal("sendMessage", **asked) == (400, f"Bad Request: {reason}")
    assert len(await control.messages(known_bot)) == 1


@pytest.mark.parametrize("text", ["x" * 4096, "😀" * 2048, f"<b>{'x' * 4096}</b>&amp;"[:-5], "я" * 4096])
async def test_4096_units_after_parsing_pass(known_bot: BotHand, text: str) -> None:
    mode = {"parse_mode": "HTML"} if text.startswith("<") else {}
    sent = await known_bot.ok("sendMessage", chat_id=1001, text=text, **mode)
    assert len(sent["text"].encode("utf-16-le")) == 2 * 4096


async def test_entities_may_be_given_instead_of_markup(known_bot: BotHand) -> None:
    given = [
        {"type": "text_link", "offset": 0, "length": 1, "url": "example.com"},
        {"type": "text_mention", "offset": 0, "length": 2, "user": {"id": 1001}},
        {"type": "text_mention", "offset": 0, "length": 2, "user": {"id": 5}},
        {"type": "pre", "offset": 2, "length": 1, "language": "py"},
        {"type": "custom_emoji", "offset": 3, "length": 1, "custom_emoji_id": "9"},
        {"type": "hashtag", "offset": 0, "length": 4},
    ]
    sent = await known_bot.ok("sendMessage", chat_id=1001, text="abcd", entities=json.dumps(given))
    anna = {"id": 1001, "is_bot": False, "first_name": "Anna", "username": "anna", "language_code": "en"}
    assert sent["entities"] == [
        {"offset": 0, "length": 2, "type": "text_mention", "user": anna},
        {"offset": 0, "length": 1, "type": "text_link", "url": "http://example.com/"},
        {"offset": 2, "length": 1, "type": "pre", "language": "py"},
        {"offset": 3, "length": 1, "type": "custom_emoji", "custom_emoji_id": "9"},
    ]


@pytest.mark.parametrize(
    ("entity", "reason"),
    [
        ({"offset": 100, "length": 1}, "entity begins after the end of the text at UTF-16 offset 100"),
        (
            {"offset": 0, "length": 100},
            "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100",
        ),
        ({"offset": -1, "length": 1}, "receive an entity with incorrect offset -1"),
        ({"offset": 0, "length": -1}, "receive an entity with incorrect length -1"),
        ({"type": "glow", "offset": 0, "length": 1}, "can't parse MessageEntity: Unsupported type specified"),
        ({"offset": 0}, "can't parse MessageEntity: Can't find field \"length\""),
        (
            {"offset": "0", "length": 1},
            'can\'t parse MessageEntity: Field "offset" must be of type Number',
        ),
        (
            {"type": "text_link", "offset": 0, "length": 1, "url": "not-a-url"},
            "entity URL 'not-a-url' is invalid: Wrong HTTP URL",
        ),
        (
            {"type": "text_link", "offset": 0, "length": 1},
            "can't parse MessageEntity: Can't find field \"url\"",
        ),
        (
            {"type": "custom_emoji", "offset": 0, "length": 1, "custom_emoji_id": "9999999999999999999"},
            'can\'t parse MessageEntity: Field "custom_emoji_id" must be a valid Number',
        ),
    ],
)
async def test_broken_entities_are_refused(known_bot: BotHand, entity: dict[str, Any], reason: str) -> None:
    asked = {"chat_id": 1001, "text": "hello", "entities": [{"type": "bold", **entity}]}
    assert await known_bot.refusal("sendMessage", **asked) == (400, f"Bad Request: {reason}")


@pytest.mark.parametrize(
    ("entities", "reason"),
    [
        ("{", "can't parse entities JSON object"),
        ({"a": 1}, "expected an Array of MessageEntity"),
        ([5], "can't parse MessageEntity: expected an Object"),
    ],
)
async def test_entities_must_be_a_list_of_objects(known_bot: BotHand, entities: Any, reason: str) -> None:
    asked = {"chat_id": 1001, "text": "hello", "entities": entities}
    assert await known_bot.refusal("sendMessage", **asked) == (400, f"Bad Request: {reason}")


async def test_only_the_first_hundred_entities_are_kept(known_bot: BotHand) -> None:
    sent = await known_bot.ok("sendMessage", chat_id=1001, text="<b>a</b> " * 120, parse_mode="HTML")
    assert len(sent["entities"]) == 100


async def test_a_reply_carries_what_it_replies_to(known_bot: BotHand) -> None:
    sent = await known_bot.ok("sendMessage", chat_id=1001, text="x", reply_parameters={"message_id": 1})
    assert sent["reply_to_message"]["text"] == "/start"
    lost = {"message_id": 999, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await known_bot.ok(
        "sendMessage", chat_id=1001, text="x", reply_parameters=lost
    )


async def test_protected_content_says_so(known_bot: BotHand) -> None:
    sent = await known_bot.ok("sendMessage", chat_id=1001, text="x", protect_content=True)
    assert sent["has_protected_content"] is True


async def test_a_blocked_bot_may_not_write_until_unblocked(known_bot: BotHand, control: ControlHand) -> None:
    await control.post(f"bots/{known_bot.token}/block", {"user_id": 1001})
    blocked = (403, "Forbidden: bot was blocked by the user")
    for method, more in (
        ("sendMessage", {"text": "x"}),
        ("sendChatAction", {"action": "typing"}),
        ("editMessageText", {"text": "x", "message_id": 1}),
    ):
        assert await known_bot.refusal(method, chat_id=1001, **more) == blocked
    await control.post(f"bots/{known_bot.token}/unblock", {"user_id": 1001})
    assert (await known_bot.ok("sendMessage", chat_id=1001, text="x"))["text"] == "x"


async def test_nobody_can_write_to_a_deactivated_person(known_bot: BotHand, control: ControlHand) -> None:
    await control.post(f"bots/{known_bot.token}/deactivate", {"user_id": 1001})
    assert await known_bot.refusal("sendMessage", chat_id=1001, text="x") == (
        403,
        "Forbidden: user is deactivated",
    )
    await control.post(f"bots/{known_bot.token}/reactivate", {"user_id": 1001})
    assert (await known_bot.ok("sendMessage", chat_id=1001, text="x"))["text"] == "x"


async def test_an_edit_replaces_text_entities_and_keyboard(known_bot: BotHand, control: ControlHand) -> None:
    sent = await known_bot.ok("sendMessage", chat_id=1001, text="/old", reply_markup=BUTTON)
    edited = await known_bot.ok("editMessageText", chat_id=1001, message_id=sent["message_id"], text="new")
    assert edited == {
        **{key: sent[key] for key in ("message_id", "from", "chat", "date")},
        "text": "new",
        "edit_date": edited["edit_date"],
    }
    assert (await control.messages(known_bot))[-1] == edited


async def test_the_keyboard_alone_can_be_changed_and_taken_away(known_bot: BotHand) -> None:
    sent = await known_bot.ok("sendMessage", chat_id=1001, text="/old")
    place = {"chat_id": 1001, "message_id": sent["message_id"]}
    with_button = await known_bot.ok("editMessageReplyMarkup", **place, reply_markup=BUTTON)
    assert with_button["reply_markup"] == BUTTON
    assert (with_button["text"], with_button["entities"]) == (sent["text"], sent["entities"])
    assert await known_bot.refusal("editMessageReplyMarkup", **place, reply_markup=BUTTON) == (
        400,
        NOT_MODIFIED,
    )
    without = await known_bot.ok("editMessageReplyMarkup", **place)
    assert "reply_markup" not in without


async def test_an_edit_that_changes_nothing_is_refused(known_bot: BotHand) -> None:
    sent = await known_bot.ok("sendMessage", chat_id=1001, text="same", reply_markup=BUTTON)
    asked = {"chat_id": 1001, "message_id": sent["message_id"], "text": "same"}
    assert await known_bot.refusal("editMessageText", **asked, reply_markup=BUTTON) == (400, NOT_MODIFIED)
    assert "reply_markup" not in await known_bot.ok("editMessageText", **asked)


@pytest.mark.parametrize(
    ("message_id", "reason"),
    [
        (None, "message identifier is not specified"),
        (999, "message to edit not found"),
        (1, "message can't be edited"),
    ],
)
async def test_only_the_bots_own_messages_are_edited(
    known_bot: BotHand, message_id: int | None, reason: str
) -> None:
    asked = {"chat_id": 1001, "message_id": message_id, "text": "x"}
    assert await known_bot.refusal("editMessageText", **asked) == (400, f"Bad Request: {reason}")


async def test_a_deleted_message_is_gone(known_bot: BotHand, control: ControlHand) -> None:
    sent = await known_bot.ok("sendMessage", chat_id=1001, text="x")
    place = {"chat_id": 1001, "message_id": sent["message_id"]}
    assert await known_bot.ok("deleteMessage", **place) is True
    gone = (400, "Bad Request: message to delete not found")
    assert await known_bot.refusal("deleteMessage", **place) == gone
    assert len(await control.messages(known_bot)) == 1


async def test_after_48_hours_a_message_stays(known_bot: BotHand, control: ControlHand) -> None:
    with clock.stopped() as stopped:
        stopped.advance(timedelta(hours=49))
        refused = await known_bot.refusal("deleteMessage", chat_id=1001, message_id=1)
    assert refused == (400, "Bad Request: message can't be deleted for everyone")
    assert len(await control.messages(known_bot)) == 1


async def test_a_chat_keeps_its_newest_messages(
    known_bot: BotHand, control: ControlHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chats, "MOST_MESSAGES", 3)
    for number in range(4):
        await known_bot.ok("sendMessage", chat_id=1001, text=str(number))
    assert [message["text"] for message in await control.messages(known_bot)] == ["1", "2", "3"]


async def test_a_bot_keeps_its_newest_messages_over_all_chats(
    known_bot: BotHand, control: ControlHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "MOST_MESSAGES", 2)
    await control.say(known_bot, "hello", user_id=1002)
    await control.say(known_bot, "again", user_id=1002)
    assert await control.messages(known_bot) == []
    assert [message["text"] for message in await control.messages(known_bot, 1002)] == ["hello", "again"]
