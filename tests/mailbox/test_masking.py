"""The shape of what was kept, without a word of anybody's."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mailbox.masking import Line, masked, whole

UPDATE = {
    "update_id": 17,
    "message": {
        "message_id": 5,
        "date": 1_772_000_000,
        "chat": {"id": 4711, "type": "private", "first_name": "Вера"},
        "from": {"id": 4711, "is_bot": False, "language_code": "ru"},
        "text": "I never told anybody",
        "entities": [{"type": "bold", "offset": 0, "length": 1}],
    },
}


def shown(content: Any) -> str:
    return "\n".join(f"{line.name}={line.value or line.kind}{line.size or ''}" for line in masked(content))


def test_texts_names_and_numbers_of_people_are_masked_and_the_protocols_own_are_not() -> None:
    assert shown(json.dumps(UPDATE).encode()).splitlines() == [
        "=branch2",
        "update_id=17",
        "message=branch6",
        "message_id=5",
        "date=1772000000",
        "chat=branch3",
        "id=number",
        "type=private",
        "first_name=text4",
        "from=branch3",
        "id=number",
        "is_bot=false",
        "language_code=ru",
        "text=text20",
        "entities=branch1",
        "0=branch3",
        "type=bold",
        "offset=0",
        "length=1",
    ]


def test_what_is_no_json_says_only_how_much_it_is() -> None:
    assert masked(b"\xff\xfe private") == [Line(0, "", "bytes", size=10)]
    assert masked(b"") == [Line(0, "", "bytes", size=0)]


def test_names_that_are_none_of_telegrams_are_masked() -> None:
    assert shown({"my secret": 1, "ok_name": "x", "<script>": None}).splitlines() == [
        "=branch3",
        "…=number",
        "ok_name=text1",
        "…=null",
    ]


def test_a_word_in_the_place_of_a_type_is_masked_where_it_is_a_sentence() -> None:
    assert shown({"type": "I never told anybody"}).endswith("type=text20")


def test_ids_of_our_own_work_are_shown() -> None:
    row_id = "01890a5d-ac96-774b-bcce-b302099a8057"
    assert shown({"session": row_id}).endswith(f"session={row_id}")


def test_what_is_deep_or_long_ends_somewhere() -> None:
    deep: Any = "x"
    for _ in range(900):
        deep = [deep]
    assert masked(json.dumps(deep).encode())[-1].kind == "end"
    assert masked(b"[" * 100_000)[0].kind == "bytes"
    lines = masked({"many": list(range(5_000))})
    assert (len(lines), lines[-1].kind) == (401, "end")


def test_the_whole_is_for_those_who_may_read_it() -> None:
    assert "I never told anybody" in whole(json.dumps(UPDATE).encode())
    assert whole(b"\xffabc") == "\ufffdabc"
    assert json.loads(whole(UPDATE)) == UPDATE


@given(st.recursive(st.text() | st.integers() | st.none(), lambda inner: st.lists(inner, max_size=4)))
def test_no_text_of_anybodys_is_in_it(said: Any) -> None:
    for line in masked({"text": said}):
        assert line.value in {"", "null"}
