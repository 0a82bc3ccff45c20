"""Misconfiguration is told at the start, with an id and a cure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from core.roles import ROLES


@register("relove")
def keys_are_set(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """SECRET_KEY and ENCRYPTION_KEYS are there and usable."""
    problems: list[CheckMessage] = []
    if not _secret_key():
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


@register(Tags.database)
def role_is_bound_by_policies(
    app_configs: Any,  # noqa: ARG001
    databases: Iterable[str] | None = None,
    **kwargs: Any,  # noqa: ARG001
) -> list[CheckMessage]:
    """A process that is not the owner's has logged in as somebody whom the tenants' policies hold."""
    if settings.DATABASE_ROLE == "owner":
        return []
    problems: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT rolname, rolsuper OR rolbypassrls OR EXISTS ("
                "SELECT FROM pg_class WHERE relname = 'bots' AND pg_has_role(pg_roles.oid, relowner, 'MEMBER')"
                ") FROM pg_roles WHERE rolname = current_user"
            )
            name, is_free = cursor.fetchone()
        if is_free:
            problems.append(
                Error(
                    f"The role {name} sees the rows of all bots, whatever the policies say.",
                    hint=f"Set DATABASE_URL_{settings.DATABASE_ROLE.upper()} to the address of "
                    f"{ROLES[settings.DATABASE_ROLE]}, which `manage.py setup_roles --print-env` prints.",
                    id="core.E005",
                )
            )
    return problems


def _secret_key() -> str:
    try:
        return str(settings.SECRET_KEY)
    except ImproperlyConfigured:
        # Django's way to say that it is empty.
        return ""
