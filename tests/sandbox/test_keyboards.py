"""Keyboards: what Telegram keeps and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.client import BotHand, ControlHand

PARSE = "can't parse inline keyboard button: "


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[button]]}


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ("5", "object expected as reply markup"),
        ({"inline_keyboard": "bad"}, 'field "inline_keyboard" must be of type Array'),
        ({"inline_keyboard": [{}]}, 'field "inline_keyboard" must be an Array of Arrays'),
        ({"inline_keyboard": [["x"]]}, f"{PARSE}InlineKeyboardButton must be an Object"),
        (inline(callback_data="x"), f'{PARSE}Can\'t find field "text"'),
        (inline(text=5, callback_data="x"), f'{PARSE}Field "text" must be of type String'),
        (inline(text=" ", callback_data="x"), "inline keyboard button text must be non-empty"),
        (inline(text="x"), f"{PARSE}Text buttons are unallowed in the inline keyboard"),
        (inline(text="x", callback_data=5), f'{PARSE}Field "callback_data" must be of type String'),
        (inline(text="x", callback_data=""), "BUTTON_DATA_INVALID"),
        (inline(text="x", callback_data="x" * 65), "BUTTON_DATA_INVALID"),
        (inline(text="x", callback_data="я" * 33), "BUTTON_DATA_INVALID"),
        (
            inline(text="x", url="not-a-url"),
            "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL",
        ),
        (
            inline(text="x", url="ftp://example.com"),
            "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
        ),
        (
            inline(text="x", web_app={"url": "http://e.com"}),
            "inline keyboard button Web App URL 'http://e.com' is invalid: Only HTTPS links are allowed",
        ),
        (inline(text="x", copy_text={"text": ""}), "BUTTON_COPY_TEXT_INVALID"),
        (inline(text="x", pay=True), "BUTTON_TYPE_INVALID"),
        ({"inline_keyboard": [[{"text": "x" * 99, "callback_data": "x"}] * 120]}, "REPLY_MARKUP_TOO_LONG"),
        ({"keyboard": "bad"}, 'field "keyboard" must be of type Array'),
        ({"keyboard": [[5]]}, "can't parse keyboard button: KeyboardButton must be an Object"),
        ({"keyboard": [["A"]], "selective": "yes"}, 'field "selective" must be of type Boolean'),
        (
            {"keyboard": [[{"text": "a", "web_app": {"url": "bad"}}]]},
            "keyboard button Web App URL 'bad' is invalid: Only HTTPS links are allowed",
        ),
        ({"remove_keyboard": "yes"}, 'field "remove_keyboard" must be of type Boolean'),
        ({"force_reply": "yes"}, 'field "force_reply" must be of type Boolean'),
    ],
)
async def test_a_broken_keyboard_is_refused(
    known_bot: BotHand, control: ControlHand, markup: Any, reason: str
) -> None:
    asked = {"chat_id": 1001, "text": "x", "reply_markup": markup}
    assert await known_bot.refusal("sendMessage", **asked) == (400, f"Bad Request: {reason}")
    assert len(await control.messages(known_bot)) == 1


@pytest.mark.parametrize(
    ("button", "kept"),
    [
        ({"callback_data": "x" * 64}, {"callback_data": "x" * 64}),
        ({"url": "example.com", "callback_data": "x"}, {"url": "http://example.com/"}),
        ({"web_app": {"url": "https://example.com/app"}}, {"web_app": {"url": "https://example.com/app"}}),
        ({"copy_text": {"text": "code"}}, {"copy_text": {"text": "code"}}),
        ({"switch_inline_query": ""}, {"switch_inline_query": ""}),
    ],
)
async def test_a_button_keeps_its_one_action(
    known_bot: BotHand, button: dict[str, Any], kept: dict[str, Any]
) -> None:
    markup = {"inline_keyboard": [[], [{"text": "Go", **button, "unknown": 1}]]}
    sent = await known_bot.ok("sendMessage", chat_id=1001, text="x", reply_markup=markup)
    assert sent["reply_markup"] == {"inline_keyboard": [[{"text": "Go", **kept}]]}


@pytest.mark.parametrize("markup", [{"inline_keyboard": []}, {"keyboard": []}, {"unknown": 1}, "", "null"])
async def test_an_empty_keyboard_is_none(known_bot: BotHand, markup: Any) -> None:
    assert "reply_markup" not in await known_bot.ok(
        "sendMessage", chat_id=1001, text="x", reply_markup=markup
    )


async def test_a_reply_keyboard_belongs_to_the_chat_until_removed(
    known_bot: BotHand, control: ControlHand
) -> None:
    markup = {"keyboard": [["Yes", {"text": "No"}]], "resize_keyboard": True}
    sent = await known_bot.ok("sendMessage", chat_id=1001, text="x", reply_markup=markup)
    assert "reply_markup" not in sent
    path = f"bots/{known_bot.token}/chats/1001"
    assert (await control.get(path))["keyboard"] == {
        "keyboard": [[{"text": "Yes"}, {"text": "No"}]],
        "resize_keyboard": True,
    }
    await known_bot.ok("sendMessage", chat_id=1001, text="x", reply_markup={"remove_keyboard": True})
    assert (await control.get(path))["keyboard"] is None
