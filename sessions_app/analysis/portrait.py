"""Who is this person, by what they said and did lately?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from llm.contracts import ChatLine, Question
from sessions_app import shapes
from sessions_app.analysis.contracts import ActLine, CheckedPortrait
from sessions_app.analysis.listings import deeds, streams_by_slug
from sessions_app.analysis.rehearsal import portrait_rehearsal
from sessions_app.companion import PromptBook, StreamBook
from sessions_app.fences import system_text
from sessions_app.prompt import PersonCard, person_values
from sessions_app.questions import Asking

KEY: Final = "analysis.portrait"
_MAX_TOKENS: Final = 2000


class Portrait(shapes.Outcome):
    """A new portrait. `streams` are slugs or names of programmes; `what_changed` compares with the old one."""

    psychological_summary: Annotated[str, shapes.told_prose(2000)]
    what_changed: Annotated[str, shapes.told_line(500)]
    interests: Annotated[list[str], shapes.lines(120, 10)]
    chat_style: Annotated[str, shapes.told_line(200)]
    personality: Annotated[str, shapes.told_line(200)]
    streams: Annotated[list[str], shapes.lines(120, 20)]


def portrait_question(
    *,
    prompts: PromptBook,
    streams: StreamBook,
    person: PersonCard,
    acts: Sequence[ActLine],
    posts: Sequence[str],
) -> Asking:
    """What do the person's latest acts and public posts say of them? The old portrait is on the card."""
    language = person.language
    task, version = prompts.prompt(KEY, language)
    values = {**person_values(person), "streams_offered": streams_by_slug(streams, language)}
    return Asking(
        Question(
            purpose="portrait",
            lines=(
                ChatLine("system", system_text(task, values=values, language=language)),
                ChatLine("user", deeds(acts, posts, language)),
            ),
            rehearsal=portrait_rehearsal(
                acts=acts, posts=posts, streams=streams, old=person.summary, language=language
            ),
            schema=Portrait,
            max_tokens=_MAX_TOKENS,
        ),
        version,
    )


def checked_portrait(portrait: Portrait, streams: StreamBook, language: str) -> CheckedPortrait:
    """The portrait with the programmes that there are. Never raises: without a summary the old one stays."""
    found = [streams.find(called, language) for called in portrait.streams]
    return CheckedPortrait(
        summary=portrait.psychological_summary,
        streams=tuple(dict.fromkeys(each.slug for each in found if each is not None)),
        what_changed=portrait.what_changed,
        interests=tuple(portrait.interests),
        chat_style=portrait.chat_style,
        personality=portrait.personality,
        unknown_streams=found.count(None),
    )
