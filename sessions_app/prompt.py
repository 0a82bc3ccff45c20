"""Prompt assembly: what the model is shown, from cards, templates and words. Pure: no database, no clock.

Two walls keep a person's words from becoming instructions: their messages only ever stand in user lines, and
what was learnt from them (name, portrait, patterns) is fenced where a template puts it into the system line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from journey.stages import Intensity, Stage, StageCode
from llm.contracts import ChatLine
from sessions_app.companion import StageBook, StreamBook
from sessions_app.fences import language_of, system_text, variables
from sessions_app.records import (
    MOST_CHARS,
    MOST_MESSAGES,
    Said,
    dialogue,
    history_window,
    joined,
    record,
)
from sessions_app.rendering import clean

__all__ = [
    "ALLOWED_VARIABLES",
    "MOST_CHARS",
    "MOST_MESSAGES",
    "PersonCard",
    "Said",
    "SessionCard",
    "build_coach_lines",
    "build_crisis_lines",
    "build_diagnosis_lines",
    "build_summary_lines",
    "history_window",
    "person_values",
    "stage_values",
    "streams_listed",
    "variables",
]

# A summary is made from more than the next sentence is.
_MOST_RECORDED: Final = 400


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Whom the bot talks with, as the prompt may know them."""

    name: str
    language: str
    gender: str = ""
    age: int | None = None
    summary: str = ""
    metaphysical: Mapping[str, object] = field(default_factory=dict)
    stage_code: str | None = None
    streams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionCard:
    """The piece of work under way. `kind` is "natasha" or "diagnostic"."""

    kind: str
    question_count: int = 0
    patterns: tuple[str, ...] = ()
    core_issue: str = ""
    data: Mapping[str, object] = field(default_factory=dict)
    stage_code: str | None = None
    # It was paused after a sign of crisis, and goes on without provocation.
    is_gentle: bool = False


_PERSON: Final = frozenset(
    {"persona_name", "person_name", "person_gender", "person_age", "person_summary", "person_metaphysical"}
    | {"person_streams"}
)
_SESSION: Final = frozenset({"question_count", "session_patterns", "session_core_issue"})
_STAGE: Final = frozenset(
    {
        "stage_number",
        "stage_name",
        "stage_description",
        "stage_questions",
        "stage_resistance",
        "stage_intensity",
        "stage_techniques",
        "stage_codes",
    }
)

ALLOWED_VARIABLES: Final[Mapping[str, frozenset[str]]] = {
    "persona.natasha": frozenset({"persona_name", "person_name"}),
    "coach.natasha": _PERSON | _SESSION | _STAGE,
    "coach.diagnostic": _PERSON | _SESSION | _STAGE,
    "session.summary": _PERSON | _SESSION | _STAGE,
    "diagnostic.result": _PERSON | _SESSION | _STAGE | {"streams_offered"},
    "crisis.check": frozenset({"persona_name"}),
    "analysis.stage": _PERSON | _STAGE | {"stages_listed", "stages_completed", "stages_disputed"},
    "analysis.facts": _PERSON | {"facts_known"},
    "analysis.portrait": _PERSON | {"streams_offered"},
    "analysis.readiness": _PERSON | _STAGE | {"stages_completed", "streams_offered"},
}

_SPACES: Final = re.compile(r"\s+")

_GENTLE_RULE: Final = {
    "ru": (
        "Недавно у собеседника были признаки кризиса. В этой сессии никакой провокации и никакого напора: "
        "только поддержка, простые вопросы о том, что даёт опору, и живые люди рядом."
    ),
    "en": (
        "Not long ago this person showed signs of a crisis. No provocation and no pressure in this session: "
        "only support, simple questions about what steadies them, and living people nearby."
    ),
}
_INTENSITY: Final = {
    "ru": {Intensity.SOFT: "мягкая", Intensity.MEDIUM: "средняя", Intensity.FIRM: "сильная"},
    "en": {Intensity.SOFT: "soft", Intensity.MEDIUM: "medium", Intensity.FIRM: "firm"},
}
_PERSONA: Final = {"ru": "Наташа", "en": "Natasha"}
_CATALOGUE: Final = StageBook()
_DEFAULT_OFFER: Final = StreamBook()


def build_coach_lines(
    *,
    persona: str,
    task: str,
    person: PersonCard,
    session: SessionCard,
    history: Sequence[Said],
    new: Sequence[str],
    stages: StageBook = _CATALOGUE,
    persona_name: str = "",
    max_messages: int = MOST_MESSAGES,
    max_chars: int = MOST_CHARS,
) -> tuple[ChatLine, ...]:
    """What the coach is shown before the next answer, in a provocative session or a diagnostic.

    `persona` and `task` are templates. `new` are the person's words that wait for an answer, oldest first.
    """
    values = _values(person, session, stages, persona_name=persona_name)
    system = system_text(persona, task, values=values, language=person.language)
    if session.is_gentle:
        # From the code as well: no edited template can lose it.
        system = f"{system}\n\n{_GENTLE_RULE[language_of(person.language)]}"
    window = history_window(history, max_messages=max_messages, max_chars=max_chars)
    return ChatLine("system", system), *dialogue(window, new)


