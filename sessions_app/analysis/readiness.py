"""Which programmes is the person ready for, and how much?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import BeforeValidator

from llm.contracts import ChatLine, Question
from sessions_app import shapes
from sessions_app.analysis.contracts import ActLine, CheckedReadiness
from sessions_app.analysis.listings import deeds, stages_named, streams_by_slug
from sessions_app.analysis.quotes import Spoken
from sessions_app.analysis.rehearsal import readiness_rehearsal
from sessions_app.companion import PromptBook, StageBook, StreamBook
from sessions_app.fences import language_of, system_text
from sessions_app.prompt import PersonCard, person_values, stage_values
from sessions_app.questions import Asking

KEY: Final = "analysis.readiness"
_MAX_TOKENS: Final = 2500
_MOST_STREAMS: Final = 40


class StreamReadiness(shapes.Outcome):
    """How ready the person is for one programme: `percent` from 0 to 100, why, and their words for it."""

    stream: Annotated[str, shapes.line(120)]
    quote: Annotated[str, shapes.told_line(300)]
    reason: Annotated[str, shapes.told_line(300)]
    percent: Annotated[int, BeforeValidator(shapes.percent)]


class ReadinessFound(shapes.Outcome):
    """One entry for each programme on offer."""

    streams: Annotated[list[StreamReadiness], shapes.entries(_MOST_STREAMS, named="stream")]


def readiness_question(
    *,
    prompts: PromptBook,
    streams: StreamBook,
    stages: StageBook,
    person: PersonCard,
    completed: Sequence[str],
    acts: Sequence[ActLine],
) -> Asking:
    """How ready is the person for each programme on offer, by words, deeds and the stage they stand on?"""
    language = person.language
    task, version = prompts.prompt(KEY, language)
    at = stages.stage_or_first(person.stage_code, language)
    values = {
        **person_values(person),
        **stage_values(at, language_of(language)),
        "stages_completed": stages_named(completed, stages, language),
        "streams_offered": streams_by_slug(streams, language),
    }
    return Asking(
        Question(
            purpose="readiness",
            lines=(
                ChatLine("system", system_text(task, values=values, language=language)),
                ChatLine("user", deeds(acts, (), language)),
            ),
            rehearsal=readiness_rehearsal(
                acts=acts, streams=streams, at=at, completed=completed, language=language
            ),
            schema=ReadinessFound,
            max_tokens=_MAX_TOKENS,
        ),
        version,
    )


def checked_readiness(
    found: ReadinessFound, *, streams: StreamBook, language: str, texts: Sequence[str]
) -> tuple[list[CheckedReadiness], int, int]:
    """Each programme on offer once, the readiest first; how many were named that are not; how many quotes were
    never said.

    A programme that the model left out is at 0 without a reason; of one that it named twice the first counts.
    """
    spoken = Spoken.of(texts)
    by_slug: dict[str, CheckedReadiness] = {}
    unknown = invented = 0
    for each in found.streams:
        card = streams.find(each.stream, language)
        if card is None:
            unknown += 1
            continue
        quote = spoken.find(each.quote) if each.quote else ""
        invented += quote is None
        by_slug.setdefault(card.slug, CheckedReadiness(card.slug, each.percent, each.reason, quote or ""))
    offered = [
        by_slug.get(card.slug, CheckedReadiness(card.slug, 0, "", "")) for card in streams.streams(language)
    ]
    return sorted(offered, key=lambda each: -each.percent), unknown, invented
