from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from bots.selectors.spending import spent_today
from care.models import KeptFigures, RotationRun
from care.services.take_figures import take_figures
from core.clock import clock


@dataclass(frozen=True, slots=True)
class RunFigures:
    """How a round over the profiles stands, or ended."""

    state: str
    candidates: int
    processed: int
    updated: int
    at: datetime


@dataclass(frozen=True, slots=True)
class BotFigures:
    """A bot in figures: people, their sessions, their way, and what its model cost since midnight (UTC).

    All but the cost and the round are as of `taken_at`, at most ten minutes ago.
    """

    people: int
    consented: int
    active: int
    seen_day: int
    seen_week: int
    seen_month: int
    open_sessions: int
    completed_sessions: int
    messages_day: int
    started: int
    completed: int
    visited: int
    purchased: int
    # People who had a session; those who consented by the age of their portrait: a week, a month, older, none.
    with_session: int
    fresh_week: int
    fresh_month: int
    fresh_older: int
    fresh_never: int
    stages: tuple[tuple[str, int], ...]
    cost_micros: int
    run: RunFigures | None
    taken_at: datetime


# What is never kept: it is quickly looked up.
_LIVE = {"cost_micros", "run", "taken_at"}
_KEPT = {field.name for field in fields(BotFigures)} - _LIVE


def bot_figures(*, bot_id: UUID) -> BotFigures:
    """The figures that /stats shows: live where counting is quick, else as they were counted a short while ago.

    Where nothing fresh is kept they are counted now, and kept for the next who asks.
    """
    kept = KeptFigures.objects.for_bot(bot_id).first()
    # Another version of the program may have kept other figures.
    if kept is None or not kept.may_serve(clock.now()) or set(kept.figures) != _KEPT:
        kept = take_figures(bot_id=bot_id)
    return BotFigures(
        **{**kept.figures, "stages": tuple(sorted(kept.figures["stages"].items()))},
        cost_micros=spent_today(bot_id=bot_id).total_micros,
        run=_latest_run(bot_id),
        taken_at=kept.taken_at,
    )


def _latest_run(bot_id: UUID) -> RunFigures | None:
    run = RotationRun.objects.for_bot(bot_id).order_by("-wanted_at").first()
    if run is None:
        return None
    return RunFigures(
        state=run.state,
        candidates=run.candidates,
        processed=run.processed,
        updated=run.updated,
        at=run.started_at or run.wanted_at,
    )
