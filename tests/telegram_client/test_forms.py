from __future__ import annotations

import json
from urllib.parse import parse_qs

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telegram_client.contracts import Upload
from telegram_client.forms import form_body

_PLAIN = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,20}", fullmatch=True), _PLAIN, min_size=1))
def test_any_text_arrives_as_it_was(params: dict[str, str]) -> None:
    body = form_body(params)

    assert isinstance(body, bytes)
    assert parse_qs(body.decode("ascii"), keep_blank_values=True) == {
        name: [text] for name, text in params.items()
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (-1001234567890, "-1001234567890"),
        (2.5, "2.5"),
        (True, "true"),
        (False, "false"),
        ([], "[]"),
        ({"keyboard": [["да"]]}, '{"keyboard":[["да"]]}'),
        ("", ""),
        ("a\ud800b", "ab"),
        ({"a": "\udfff"}, '{"a":""}'),
    ],
)
def test_each_kind_of_value_has_its_form(value: object, text: str) -> None:
    body = form_body({"x": value, "absent": None})

    assert isinstance(body, bytes)
    assert parse_qs(body.decode("ascii"), keep_blank_values=True) == {"x": [text]}


def test_no_parameters_are_an_empty_body() -> None:
    assert form_body({}) == b""


def test_what_has_no_json_is_a_bug_of_the_caller() -> None:
    with pytest.raises(TypeError):
        form_body({"x": object()})


def test_a_file_makes_it_multipart_and_lone_surrogates_do_no_harm() -> None:
    body = form_body(
        {"chat_id": 5, "caption": "a\ud800b", "document": Upload("a.json", json.dumps({}).encode())}
    )

    assert isinstance(body, aiohttp.FormData)
    assert body.is_multipart
    assert body().size is not None
