"""The database roles of the application, and their addresses derived from the owner's."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote, urlsplit, urlunsplit

ROLES = {"staff": "app_staff", "runtime": "bot_runtime"}


def role_password(role: str, secret_key: str) -> str:
    """The password of a role in an installation: only who knows SECRET_KEY can derive it."""
    return hmac.new(secret_key.encode(), f"database role {role}".encode(), hashlib.sha256).hexdigest()


def role_url(owner_url: str, kind: str, secret_key: str) -> str:
    """The owner's address with the role's name and password in place of the owner's; "" where there is none."""
    if not owner_url or not secret_key:
        return ""
    parts = urlsplit(owner_url)
    role = ROLES[kind]
    host = parts.netloc.rpartition("@")[2]
    credentials = f"{role}:{quote(role_password(role, secret_key), safe='')}"
    return urlunsplit(parts._replace(netloc=f"{credentials}@{host}"))


def role_sql(secret_key: str, database: str) -> list[str]:
    """The statements that make both roles, or bring their passwords up to date; for a superuser or CREATEROLE."""
    statements = []
    for role in ROLES.values():
        password = role_password(role, secret_key)
        statements += [
            (
                f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
                f"THEN CREATE ROLE {role} LOGIN; END IF; END $$"
            ),
            f"ALTER ROLE {role} WITH LOGIN PASSWORD '{password}'",
            f'GRANT CONNECT ON DATABASE "{database}" TO {role}',
            f"GRANT USAGE ON SCHEMA public TO {role}",
        ]
    return statements
