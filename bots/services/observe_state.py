from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from bots.announcements import record
from bots.models import AlertKind, BotPeriod, BotStatus, ObservedState
from bots.services.raise_alert import raise_alert
from bots.statements import SQL
from core.clock import clock
from core.redaction import redact
from core.tenancy import in_bot

_LONGEST_ERROR = BotStatus._meta.get_field("error").max_length
_LONGEST_KEPT = BotPeriod._meta.get_field("error").max_length

# States that staff are told of, with the alert's subject. Somebody else polling makes a bot deaf too.
_ALARMING = {
    ObservedState.DEAF: (AlertKind.BOT_DEAF, ""),
    ObservedState.CONFLICT: (AlertKind.BOT_DEAF, "conflict"),
    ObservedState.CRASHED: (AlertKind.BOT_CRASHED, ""),
    ObservedState.TOKEN_REVOKED: (AlertKind.TOKEN_REVOKED, ""),
}


def observe_state(
    *,
    bot_id: UUID,
    state: str,
    error: str = "",
    epoch: int | None = None,
    restarts_delta: int = 0,
    generation: int | None = None,
) -> bool:
    """Write down what a bot is doing, if it is news, and tell whether it was.

    With an `epoch` nothing is written on behalf of a holder that has been replaced. `error` is shown to
    staff: secrets are taken out. A change of state is recorded as `bot.state_changed`, and staff are told of one that
    needs them; how long it was in the one before is kept (`BotPeriod`).
    """
    said = redact(error).replace("\x00", "")[:_LONGEST_ERROR]
    now = clock.now()
    with transaction.atomic():
        rows = SQL["observe_state"].rows(
            {
                "bot_id": bot_id,
                "state": state,
                "error": said,
                "epoch": epoch,
                "restarts_delta": restarts_delta,
                "generation": generation,
                "now": now,
            }
        )
        if rows and rows[0].was != state:
            _keep_period(bot_id, rows[0], until=now)
            record(bot_id=bot_id, kind="bot.state_changed", payload={"from": rows[0].was, "to": state})
            if state in _ALARMING:
                kind, subject = _ALARMING[ObservedState(state)]
                raise_alert(kind=kind, bot_id=bot_id, subject=subject, detail=said)
    return bool(rows)


def _keep_period(bot_id: UUID, before: Any, *, until: datetime) -> None:
    # The first state has no beginning; and clocks of two hosts may disagree about which came first.
    if before.was_since is None or before.was_since >= until:
        return
    with in_bot(bot_id):
        BotPeriod.objects.create(
            bot_id=bot_id,
            state=before.was,
            since=before.was_since,
            until=until,
            heard_at=before.heard_at,
            error=before.was_error[:_LONGEST_KEPT],
        )
