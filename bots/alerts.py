"""What makes two alerts the same, and how an alert says what was swallowed before it. Pure."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from uuid import UUID

from core.redaction import redact

# Supervisors listen here; the payload is the alert's id.
CHANNEL = "relove_alerts"

# The same alert is not repeated within this time, but counted.
SAME_WITHIN = timedelta(minutes=15)

LONGEST_SUBJECT = 120
LONGEST_DETAIL = 300

_MORE = re.compile(r" ?\((\d+) more before\)$")


def fingerprint_of(*, kind: str, bot_id: UUID | None, subject: str) -> str:
    """The same for what is the same alert."""
    return hashlib.sha256(f"{kind}|{bot_id or ''}|{subject}".encode()).hexdigest()


def clean(text: str) -> str:
    """On one line, without secrets and without what PostgreSQL refuses."""
    return redact(" ".join(text.replace("\x00", "").split()))


def with_swallowed(detail: str, swallowed: int) -> str:
    """The detail of an alert whose predecessor counted so many more than it told; never too long."""
    if swallowed < 1:
        return detail[:LONGEST_DETAIL]
    more = f" ({swallowed} more before)"
    return (detail[: LONGEST_DETAIL - len(more)] + more).lstrip()


def parted(detail: str) -> tuple[str, int]:
    """What `with_swallowed` put together."""
    found = _MORE.search(detail)
    return (detail[: found.start()], int(found[1])) if found else (detail, 0)
