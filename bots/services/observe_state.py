from __future__ import annotations

from uuid import UUID

from django.db import transaction

from bots.announcements import record
from bots.models import AlertKind, BotStatus, ObservedState
from bots.services.raise_alert import raise_alert
from bots.statements import SQL
from core.clock import clock
from core.redaction import redact

_LONGEST_ERROR = BotStatus._meta.get_field("error").max_length

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
    needs them.
    """
    said = redact(error).replace("\x00", "")[:_LONGEST_ERROR]
    with transaction.atomic():
        rows = SQL["observe_state"].rows(
            {
                "bot_id": bot_id,
                "state": state,
                "error": said,
                "epoch": epoch,
                "restarts_delta": restarts_delta,
                "generation": generation,
                "now": clock.now(),
            }
        )
        if rows and rows[0].was != state:
            record(bot_id=bot_id, kind="bot.state_changed", payload={"from": rows[0].was, "to": state})
            if state in _ALARMING:
                kind, subject = _ALARMING[ObservedState(state)]
                raise_alert(kind=kind, bot_id=bot_id, subject=subject, detail=said)
    return bool(rows)
