"""PostgreSQL refuses to run as root: there an ordinary account runs it, and must reach what it uses."""

from __future__ import annotations

import os
import pwd
import sys
from dataclasses import dataclass
from pathlib import Path

from bin.kit.console import Trouble


@dataclass(frozen=True)
class Account:
    """An ordinary account of this system."""

    name: str
    uid: int
    gid: int


def database_account(data: Path | None = None) -> Account | None:
    """Who runs PostgreSQL: None without root (we ourselves), else the owner of `data`, else a fit account.

    Raises Trouble where there is none that PostgreSQL would run as.
    """
    if os.geteuid() != 0:
        _account_of(os.geteuid())
        return None
    if data is not None and data.exists() and (owner := data.stat().st_uid) != 0:
        return _account_of(owner)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise Trouble(
        "PostgreSQL refuses to run as root, and there is no account `postgres` or `nobody` to run it as.\n"
        "Make one (adduser --system postgres), or run this as an ordinary user.",
    )


def _account_of(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise Trouble(
            f"PostgreSQL needs to run as an account with a name, and {uid} has none here.\n"
            "Give it one (useradd), or name a running server: DATABASE_URL=… bin/up",
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def reaches(account: Account | None, path: Path) -> bool:
    """Can this account enter (or run) the path, past every folder above it? Tried, not guessed."""
    if account is None:
        return True
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)
            status = 0 if os.access(path, os.X_OK) else 1
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def give(account: Account | None, path: Path) -> None:
    """Make the account the owner of one file or folder; nothing without root."""
    if account is not None:
        os.chown(path, account.uid, account.gid)
