from __future__ import annotations

from uuid import UUID

from django.db import transaction

from bots.alerts import CHANNEL, LONGEST_SUBJECT, SAME_WITHIN, clean, fingerprint_of, with_swallowed
from bots.models import AlertKind
from bots.statements import SQL
from core.clock import clock
from core.ids import new_id
from core.sql import notify


def raise_alert(*, kind: str, bot_id: UUID | None = None, subject: str = "", detail: str = "") -> bool:
    """Let staff know, in the caller's transaction or one of its own; whether it is more than a repetition.

    The same kind, bot and subject within a quarter of an hour of the first is counted in the same row. What is said
    here names no person and quotes nobody; secrets are taken out. An alert of a bot that is gone is no news.
    Raises ValueError for a kind that does not exist.
    """
    now = clock.now()
    subject = clean(subject)
    alert = {
        "id": new_id(),
        "bot_id": bot_id,
        "kind": AlertKind(kind).value,
        "subject": subject[:LONGEST_SUBJECT],
        "detail": with_swallowed(clean(detail), 0),
        "fingerprint": fingerprint_of(kind=kind, bot_id=bot_id, subject=subject),
        "now": now,
        "same_since": now - SAME_WITHIN,
    }
    with transaction.atomic():
        rows = SQL["raise_alert"].rows(alert)
        if not rows:
            # Its row is too old to be counted in, and ours to replace: the first statement has locked it.
            retired = SQL["raise_alert_retire"].rows(alert)
            if not retired:
                return False
            alert["detail"] = with_swallowed(clean(detail), retired[0].swallowed)
            rows = SQL["raise_alert"].rows(alert)
        is_new = bool(rows) and rows[0].id == alert["id"]
        if is_new:
            notify(CHANNEL, str(alert["id"]))
    return is_new
