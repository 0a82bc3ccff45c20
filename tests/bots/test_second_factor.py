"""Codes of authenticator apps, as RFC 6238 has them, and what is read out of a request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bots.second_factor import (
    address_of,
    is_like_recovery_code,
    new_recovery_code,
    new_secret,
    plain,
    step_of,
)
from bots.sign_in import address_in, browser_of

# The key of RFC 6238's appendix, base32.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
AT = datetime.fromtimestamp(1111111109, tz=UTC)
STEP = 1111111109 // 30
CODE = "081804"


def test_the_code_of_the_standard_is_known():
    assert step_of(CODE, secret=SECRET, now=AT, after=-1) == STEP
    assert step_of("081 804", secret=SECRET, now=AT, after=-1) == STEP


def test_a_code_is_good_once():
    assert step_of(CODE, secret=SECRET, now=AT, after=STEP) is None


@pytest.mark.parametrize(("seconds", "is_good"), [(-60, False), (-30, True), (30, True), (90, False)])
def test_a_phone_may_be_half_a_minute_off(seconds: int, is_good: bool):
    found = step_of(CODE, secret=SECRET, now=AT + timedelta(seconds=seconds), after=-1)
    assert found == (STEP if is_good else None)


@pytest.mark.parametrize(
    "code", ["", "81804", "0818044", "08180x", "٠٨١٨٠٤", "-81804", "AAAA-BBBB-CCCC-DDDD"]
)
def test_what_is_no_code_is_none(code: str):
    assert step_of(code, secret=SECRET, now=AT, after=-1) is None


def test_secrets_and_recovery_codes_differ_each_time():
    assert len({new_secret() for _ in range(20)}) == 20
    codes = {new_recovery_code() for _ in range(20)}
    assert len(codes) == 20
    assert all(is_like_recovery_code(each) and len(plain(each)) == 16 for each in codes)
    assert not is_like_recovery_code(CODE)


def test_a_recovery_code_may_be_typed_as_one_likes():
    assert plain(" abcd efgh-IJKL mnop ") == "ABCDEFGHIJKLMNOP"


def test_the_address_for_the_app_names_installation_and_account():
    said = address_of(SECRET, account="vera & co", issuer="reLove")
    assert said == f"otpauth://totp/reLove%3Avera%20%26%20co?secret={SECRET}&issuer=reLove"


@pytest.mark.parametrize(
    ("forwarded", "is_behind_proxy", "address"),
    [
        (None, False, "10.0.0.1"),
        ("6.6.6.6", False, "10.0.0.1"),
        (None, True, "10.0.0.1"),
        ("6.6.6.6, 203.0.113.9", True, "203.0.113.9"),
        ("nonsense", True, None),
        ("2001:DB8::1", True, "2001:db8::1"),
    ],
)
def test_an_address_is_believed_only_where_the_proxy_wrote_it(
    forwarded: str | None, is_behind_proxy: bool, address: str | None
):
    meta = {"REMOTE_ADDR": "10.0.0.1"} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})
    assert address_in(meta, is_behind_proxy=is_behind_proxy) == address


def test_without_an_address_there_is_none():
    assert address_in({}, is_behind_proxy=False) is None


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox 128, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36 Edg/126.0.1",
            "Edge 126, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/126.0.0.0 Mobile Safari/537.36", "Chrome 126, Android"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_has_a_name(agent: str, words: str):
    assert browser_of(agent) == words
