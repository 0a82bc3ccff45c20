"""No secret survives in a text that somebody may read."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.redaction import redact

BASE64URL = string.ascii_letters + string.digits + "_-"
tokens = st.builds(
    lambda number, secret: f"{number}:{secret}",
    st.integers(10_000, 10**13),
    st.text(BASE64URL, min_size=35, max_size=35),
)
keys = st.builds(
    lambda kind, secret: f"{kind}-{secret}",
    st.sampled_from(["sk", "sk-proj", "pk", "rk"]),
    st.text(BASE64URL, min_size=20, max_size=60),
)


@given(before=st.text(), token=tokens, after=st.text())
def test_a_token_is_gone_from_any_text(before: str, token: str, after: str):
    secret = token.partition(":")[2]
    assume(secret not in before + after)
    assert secret not in redact(before + token + after)


@given(before=st.text(), key=keys, after=st.text())
def test_a_key_is_gone_from_any_text(before: str, key: str, after: str):
    assert key not in redact(before + key + after)


pieces = st.sampled_from(
    [*"abcXYZ012 :=-_/@\"'\\\n<>", "token", "password=", "://", "bot123:", "sk-", "DETAIL:", "x" * 30]
)


@given(st.lists(pieces).map("".join))
def test_redacting_twice_changes_nothing_more(text: str):
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "POST https://api.telegram.org/bot1301340113:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/getUpdates",
            "POST https://api.telegram.org/bot<token>/getUpdates",
        ),
        (
            "GET /file/bot1301340113%3AAAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/photo.jpg",
            "GET /file/bot<token>/photo.jpg",
        ),
        (
            "InvalidURL('http://127.0.0.1:8081/bot7:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1')",
            "InvalidURL('http://127.0.0.1:8081/bot<token>')",
        ),
        ("Incorrect API key provided: sk-proj-abcdefgh12345678", "Incorrect API key provided: <key>"),
        (
            "postgres://app_owner:p/w@rd@db.example:5432/relove",
            "postgres://app_owner:<password>@db.example:5432/relove",
        ),
        ("redis://:hunter2@127.0.0.1:6379/0", "redis://:<password>@127.0.0.1:6379/0"),
        ("Authorization: Bearer eyJhbGciOiJI.x_y", "Authorization: <secret> <credential>"),
        ("curl -H 'basic dXNlcjpwYXNz'", "curl -H 'basic <credential>'"),
        ('{"api_key": "abcdef123", "model": "m"}', '{"api_key": "<secret>", "model": "m"}'),
        (r"{\"password\": \"hunter22\", \"a\": 1}", r"{\"password\": \"<secret>\", \"a\": 1}"),
        ("SECRET_KEY=0123456789abc&x=1", "SECRET_KEY=<secret>&x=1"),
        ("access_token=0123456789abc", "access_token=<secret>"),
        (
            'duplicate key value violates unique constraint "c"\nDETAIL:  Key (name)=(Вера) already exists.',
            'duplicate key value violates unique constraint "c"\nDETAIL: <values>',
        ),
        (
            "invalid input syntax for type integer: \"я устала\"\nLINE 1: SELECT 'я устала'",
            "invalid input syntax for type integer: <values>",
        ),
    ],
)
def test_secrets_are_replaced_by_their_kind(text: str, told: str):
    assert redact(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "turn.answered in 12:30:45, 127.0.0.1:8081, bot.py:123: ok",
        "risk-assessment and task-based work",
        "prompt_tokens=123 completion_tokens=45",
        "https://api.telegram.org/bot/getMe",
        "http://user@example.com/",
        "bot.token_revoked",
        "01a1fb7b-a99d-7210-9f30-b61c0f274a05",
    ],
)
def test_what_is_no_secret_stays(text: str):
    assert redact(text) == text
