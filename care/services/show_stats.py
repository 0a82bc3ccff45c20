from __future__ import annotations

from datetime import datetime, timedelta

from care.selectors.bot_figures import BotFigures, bot_figures
from core.clock import clock
from journey.stages import StageCode
from sessions_app.companion import StageBook
from sessions_app.contracts import Line, Visit
from sessions_app.rendering import Html
from sessions_app.services.answer import answer
from sessions_app.speech import paragraphs, say

# Older figures say of when they are.
RECENT = timedelta(minutes=1)


def show_stats(*, visit: Visit, bot_name: str, stages: StageBook) -> None:
    """/stats: the bot in figures, for its admins. Not kept as a part of the talk's session."""
    figures = bot_figures(bot_id=visit.bot_id)
    line = stats_line(visit.language, figures, bot_name=bot_name, stages=stages, now=clock.now())
    answer(visit=visit, lines=[line])


def stats_line(
    language: str, figures: BotFigures, *, bot_name: str, stages: StageBook, now: datetime
) -> Line:
    """The figures in words. Pure."""
    by_stage = dict(figures.stages)
    rows = [
        say("stats.stage", language, name=stages.stage(code, language).name, count=by_stage[code])
        for code in StageCode
        if by_stage.get(code)
    ]
    text = say(
        "stats.text",
        language,
        bot=bot_name,
        people=figures.people,
        consented=figures.consented,
        active=figures.active,
        day=figures.seen_day,
        week=figures.seen_week,
        month=figures.seen_month,
        open_sessions=figures.open_sessions,
        completed_sessions=figures.completed_sessions,
        messages=figures.messages_day,
        started=figures.started,
        completed=figures.completed,
        visited=figures.visited,
        purchased=figures.purchased,
        cost=f"{figures.cost_micros / 1_000_000:.2f}",
        rotation=_rotation(language, figures),
    )
    listed = Html("\n".join([say("stats.stages_title", language), *rows])) if rows else None
    return Line(paragraphs(text, listed, _as_of(language, figures, now)))


def _as_of(language: str, figures: BotFigures, now: datetime) -> Html | None:
    if now - figures.taken_at <= RECENT:
        return None
    return say("stats.as_of", language, when=f"{figures.taken_at:%d.%m %H:%M} UTC")


def _rotation(language: str, figures: BotFigures) -> Html:
    run = figures.run
    if run is None:
        return say("stats.no_rotation", language)
    return say(
        "stats.rotation",
        language,
        state=say(f"fill.state.{run.state}", language),
        processed=run.processed,
        candidates=run.candidates,
        updated=run.updated,
        when=f"{run.at:%d.%m %H:%M} UTC",
    )
