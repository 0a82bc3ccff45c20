"""Secrets are sealed under the first key and opened by any, so that keys can change under a running installation."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from core.encryption import Undecryptable, decrypt, encrypt, fingerprint, rotate

OLD, NEW, LOST = (Fernet.generate_key().decode() for _ in range(3))


@given(st.text())
def test_what_was_sealed_is_opened_again(secret: str):
    assert decrypt(encrypt(secret)) == secret


def test_the_same_secret_is_never_sealed_alike():
    assert encrypt("secret") != encrypt("secret")


def test_a_sealed_secret_does_not_show():
    assert "1234567890:secret" not in encrypt("1234567890:secret")


def test_a_new_key_in_front_seals_and_the_old_one_still_opens(settings: Any):
    settings.ENCRYPTION_KEYS = [OLD]
    before = encrypt("secret")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    after = encrypt("secret")
    assert (decrypt(before), decrypt(after)) == ("secret", "secret")
    assert Fernet(NEW).decrypt(after.encode()) == b"secret"


def test_what_was_rotated_needs_the_old_key_no_more(settings: Any):
    settings.ENCRYPTION_KEYS = [OLD]
    before = encrypt("secret")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    after = rotate(before)
    settings.ENCRYPTION_KEYS = [NEW]
    assert decrypt(after) == "secret"
    with pytest.raises(Undecryptable):
        decrypt(before)


@pytest.mark.parametrize("open_it", [decrypt, rotate])
def test_without_its_key_a_secret_stays_closed_and_says_so(settings: Any, open_it: object):
    settings.ENCRYPTION_KEYS = [LOST]
    sealed = encrypt("secret")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    with pytest.raises(Undecryptable) as caught:
        open_it(sealed)  # type: ignore[operator]
    assert (caught.value.code, caught.value.permanent) == ("encryption.key_missing", True)
    assert "ENCRYPTION_KEYS" in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("damaged", ["", "x", "gAAAAA", "ключ"])
def test_what_is_damaged_stays_closed(damaged: str):
    with pytest.raises(Undecryptable):
        decrypt(damaged)


def test_what_was_cut_off_or_changed_stays_closed():
    sealed = encrypt("secret")
    for damaged in (sealed[:-5], sealed[:-5] + "AAAA=", "A" + sealed[1:]):
        with pytest.raises(Undecryptable):
            decrypt(damaged)


def test_fingerprints_tell_secrets_apart_without_showing_them():
    assert fingerprint("secret") == fingerprint("secret") != fingerprint("Secret")
    assert fingerprint("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
