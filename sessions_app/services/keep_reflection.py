from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from journey.contracts import Move
from journey.services.move_stage import move_stage
from profiles.services.keep_findings import keep_findings
from profiles.services.mark_underage import mark_underage
from sessions_app.reflections import Reflection

ADULT = 18


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a reflection: the move on the journey, and whether the person turned out to be under age."""

    move: Move | None
    is_underage: bool


def keep_reflection(
    *, bot_id: UUID, profile_id: UUID, session_id: UUID, reflection: Reflection, correlation_id: str
) -> Kept:
    """Write down what the model made of a session, in the caller's transaction.

    Of somebody who says that they are under 18 nothing is written but that.
    """
    found = keep_findings(
        bot_id=bot_id, profile_id=profile_id, found=reflection.facts, origin="said", session_id=session_id
    )
    if found.age is not None and found.age < ADULT:
        mark_underage(bot_id=bot_id, profile_id=profile_id)
        return Kept(None, is_underage=True)
    if reflection.judgement is None:
        return Kept(None, is_underage=False)
    move = move_stage(
        bot_id=bot_id,
        profile_id=profile_id,
        judgement=reflection.judgement,
        session_id=session_id,
        correlation_id=correlation_id,
    )
    return Kept(move, is_underage=False)
