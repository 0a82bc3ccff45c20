from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from runtime.dispatch.heard import LONGEST_TEXT, Heard, Unreadable, read_update
from sessions_app.contracts import Tap
from tests.runtime.updates import DATE, as_bytes, chat, membership, message, nested, tap, update, user

OURS = "natasha_bot"


def read(value: Any, *, kind: str = "message") -> Heard:
    payload = value if isinstance(value, bytes) else as_bytes(value)
    return read_update(payload, kind=kind, our_name=OURS)


def said(text: str | None = "hello", **fields: Any) -> dict[str, Any]:
    return update(body=message(text, **fields))


def test_a_text_tells_who_said_what_and_where() -> None:
    body = message("hello", message_id=31)
    body["from"] = user(7, last_name="Orlova", username="vera", language_code="pt-br")
    assert read(update(body=body)) == Heard(
        kind="message",
        chat_id=7,
        is_private=True,
        user_id=7,
        is_bot=False,
        first_name="Vera",
        last_name="Orlova",
        username="vera",
        language_code="pt-br",
        text="hello",
        message_id=31,
        at=datetime.fromtimestamp(DATE, UTC),
    )


@pytest.mark.parametrize(
    ("text", "command", "argument"),
    [
        ("/start", "start", ""),
        ("/start promo-7", "start", "promo-7"),
        ("/START  promo ", "start", "promo"),
        ("/natasha@natasha_bot", "natasha", ""),
        ("/natasha@NATASHA_bot now", "natasha", "now"),
        ("/natasha\nplease", "natasha", "please"),
        ("/", "", ""),
        ("/start@another_bot", "", ""),
    ],
)
def test_a_command_is_read_with_its_argument(text: str, command: str, argument: str) -> None:
    heard = read(said(text), kind="command")
    assert (heard.command, heard.argument) == (command, argument)


def test_a_slash_in_a_text_is_no_command() -> None:
    assert read(said("and/or")).command == ""


@pytest.mark.parametrize(
    ("content", "media"),
    [
        ({"voice": {"file_id": "a", "file_unique_id": "b", "duration": 1}}, "voice"),
        ({"audio": {"file_id": "a", "file_unique_id": "b", "duration": 1}}, "voice"),
        ({"document": {"file_id": "a", "file_unique_id": "b"}}, "document"),
        ({"contact": {"phone_number": "1", "first_name": "Boris"}}, "contact"),
        ({"dice": {"emoji": "🎲", "value": 1}}, "other"),
        ({"new_chat_title": "what Telegram says"}, ""),
        ({"what_nobody_knows_yet": {"a": 1}}, ""),
        ({}, ""),
    ],
)
def test_what_is_no_text_is_named_by_its_kind(content: dict[str, Any], media: str) -> None:
    heard = read(update(body=message(None, **content)))
    assert (heard.text, heard.media) == ("", media)


def test_a_caption_is_heard_beside_the_picture() -> None:
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    heard = read(update(body=message(None, photo=photo, caption="us two")))
    assert (heard.text, heard.media) == ("us two", "photo")


def test_a_tap_carries_its_data_and_not_the_text_it_stood_under() -> None:
    body = tap("open:natasha")
    heard = read(update("callback_query", body), kind="callback_query")
    assert heard.tap == Tap("4711", "open:natasha", body["message"]["message_id"])
    assert (heard.user_id, heard.chat_id, heard.text, heard.is_bot) == (7, 7, "", False)


def test_a_tap_without_a_message_belongs_to_no_chat() -> None:
    body = tap()
    del body["message"]
    heard = read(update("callback_query", {**body, "inline_message_id": "x"}), kind="callback_query")
    assert heard.tap == Tap("4711", "open:natasha", None)
    assert (heard.chat_id, heard.is_private) == (None, False)


@pytest.mark.parametrize(
    ("change", "is_blocked"),
    [
        (membership("kicked"), True),
        (membership("left"), True),
        (membership("member"), False),
        (membership("kicked", chat_id=-100), None),
    ],
)
def test_a_block_is_one_only_in_a_private_chat(change: dict[str, Any], is_blocked: bool | None) -> None:
    assert read(update("my_chat_member", change), kind="my_chat_member").is_blocked is is_blocked


@pytest.mark.parametrize(
    ("text", "is_addressed"),
    [("hello", False), ("hello @Natasha_Bot!", True), ("hello @another_bot", False)],
)
def test_in_a_group_the_bot_is_addressed_by_its_name(text: str, is_addressed: bool) -> None:
    heard = read(update(body={**message(text), "chat": chat(-100)}))
    assert (heard.is_private, heard.chat_id, heard.is_addressed) == (False, -100, is_addressed)


def test_a_bots_message_is_known_as_one() -> None:
    body = message("I am talking to myself")
    body["from"] = user(99, is_bot=True, first_name="Natasha", username=OURS)
    assert read(update(body=body)).is_bot is True


def test_a_post_of_a_channel_has_no_author() -> None:
    body = {"message_id": 5, "date": 1_790_000_000, "chat": chat(-100, type="channel"), "text": "news"}
    heard = read(update("channel_post", body), kind="channel_post")
    assert (heard.user_id, heard.is_private, heard.text) == (None, False, "news")


@pytest.mark.parametrize(
    "kind",
    ["message_reaction", "poll", "inline_query", "pre_checkout_query", "chat_boost", "poll_answer"],
)
def test_a_kind_of_which_only_the_name_is_known_is_not_a_crash(kind: str) -> None:
    with pytest.raises(Unreadable):
        read(update(kind, {"nothing": "that belongs there"}), kind=kind)


