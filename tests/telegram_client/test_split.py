from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telegram_client.contracts import RawUpdate
from telegram_client.errors import AnswerTooLarge, BadAnswer, Refused
from telegram_client.failures import FailureKind, classify
from telegram_client.split import MAX_BODY, next_offset, read_update, split_batch

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def _batch(*elements: bytes) -> bytes:
    return b'{"ok":true,"result":[' + b",".join(elements) + b"]}"


def test_an_ordinary_batch_comes_apart_in_order_and_byte_for_byte() -> None:
    first = b'{"update_id":10,"message":{"text":"\\u043f\\u0440\\u0438 \\ud83d\\ude00"}}'
    second = '{ "update_id" : 11 ,\r\n\t"message" : { "text" : "привет, мир]}" } }'.encode()

    updates = split_batch(b'\r\n{"ok" : true , "result" : [ ' + first + b" ,\n" + second + b" ] }\n")

    assert updates == [
        RawUpdate(10, first, {"update_id": 10, "message": {"text": "при 😀"}}),
        RawUpdate(11, second, {"update_id": 11, "message": {"text": "привет, мир]}"}}),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b'{"ok":true,"result":[]}',
        b'\xef\xbb\xbf{"ok":true,"result":[ ]}',
        b'{"result":[],"ok":true}',
        b'{"ok":true,"more":{"result":[1]},"result":[],"last":null}',
    ],
)
def test_an_empty_batch_is_empty(body: bytes) -> None:
    assert split_batch(body) == []


@pytest.mark.parametrize(
    "element",
    [
        pytest.param(b"7", id="a number"),
        pytest.param(b"null", id="null"),
        pytest.param(b'"update_id"', id="a string"),
        pytest.param(b"[]", id="an empty list"),
        pytest.param(b'[{"update_id":5}]', id="a list"),
        pytest.param(b"{}", id="an empty object"),
        pytest.param(b'{"message":{"update_id":5}}', id="no id at the top"),
        pytest.param(b'{"update_id":"5"}', id="a string as id"),
        pytest.param(b'{"update_id":5.0}', id="a float as id"),
        pytest.param(b'{"update_id":1e3}', id="an exponent as id"),
        pytest.param(b'{"update_id":true}', id="a boolean as id"),
        pytest.param(b'{"update_id":null}', id="null as id"),
        pytest.param(b'{"update_id":-5}', id="a negative id"),
        pytest.param(b'{"update_id":9223372036854775807}', id="an id whose offset has no place"),
        pytest.param(b'{"update_id":9223372036854775808}', id="an id beyond 64 bits"),
        pytest.param(b'{"update_id":1' + b"0" * 6000 + b"}", id="an id of 6001 digits"),
        pytest.param(b'{"update_id":NaN}', id="NaN as id"),
        pytest.param(b'{"update_id":Infinity,"x":-Infinity}', id="Infinity as id"),
    ],
)
def test_an_element_without_a_usable_id_is_kept_and_its_neighbours_too(element: bytes) -> None:
    updates = split_batch(_batch(b'{"update_id":1}', element, b'{"update_id":3}'))

    assert [update.update_id for update in updates] == [1, None, 3]
    assert updates[1].payload == element


@pytest.mark.parametrize(
    "element",
    [
        pytest.param(b'{"update_id":2,"x":"\\ud800 \\u0000"}', id="a lone surrogate and NUL, escaped"),
        pytest.param(b'{"update_id":2,"x":"\x00\n\t"}', id="control characters, raw"),
        pytest.param(b'{"update_id":2,"x":"\xff\xfe \xed\xa0\x80"}', id="invalid UTF-8"),
        pytest.param(b'{"update_id":2,"x":1' + b"0" * 6000 + b"}", id="a number of 6001 digits"),
        pytest.param(b'{"update_id":2,"x":NaN,"y":-Infinity}', id="NaN and Infinity"),
        pytest.param(b'{"update_id":7,"x":1,"update_id":2}', id="its id twice"),
        pytest.param(b'{"update_id":9223372036854775806,"update_id":2}', id="the greatest id"),
        pytest.param(b'{"update_id":2,"x":"' + b"a" * 2_000_000 + b'"}', id="2 MB of text"),
    ],
)
def test_strange_content_is_parsed_and_kept_byte_for_byte(element: bytes) -> None:
    updates = split_batch(_batch(b'{"update_id":1}', element, b'{"update_id":3}'))

    assert [update.update_id for update in updates] == [1, 2, 3]
    assert updates[1].payload == element
    assert isinstance(updates[1].value, dict)


