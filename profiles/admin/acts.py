"""What somebody did, told as staff would say it: what the log keeps stands in codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def told(details: Mapping[str, Any], *, streams: Mapping[str, str]) -> str:
    """The details of one act on one line; `streams` are the names of programmes by slug."""
    return ", ".join(_one(name, value, streams) for name, value in details.items())


def _one(name: str, value: Any, streams: Mapping[str, str]) -> str:
    if name == "command":
        return f"/{value}"
    if name == "stream":
        return streams.get(str(value), str(value))
    if name == "is_blocked":
        return _("blocked the bot") if value else _("let the bot in again")
    return f"{name}: {value}"