def test_an_update_of_an_unknown_kind_says_nothing() -> None:
    heard = read({"update_id": 1, "telepathy": {"text": "hm"}}, kind="unknown")
    assert (heard.chat_id, heard.user_id, heard.text, heard.media) == (None, None, "", "")


def test_nul_and_lone_surrogates_are_taken_out() -> None:
    body = message("a\x00b\ud800c")
    body["from"] = user(7, first_name="V\x00era\udfff", last_name="\x00", username="v\x00")
    heard = read(update(body=body))
    assert (heard.text, heard.first_name, heard.last_name, heard.username) == ("abc", "Vera", "", "v")


def test_a_language_that_is_no_text_is_none() -> None:
    assert read(update(body={**message(), "from": user(language_code=5)})).language_code == ""


def test_a_private_chat_with_somebody_else_is_not_one() -> None:
    heard = read(update(body={**message(), "from": user(8)}))
    assert (heard.chat_id, heard.user_id, heard.is_private) == (7, 8, False)


def test_names_and_texts_are_cut_to_what_is_kept() -> None:
    body = message("x" * 1_000_000)
    body["from"] = user(7, first_name="f" * 500, last_name="l" * 500, username="u" * 500)
    heard = read(update(body=body))
    assert (len(heard.text), len(heard.first_name), len(heard.last_name), len(heard.username)) == (
        LONGEST_TEXT,
        128,
        128,
        64,
    )


HOSTILE: dict[str, Any] = {
    "no JSON": b"{",
    "no UTF-8": b'{"update_id": 1, "message": {"text": "\xff\xfe"}}',
    "null": b"null",
    "a list": b"[]",
    "a text": b'"update"',
    "a number": b"1",
    "a message that is a text": update(body="hello"),
    "a message that is a list": update(body=[message()]),
    "an empty message": update(body={}),
    "no chat": update(body={"message_id": 1, "date": 1, "from": user(), "text": "x"}),
    "a chat without an id": update(body={**message(), "chat": {"type": "private"}}),
    "no message_id": update(body={"date": 1, "chat": chat(), "text": "x"}),
    "no date": update(body={"message_id": 1, "chat": chat(), "text": "x"}),
    "a date in milliseconds": said(date=1_790_000_000_000),
    "a date before time": said(date=-(10**15)),
    "a date that is a text": said(date="yesterday"),
    "a text that is a number": update(body={**message(), "text": 5}),
    "a text that is a list": update(body={**message(), "text": ["x"]}),
    "a text that is an object": update(body={**message(), "text": {"x": 1}}),
    "a first name that is a number": update(body={**message(), "from": user(first_name=5)}),
    "a user that is a text": update(body={**message(), "from": "vera"}),
    "a user without an id": update(body={**message(), "from": {"is_bot": False, "first_name": "V"}}),
    "a user id of 70 bits": update(body={**message(), "from": user(2**70)}),
    "a user id that is a text": update(body={**message(), "from": user("7")}),  # type: ignore[arg-type]
    "a user id that is a fraction": update(body={**message(), "from": user(7.5)}),  # type: ignore[arg-type]
    "a user id that is true": update(body={**message(), "from": user(True)}),
    "a chat id of 70 bits": update(body={**message(), "chat": chat(2**70)}),
    "a chat id that is a text": update(body={**message(), "chat": {**chat(), "id": "7"}}),
    "a chat id that is null": update(body={**message(), "chat": {**chat(), "id": None}}),
    "a message id of 70 bits": update(body={**message(), "message_id": 2**70}),
    "a message id that is a text": update(body={**message(), "message_id": "1"}),
    "a command that is no text": update(body={**message(), "text": None, "caption": {"a": 1}}),
    "entities that are a text": said(entities="bold"),
    "an infinite number": b'{"update_id": 1, "message": {"message_id": Infinity, "date": NaN, "chat": {}}}',
    "a photo that is a text": update(body=message(None, photo="us")),
    "messages within messages": nested(400),
    "brackets without end": b"[" * 100_000,
}


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_cannot_be_read_is_unreadable_and_says_nothing_of_its_content(payload: Any) -> None:
    with pytest.raises(Unreadable) as refused:
        read(payload)
    assert (refused.value.code, refused.value.permanent) == ("update.unreadable", True)
    assert "vera" not in refused.value.message.lower()
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "body",
    [tap(5), tap({"a": 1}), tap(id=7), tap(id=None), {**tap(), "message": "x"}, {}],
)
def test_a_broken_tap_is_unreadable(body: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read(update("callback_query", body), kind="callback_query")


def test_a_tap_of_a_game_has_no_data() -> None:
    body = tap()
    del body["data"]
    heard = read(update("callback_query", {**body, "game_short_name": "chess"}), kind="callback_query")
    assert heard.tap is not None
    assert heard.tap.data == ""


def test_the_kinds_of_update_of_the_catalogue_are_read_or_refused_but_never_crash() -> None:
    values = [1, "x", None, [], {}, {"id": 1}, {"from": user(), "chat": chat()}, message()]
    for kind in ("message", "edited_message", "callback_query", "my_chat_member", "message_reaction"):
        for value in values:
            try:
                heard = read(json.dumps({"update_id": 1, kind: value}).encode(), kind=kind)
            except Unreadable:
                continue
            assert heard.kind == kind
