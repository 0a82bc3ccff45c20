from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailbox.contracts import Arrival
from runtime.ingest.allowed_updates import ALLOWED_UPDATES
from runtime.ingest.arrivals import LARGEST_PAYLOAD, arrival_of
from runtime.ingest.peek import KINDS
from telegram_client.contracts import RawUpdate
from tests.runtime.updates import as_bytes, chat, message, tap, update, user

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def arrive(value: Any, *, payload: bytes | None = None, update_id: int | None = 5) -> Arrival:
    raw = RawUpdate(update_id, as_bytes(value) if payload is None else payload, value)
    return arrival_of(raw, now=NOW, burst_wait=0.8)


def test_a_text_in_a_private_chat_may_wait_for_what_follows() -> None:
    value = update(body=message("hello"))
    arrival = arrive(value)
    assert (arrival.kind, arrival.lane, arrival.user_id, arrival.update_id) == ("message", 7, 7, 5)
    assert (arrival.may_wait, arrival.due_at) == (True, NOW + timedelta(seconds=0.8))
    assert (arrival.payload, arrival.reason) == (as_bytes(value), "")


@pytest.mark.parametrize(
    ("value", "kind", "lane"),
    [
        (update(body=message("/start")), "command", 7),
        (update(body=message(None, voice={})), "message", 7),
        (update(body={**message("hello"), "chat": chat(-100)}), "message", -100),
        (update("callback_query", tap()), "callback_query", 7),
        (update("edited_message", message("hello")), "edited_message", 7),
        (update("inline_query", {"id": "1", "from": user(9), "query": "x"}), "inline_query", 9),
        (update("telepathy", {"chat": chat(8)}), "unknown", 8),
    ],
)
def test_all_else_waits_for_nobody(value: Any, kind: str, lane: int) -> None:
    arrival = arrive(value)
    assert (arrival.kind, arrival.lane, arrival.may_wait, arrival.due_at) == (kind, lane, False, NOW)
    assert arrival.reason == ""


@pytest.mark.parametrize(
    ("value", "update_id", "reason"),
    [
        (None, None, "not JSON that can be read"),
        ([], None, "not an object"),
        ("x", None, "not an object"),
        (7, None, "not an object"),
        ({}, None, "no update_id"),
        ({"message": message()}, None, "no update_id"),
    ],
)
def test_what_can_only_be_buried_says_why(value: Any, update_id: int | None, reason: str) -> None:
    arrival = arrive(value, payload=b"?", update_id=update_id)
    assert (arrival.reason, arrival.payload) == (reason, b"?")


def test_one_update_may_not_fill_the_database() -> None:
    arrival = arrive(update(), payload=b"x" * (LARGEST_PAYLOAD + 1))
    assert (arrival.reason, arrival.payload) == ("larger than 4 MB", b"")
    assert arrive(update(), payload=b"x" * LARGEST_PAYLOAD).reason == ""


@pytest.mark.parametrize("odd", [2**63, -(2**63) - 1, "7", 7.5, True, None, {"id": 7}, []])
def test_an_id_that_no_column_holds_is_left_out(odd: Any) -> None:
    arrival = arrive(update(body={**message(), "chat": {**chat(), "id": odd}, "from": {**user(), "id": odd}}))
    assert (arrival.lane, arrival.user_id) == (0, None)


def test_we_ask_for_kinds_that_exist_and_say_so_explicitly() -> None:
    assert set(ALLOWED_UPDATES) <= KINDS
    assert {"message", "edited_message", "callback_query", "my_chat_member"} <= set(ALLOWED_UPDATES)
