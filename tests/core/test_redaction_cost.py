"""What strangers can get logged, such as the address that they ask for, costs no more than its length.

Nothing here looks at a clock: where a pattern costs the length squared, these never end.
"""

from __future__ import annotations

import pytest

from core.redaction import redact

LENGTH = 400_000
WALLS = [
    "1",
    "a",
    "a://",
    "a://a:",
    "invalid input value ",
    "LINE 1",
    "token:",
    "sk-",
    "bearer ",
    "1:",
    "-.+",
]


@pytest.mark.parametrize("piece", WALLS)
def test_a_wall_of_anything_is_read_to_its_end(piece: str) -> None:
    wall = piece * (LENGTH // len(piece))
    assert redact(f"{wall} 123456:{'s' * 35}").endswith("<token>")


def test_a_password_behind_a_wall_is_taken_out() -> None:
    assert redact("x" * LENGTH + " postgres://me:secret@db/x").endswith(" postgres://me:<password>@db/x")


def test_a_scheme_that_follows_a_digit_is_seen() -> None:
    assert redact("7redis://:secret@db") == "7redis://:<password>@db"
