"""Tells a database that is away from a statement that is wrong. Pure."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

# Connections broken, resources short, server going or coming; what a connection says itself has no state.
_STATES = ("08", "53", "57P")


def is_outage(error: BaseException) -> bool:
    """Is the database away or short of something, through no fault of what was asked?"""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or str(state).startswith(_STATES)
