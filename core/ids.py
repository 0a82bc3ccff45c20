"""Row ids: UUIDv7, so that newer rows sort after older ones and land side by side in an index."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562)."""
    return _uuid7()
