"""One way to write JSON: compact and ASCII only, as Telegram does, so that lone surrogates survive."""

from __future__ import annotations

import json
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def to_json(value: Any) -> bytes:
    """The value as compact JSON bytes."""
    return _encode(value).encode("ascii")
