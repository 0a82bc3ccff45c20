"""Secrets at rest: Fernet with a list of keys, the first encrypts and all decrypt, so that keys can be rotated."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from core.errors import AppError


class Undecryptable(AppError):
    """None of the keys opens a stored secret."""

    def __init__(self) -> None:
        super().__init__(
            code="encryption.key_missing",
            permanent=True,
            message="no key of ENCRYPTION_KEYS opens this secret; put the key that wrote it back on the list",
        )


def encrypt(secret: str) -> str:
    """The secret under the first key."""
    return _box(tuple(settings.ENCRYPTION_KEYS)).encrypt(secret.encode()).decode()


def decrypt(sealed: str) -> str:
    """The secret again. Raises Undecryptable."""
    try:
        return _box(tuple(settings.ENCRYPTION_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Undecryptable from None


def rotate(sealed: str) -> str:
    """The same secret under the first key. Raises Undecryptable."""
    return encrypt(decrypt(sealed))


def fingerprint(secret: str) -> str:
    """64 hex digits that are the same for the same secret; for secrets too random to be guessed, such as tokens."""
    return hashlib.sha256(secret.encode()).hexdigest()


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
