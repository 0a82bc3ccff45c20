"""Cleaning, reading and reckoning."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import clock
from llm.cleaning import clean, whole_sentences
from llm.pricing import cost_micros, estimate_tokens, token_count
from llm.reading import parse_structured
from llm.reply import Reply, seconds_to_wait
from tests.llm.conftest import Verdict


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("обычный\tтекст\nдальше", "обычный\tтекст\nдальше"),
        ("a\x00b\x1b[0m\x7f", "ab[0m"),
        ("\ud83d", "\ufffd"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("\ud800\U0001f600\udfff", "\ufffd😀\ufffd"),
    ],
)
def test_what_databases_and_json_refuse_is_taken_out(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(st.characters(exclude_categories=())))
def test_cleaned_text_can_always_be_encoded_and_stays_as_it_is(text: str) -> None:
    once = clean(text)
    once.encode()
    assert "\x00" not in once
    assert clean(once) == once


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Одна. Две. Тр", "Одна. Две."),
        ("Он сказал: «Да!» И уш", "Он сказал: «Да!»"),
        ("Список:\nпервое дело\nвтор", "Список:\nпервое дело"),
        ("Да. И потом очень длинная мысль без кон", "Да. И потом очень длинная мысль без кон…"),
        ("слово ", "слово…"),
        ("Версия 3.14 вышла и", "Версия 3.14 вышла и…"),
    ],
)
def test_a_cut_text_ends_well(text: str, kept: str) -> None:
    assert whole_sentences(text) == kept


@pytest.mark.parametrize(
    ("tokens", "prices", "micros"),
    [
        ((1000, 500), (0.15, 0.6), 450),
        ((1_000_000, 0), (2.5, 10.0), 2_500_000),
        ((1, 0), (0.15, 0.6), 0),
        ((0, 0), (1.0, 1.0), 0),
        ((10, 10), (-1.0, 0.0), 0),
        ((10, 10), (math.inf, 0.0), 0),
        ((10, 10), (math.nan, 0.0), 0),
    ],
)
def test_cost_is_in_millionths(tokens: tuple[int, int], prices: tuple[float, float], micros: int) -> None:
    prompt, completion = tokens
    assert (
        cost_micros(
            prompt_tokens=prompt, completion_tokens=completion, input_price=prices[0], output_price=prices[1]
        )
        == micros
    )


def test_tokens_are_guessed_from_length() -> None:
    assert estimate_tokens(["а" * 30, "б" * 12]) == 10
    assert estimate_tokens([]) == 1


@pytest.mark.parametrize(
    ("value", "count"),
    [(0, 0), (7, 7), (-1, None), (True, None), ("7", None), (7.0, None), (None, None), (10**9, None)],
)
def test_a_count_of_tokens_is_believed_only_if_it_is_one(value: object, count: int | None) -> None:
    assert token_count(value) == count


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        ("0.5", 0.5),
        ("Mon, 01 Jan 2024 00:00:30 GMT", 30.0),
        ("Mon, 01 Jan 2024 00:00:30", 30.0),
        ("Mon, 01 Jan 2020 00:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    with clock.stopped(datetime(2024, 1, 1, tzinfo=UTC)):
        assert seconds_to_wait(header) == seconds


def test_a_reply_shows_nothing_of_its_body() -> None:
    assert "Оля" not in repr(Reply(200, "Оля".encode()))


@pytest.mark.parametrize(
    "text", ["", "нет", "{" * 5000, "[" * 100_000, '{"stage": "x"}', '{"a":' * 2000, "```json\n{\n```"]
)
def test_text_without_what_was_asked_for_parses_to_nothing(text: str) -> None:
    assert parse_structured(text, Verdict) is None