@pytest.mark.parametrize(
    ("element", "update_id"),
    [
        pytest.param(b'{"update_id":2,"x":' + b"[" * 200_000 + b"]" * 200_000 + b"}", 2, id="a deep list"),
        pytest.param(
            b'{"x":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b',"update_id":2}', 2, id="a deep object"
        ),
        pytest.param(b"[" * 200_000 + b"]" * 200_000, None, id="nothing but depth"),
        pytest.param(b'{"x":{"update_id":5},"y":oops,"update_id" : 2 }', 2, id="a word that is no JSON"),
        pytest.param(b'{"update_id":2,"x":undefined}', 2, id="undefined"),
        pytest.param(b'{"update_id":2,}', 2, id="a comma too many"),
        pytest.param(b'{"update_id":2 "x":1}', None, id="a comma too few behind the id"),
        pytest.param(b'{"update_id":2,"x":"\\q ]},{[ \\""}', 2, id="an escape that does not exist"),
        pytest.param(b"{'update_id':2}", None, id="single quotes"),
        pytest.param(b'{"update_id":99999999999999999999,}', None, id="broken, and an id beyond 64 bits"),
        pytest.param(
            b'{"update_id":9223372036854775807,}', None, id="broken, and an id whose offset has no place"
        ),
        pytest.param(b'{"update_id":2.5,}', None, id="broken, and a float as id"),
        pytest.param(b"undefined", None, id="a bare word"),
        pytest.param(b'{"update_id":2} trailing', 2, id="something behind it"),
        pytest.param(b"", None, id="nothing between two commas"),
    ],
)
def test_an_element_that_is_no_json_is_kept_raw_between_its_neighbours(
    element: bytes, update_id: int | None
) -> None:
    updates = split_batch(_batch(b'{"update_id":1}', element, b'{"update_id":3}'))

    assert [update.update_id for update in updates] == [1, update_id, 3]
    assert updates[1].payload == element
    assert updates[1].value is None


def test_an_answer_that_breaks_off_yields_what_is_whole() -> None:
    body = _batch(b'{"update_id":1}', b'{"update_id":2}')

    for end in range(len(body)):
        begun = body[:end]
        whole = begun.count(b"},") + begun.count(b"}]")
        if whole:
            assert [update.update_id for update in split_batch(begun)] == [1, 2][:whole]
        else:
            with pytest.raises(BadAnswer):
                split_batch(begun)


