"""The passwords and keys of this installation: made at random once, readable by their owner alone."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

from bin.kit.layout import write_private


def _password() -> str:
    return secrets.token_urlsafe(24)


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


MAKERS = {
    "POSTGRES_ADMIN_PASSWORD": _password,
    "POSTGRES_OWNER_PASSWORD": _password,
    "VALKEY_PASSWORD": _password,
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "ENCRYPTION_KEYS": _fernet_key,
}


def ensure_secrets(path: Path) -> dict[str, str]:
    """All secrets by name. What the file holds stays; what it lacks is made and written down first."""
    held: dict[str, str] = {}
    if path.exists():
        lines = [line for line in path.read_text().splitlines() if "=" in line and not line.startswith("#")]
        held = dict(line.split("=", 1) for line in lines)
    missing = {name: make() for name, make in MAKERS.items() if not held.get(name)}
    if missing:
        held |= missing
        text = "# Made by bin/up. Without ENCRYPTION_KEYS no bot's token can be read again: keep a copy.\n"
        write_private(path, text + "".join(f"{name}={value}\n" for name, value in held.items()))
    return held


def ensure_password(path: Path) -> str:
    """The one password that this file holds, made when there is none."""
    if not path.exists() or not path.read_text().strip():
        write_private(path, secrets.token_urlsafe(12) + "\n")
    return path.read_text().strip()
