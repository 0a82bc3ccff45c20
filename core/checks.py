"""Misconfiguration is told at the start, with an id and a cure."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning


@register("relove")
def keys_are_set(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """SECRET_KEY and ENCRYPTION_KEYS are there and usable."""
    problems: list[CheckMessage] = []
    if not settings.SECRET_KEY:
        problems.append(
            Error("SECRET_KEY is empty.", hint="Set it to 50 or more random characters.", id="core.E001")
        )
    if not settings.ENCRYPTION_KEYS:
        problems.append(
            Error(
                "ENCRYPTION_KEYS is empty.",
                hint='Set it to a key made by: python -c "from cryptography.fernet import Fernet; '
                'print(Fernet.generate_key().decode())"',
                id="core.E002",
            )
        )
    for number, key in enumerate(settings.ENCRYPTION_KEYS, start=1):
        try:
            Fernet(key)
        except ValueError:
            problems.append(
                Error(
                    f"Key {number} of ENCRYPTION_KEYS is not a Fernet key.",
                    hint="Each is 32 random bytes in url-safe base64; separate several by commas.",
                    id="core.E003",
                )
            )
    return problems


@register(Tags.database)
def database_is_named(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """The process knows the database address of its role."""
    if settings.DATABASES["default"].get("HOST") or settings.DATABASE_URL_LISTEN:
        return []
    role = settings.DATABASE_ROLE
    name = "DATABASE_URL" if role == "owner" else f"DATABASE_URL_{role.upper()}"
    return [
        CheckWarning(
            f"No database address for the role {role}.",
            hint=f"Set {name}, or DATABASE_URL together with SECRET_KEY; `bin/up` does it for you.",
            id="core.W004",
        )
    ]