def build_summary_lines(
    *,
    task: str,
    person: PersonCard,
    session: SessionCard,
    history: Sequence[Said],
    stages: StageBook = _CATALOGUE,
    persona_name: str = "",
    max_chars: int = 3 * MOST_CHARS,
) -> tuple[ChatLine, ...]:
    """What the model is shown to sum a session up: the task, and the talk as a record in one user line."""
    values = _values(person, session, stages, persona_name=persona_name)
    window = history_window(history, max_messages=_MOST_RECORDED, max_chars=max_chars)
    return (
        ChatLine("system", system_text(task, values=values, language=person.language)),
        ChatLine("user", record(window, person.language)),
    )


def build_diagnosis_lines(
    *,
    task: str,
    person: PersonCard,
    session: SessionCard,
    history: Sequence[Said],
    stages: StageBook = _CATALOGUE,
    streams: StreamBook = _DEFAULT_OFFER,
    persona_name: str = "",
    max_chars: int = 3 * MOST_CHARS,
) -> tuple[ChatLine, ...]:
    """What the model is shown to conclude a diagnostic; `streams` are the programmes to choose from."""
    values = _values(person, session, stages, persona_name=persona_name)
    values["streams_offered"] = streams_listed(streams, person.language)
    window = history_window(history, max_messages=_MOST_RECORDED, max_chars=max_chars)
    return (
        ChatLine("system", system_text(task, values=values, language=person.language)),
        ChatLine("user", record(window, person.language)),
    )


def build_crisis_lines(
    *, task: str, language: str, history: Sequence[Said], new: Sequence[str]
) -> tuple[ChatLine, ...]:
    """What the model is shown to judge whether the latest words carry a sign of distress.

    A few messages before them are given too: "I will do it tonight" means something only after them.
    """
    values = {"persona_name": _PERSONA[language_of(language)]}
    window = (*history_window(history, max_messages=6, max_chars=3000), ("user", joined(new)))
    return (
        ChatLine("system", system_text(task, values=values, language=language)),
        ChatLine("user", record(window, language)),
    )


def person_values(person: PersonCard, *, persona_name: str = "") -> dict[str, str]:
    """What a template may say of the person, by variable."""
    inner = "; ".join(f"{name}: {_shown(value)}" for name, value in person.metaphysical.items() if value)
    return {
        "persona_name": _SPACES.sub(" ", clean(persona_name)).strip()
        or _PERSONA[language_of(person.language)],
        "person_name": person.name,
        "person_gender": person.gender,
        "person_age": str(person.age) if person.age is not None else "",
        "person_summary": person.summary,
        "person_metaphysical": inner,
        "person_streams": ", ".join(person.streams),
    }


@lru_cache(maxsize=64)
def stage_values(at: Stage, language: str) -> Mapping[str, str]:
    """What a template may say of a stage, by variable."""
    values = {
        "stage_number": str(at.number),
        "stage_name": at.name,
        "stage_description": at.description,
        "stage_questions": "\n".join(f"- {question}" for question in at.questions),
        "stage_resistance": "\n".join(f"- {way}" for way in at.resistance),
        "stage_intensity": _INTENSITY[language_of(language)][at.intensity],
        "stage_techniques": ", ".join(at.techniques),
        "stage_codes": ", ".join(StageCode),
    }
    return {name: clean(value) for name, value in values.items()}


def streams_listed(streams: StreamBook, language: str) -> str:
    """The programmes on offer, a line each: name and what it is about."""
    return "\n".join(
        f"- {each.name}: {each.description}" if each.description else f"- {each.name}"
        for each in streams.streams(language)
    )


def _values(
    person: PersonCard, session: SessionCard, stages: StageBook, *, persona_name: str
) -> dict[str, str]:
    language = language_of(person.language)
    # The session knows better than the profile, where it names one at all.
    code = session.stage_code if session.stage_code in StageCode.__members__ else person.stage_code
    return {
        **person_values(person, persona_name=persona_name),
        "question_count": str(session.question_count),
        "session_patterns": "; ".join(session.patterns),
        "session_core_issue": session.core_issue,
        **stage_values(stages.stage_or_first(code, language), language),
        **({"stage_intensity": _INTENSITY[language][Intensity.SOFT]} if session.is_gentle else {}),
    }


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return ", ".join(map(str, value))
    return str(value)
