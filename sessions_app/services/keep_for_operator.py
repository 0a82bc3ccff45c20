from __future__ import annotations

import structlog

from bots.services.raise_alert import raise_alert
from core.sql import notify
from events.services.record_event import record_event
from sessions_app.contracts import Visit
from sessions_app.models import Need
from sessions_app.services.answer import answer
from sessions_app.services.take_over import CHANNEL, need_human

log = structlog.get_logger(__name__)


def keep_for_operator(*, visit: Visit, sign: str = "", rule: str = "") -> None:
    """Keep what somebody said while a person of the team answers; the bot says nothing.

    A `sign` of crisis is theirs to answer; it is written down, and staff are told, as always.
    """
    answer(visit=visit, lines=[], session_id=visit.session.id if visit.session else None)
    if sign:
        record_event(
            bot_id=visit.bot_id,
            kind="crisis.detected",
            profile_id=visit.person.id,
            payload={"sign": sign, "rule": rule, "session": str(visit.session.id) if visit.session else None},
            correlation_id=visit.correlation_id,
        )
        raise_alert(kind="crisis", bot_id=visit.bot_id, subject=sign)
        need_human(bot_id=visit.bot_id, conversation_id=visit.conversation_id, need=Need.CRISIS)
    notify(CHANNEL, str(visit.conversation_id))
