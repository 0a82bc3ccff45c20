from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.ingest.peek import KINDS, Peek, peek

PERSON = {"id": 501, "is_bot": False, "first_name": "Вера", "language_code": "ru"}
PRIVATE = {"id": 501, "type": "private", "first_name": "Вера"}
GROUP = {"id": -1007, "type": "supergroup", "title": "Круг"}
CHANNEL = {"id": -1009, "type": "channel", "title": "Вести"}


def _message(**fields: Any) -> dict[str, Any]:
    return {"message_id": 3, "date": 1_790_000_000, "from": PERSON, "chat": PRIVATE, **fields}


def test_free_text_in_private_may_wait_for_a_burst() -> None:
    assert peek({"update_id": 1, "message": _message(text="не знаю")}) == Peek(
        kind="message", lane=501, chat_id=501, user_id=501, language="ru", is_text=True, is_private=True
    )


def test_a_command_may_not_wait() -> None:
    assert peek({"update_id": 1, "message": _message(text="/start ref_7")}) == Peek(
        kind="command", lane=501, chat_id=501, user_id=501, language="ru", is_text=False, is_private=True
    )


@pytest.mark.parametrize(
    ("content", "kind", "is_text"),
    [
        ({"text": "/"}, "command", False),
        (
            {"text": "start", "entities": [{"type": "bot_command", "offset": 0, "length": 5}]},
            "command",
            False,
        ),
        (
            {"text": "x /start", "entities": [{"type": "bot_command", "offset": 2, "length": 6}]},
            "message",
            True,
        ),
        ({"text": " /start"}, "message", True),
        ({"text": "hi", "entities": {"type": "bot_command", "offset": 0}}, "message", True),
        ({"text": "hi", "entities": [None, 5, {"type": ["bot_command"], "offset": 0}]}, "message", True),
        ({"text": ""}, "message", False),
        ({"text": ["/start"]}, "message", False),
        ({"voice": {"duration": 3}}, "message", False),
        ({"photo": [], "caption": "/start"}, "message", False),
        ({}, "message", False),
    ],
)
def test_what_is_text_and_what_is_a_command(content: dict[str, Any], kind: str, is_text: bool) -> None:
    seen = peek({"message": _message(**content)})

    assert (seen.kind, seen.is_text) == (kind, is_text)


@pytest.mark.parametrize(
    ("kind", "body", "lane", "chat_id", "user_id", "is_private"),
    [
        ("message", _message(chat=GROUP), -1007, -1007, 501, False),
        ("edited_message", _message(text="да", edit_date=1), 501, 501, 501, True),
        (
            "channel_post",
            {"message_id": 1, "chat": CHANNEL, "sender_chat": CHANNEL},
            -1009,
            -1009,
            None,
            False,
        ),
        ("edited_channel_post", {"message_id": 1, "chat": CHANNEL}, -1009, -1009, None, False),
        ("business_connection", {"id": "b", "user": PERSON, "user_chat_id": 501}, 501, None, 501, False),
        ("business_message", _message(text="да", business_connection_id="b"), 501, 501, 501, True),
        ("edited_business_message", _message(text="да", business_connection_id="b"), 501, 501, 501, True),
        ("deleted_business_messages", {"business_connection_id": "b", "chat": PRIVATE}, 501, 501, None, True),
        ("guest_message", _message(chat=GROUP, text="@bot"), -1007, -1007, 501, False),
        ("message_reaction", {"chat": PRIVATE, "message_id": 3, "user": PERSON}, 501, 501, 501, True),
        (
            "message_reaction",
            {"chat": GROUP, "message_id": 3, "actor_chat": CHANNEL},
            -1007,
            -1007,
            None,
            False,
        ),
        ("message_reaction_count", {"chat": CHANNEL, "message_id": 3}, -1009, -1009, None, False),
        ("inline_query", {"id": "1", "from": PERSON, "query": ""}, 501, None, 501, False),
        ("chosen_inline_result", {"result_id": "1", "from": PERSON}, 501, None, 501, False),
        (
            "callback_query",
            {"id": "1", "from": PERSON, "message": _message(), "data": "y"},
            501,
            501,
            501,
            True,
        ),
        (
            "callback_query",
            {"id": "1", "from": PERSON, "message": {"chat": GROUP, "message_id": 3, "date": 0}, "data": "y"},
            -1007,
            -1007,
            501,
            False,
        ),
        ("callback_query", {"id": "1", "from": PERSON, "inline_message_id": "i"}, 501, None, 501, False),
        ("shipping_query", {"id": "1", "from": PERSON}, 501, None, 501, False),
        ("pre_checkout_query", {"id": "1", "from": PERSON, "currency": "XTR"}, 501, None, 501, False),
        ("purchased_paid_media", {"from": PERSON, "paid_media_payload": "p"}, 501, None, 501, False),
        ("poll", {"id": "1", "question": "?"}, 0, None, None, False),
        ("poll_answer", {"poll_id": "1", "user": PERSON, "option_ids": [0]}, 501, None, 501, False),
        (
            "poll_answer",
            {"poll_id": "1", "voter_chat": CHANNEL, "option_ids": [0]},
            -1009,
            None,
            -1009,
            False,
        ),
        ("my_chat_member", {"chat": PRIVATE, "from": PERSON, "date": 1}, 501, 501, 501, True),
        ("chat_member", {"chat": GROUP, "from": PERSON, "date": 1}, -1007, -1007, 501, False),
        (
            "chat_join_request",
            {"chat": CHANNEL, "from": PERSON, "user_chat_id": 501},
            -1009,
            -1009,
            501,
            False,
        ),
        ("chat_boost", {"chat": CHANNEL, "boost": {"source": {"user": PERSON}}}, -1009, -1009, 501, False),
        ("removed_chat_boost", {"chat": CHANNEL, "source": {"user": PERSON}}, -1009, -1009, 501, False),
        ("managed_bot", {"user": PERSON, "bot": {"id": 9, "is_bot": True}}, 501, None, 501, False),
    ],
)
def test_every_kind_of_update_has_its_lane(
    kind: str, body: dict[str, Any], lane: int, chat_id: int | None, user_id: int | None, is_private: bool
) -> None:
    seen = peek({"update_id": 1, kind: body})

    assert (seen.kind, seen.lane, seen.chat_id, seen.user_id) == (kind, lane, chat_id, user_id)
    assert seen.is_private is is_private
    assert seen.is_text is False