def test_an_escape_at_the_very_end_does_no_harm() -> None:
    assert [update.update_id for update in split_batch(b'{"ok":true,"result":[{"update_id":1},{"x":"\\')] == [
        1
    ]
    with pytest.raises(BadAnswer):
        split_batch(b'{"ok":true,"result":[{"x":"' + b'\\"' * 100_000)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xef\xbb\xbf",
        b"<html>502 Bad Gateway</html>",
        b"null",
        b"[]",
        b'"ok"',
        b"{",
        b'{"ok"',
        b'{"ok":true',
        b'{"ok":true}',
        b'{"ok":true,"result":',
        b'{"ok":true,"result":[',
        b'{"ok":true,"result":{}}',
        b'{"ok":true,"result":null}',
        b'{"ok":true,"result":"[]"}',
        b'{"ok":true,"result":{"update_id":1}}',
        b'{"ok":true 1',
        b'{"ok":true,"x":' + b"[" * 100_000,
        b"[" * 100_000,
        b"\xff\xfe{",
    ],
)
def test_what_is_no_answer_with_updates_is_an_error(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        split_batch(body)


@pytest.mark.parametrize(
    "body", [b"{}", b'{"result":[{"update_id":1}]}', b'{"ok":1,"result":[]}', b'{"ok":false}']
)
def test_an_answer_that_does_not_say_ok_is_a_refusal(body: bytes) -> None:
    with pytest.raises(Refused) as caught:
        split_batch(body)

    assert classify(caught.value).kind is FailureKind.BAD_REQUEST


def test_a_no_under_http_200_is_the_refusal_it_says() -> None:
    with pytest.raises(Refused) as caught:
        split_batch(b'{"ok":false,"error_code":429,"description":"Too Many","parameters":{"retry_after":9}}')

    failure = classify(caught.value)
    assert (failure.kind, failure.retry_after, caught.value.method) == (FailureKind.FLOOD, 9.0, "getUpdates")


def test_more_than_the_bound_is_refused() -> None:
    with pytest.raises(AnswerTooLarge):
        split_batch(b" " * (MAX_BODY + 1))


@given(st.lists(_JSON, max_size=5), st.booleans())
def test_any_json_comes_apart_into_what_went_in(elements: list[object], ascii_only: bool) -> None:
    texts = [
        json.dumps(element, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass") for element in elements
    ]

    assert [update.payload for update in split_batch(_batch(*texts))] == texts


@given(st.binary(max_size=200))
def test_any_bytes_behind_an_update_do_it_no_harm(junk: bytes) -> None:
    updates = split_batch(_batch(b'{"update_id":1}', junk, b'{"update_id":3}'))

    assert updates[0] == RawUpdate(1, b'{"update_id":1}', {"update_id": 1})


@given(st.binary(max_size=200))
def test_any_bytes_end_in_a_foreseen_way(junk: bytes) -> None:
    for body in (junk, b"{" + junk, b'{"ok":true,"result":[' + junk):
        with contextlib.suppress(BadAnswer, Refused):
            split_batch(body)


@pytest.mark.parametrize(
    ("ids", "current", "expected"),
    [
        ([], None, None),
        ([], 5, 5),
        ([5], None, 6),
        ([7, 5, 6], 5, 8),
        ([5, 5], 5, 6),
        ([None, 5, None], 5, 6),
        ([None], 5, 5),
        ([None], None, None),
        ([0], None, 1),
        ([3], 900, 4),
        ([2**63 - 2], 5, 2**63 - 1),
    ],
)
def test_the_next_offset_lies_behind_all_that_can_be_confirmed(
    ids: list[int | None], current: int | None, expected: int | None
) -> None:
    assert next_offset([RawUpdate(update_id, b"", None) for update_id in ids], current) == expected


def test_an_update_by_itself_is_read_like_one_of_a_batch() -> None:
    assert read_update(b'\xef\xbb\xbf {"update_id":5} \n') == RawUpdate(
        5, b'\xef\xbb\xbf {"update_id":5} \n', {"update_id": 5}
    )


@pytest.mark.parametrize(
    ("body", "update_id"),
    [
        (b"", None),
        (b"junk", None),
        (b'{"update_id":5} {"update_id":6}', None),
        (b'{"update_id":5,"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 5),
        (b'{"update_id":5,"x":oops}', 5),
        (b'{"update_id":5,"x":"', 5),
    ],
)
def test_an_update_by_itself_that_is_no_json_is_kept_raw(body: bytes, update_id: int | None) -> None:
    assert read_update(body) == RawUpdate(update_id, body, None)


@given(st.binary(max_size=200))
def test_an_update_by_itself_never_raises(body: bytes) -> None:
    assert read_update(body).payload == body