def test_all_25_kinds_of_bot_api_10_1_are_known() -> None:
    assert len(KINDS) == 25


def test_a_kind_that_came_later_is_unknown_and_still_has_its_lane() -> None:
    seen = peek({"update_id": 1, "dream_shared": {"chat": PRIVATE, "from": PERSON, "text": "/start"}})

    assert (seen.kind, seen.lane, seen.user_id, seen.is_text) == ("unknown", 501, 501, False)


def test_a_known_kind_counts_before_what_came_later() -> None:
    seen = peek({"extra": {"chat": GROUP}, "message": _message(text="да")})

    assert (seen.kind, seen.lane) == ("message", 501)


@pytest.mark.parametrize(
    "value", [None, 5, "message", [], [{"message": {}}], {}, {"update_id": 5}, {"x": {}}, {"x": 1}]
)
def test_what_is_no_update_is_unknown_in_the_lane_of_nobody(value: object) -> None:
    assert peek(value) == Peek(
        kind="unknown", lane=0, chat_id=None, user_id=None, language="", is_text=False, is_private=False
    )


@pytest.mark.parametrize("bad_id", [None, "501", 501.0, True, [], {}, 2**63, -(2**63) - 1, 10**400])
def test_an_id_that_is_no_64_bit_integer_is_absent(bad_id: object) -> None:
    seen = peek({"message": _message(chat={"id": bad_id}, **{"from": {"id": bad_id}}, text="да")})

    assert (seen.lane, seen.chat_id, seen.user_id, seen.is_private) == (0, None, None, False)


def test_without_a_usable_chat_the_person_is_the_lane() -> None:
    seen = peek({"message": _message(chat={"id": "x"}, text="да")})

    assert (seen.lane, seen.chat_id, seen.user_id) == (501, None, 501)


@pytest.mark.parametrize(("chat_id", "is_private"), [(5, True), (-5, False)])
def test_a_chat_that_does_not_say_what_it_is_is_judged_by_its_sign(chat_id: int, is_private: bool) -> None:
    assert peek({"message": _message(chat={"id": chat_id})}).is_private is is_private


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("ru", "ru"),
        ("pt-BR", "pt-br"),
        ("zh-hans", "zh-hans"),
        ("", ""),
        ("r", ""),
        ("ru\n", ""),
        ("русский", ""),
        ("x" * 500, ""),
        (5, ""),
        (None, ""),
        (["ru"], ""),
    ],
)
def test_a_language_is_a_tag_or_nothing(code: object, language: str) -> None:
    assert peek({"message": _message(**{"from": {"id": 5, "language_code": code}})}).language == language


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(
    "body", [None, 5, "text", [], {}, {"chat": 5, "from": "x", "message": [], "boost": 1, "source": 2}]
)
def test_a_known_kind_with_nothing_in_it_is_still_that_kind(kind: str, body: object) -> None:
    seen = peek({"update_id": 1, kind: body})

    assert (seen.kind, seen.lane) == (kind, 0)


_KEYS = st.sampled_from(
    [
        *sorted(KINDS),
        "from",
        "chat",
        "user",
        "id",
        "type",
        "text",
        "entities",
        "message",
        "boost",
        "source",
        "offset",
    ]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just("/x"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_KEYS | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=30,
)


@given(_JSON)
def test_any_json_has_a_peek_that_a_row_can_hold(value: object) -> None:
    seen = peek(value)

    assert seen.kind in KINDS | {"unknown", "command"}
    assert -(2**63) <= seen.lane < 2**63
    for number in (seen.chat_id, seen.user_id):
        assert number is None or (type(number) is int and -(2**63) <= number < 2**63)
    assert len(seen.language) <= 30
    assert type(seen.is_text) is bool
    assert type(seen.is_private) is bool


def test_depth_costs_nothing() -> None:
    deep = json.loads('{"message":' * 400 + "{}" + "}" * 400)

    assert peek(deep).kind == "message"
