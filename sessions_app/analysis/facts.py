"""What did the person tell about themselves?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, get_args

from pydantic import BaseModel, BeforeValidator

from llm.contracts import ChatLine, Question
from sessions_app import shapes
from sessions_app.analysis.contracts import CheckedFact, FactKind
from sessions_app.analysis.fact_values import fact_value
from sessions_app.analysis.listings import talk
from sessions_app.analysis.quotes import Spoken
from sessions_app.analysis.rehearsal import facts_rehearsal
from sessions_app.companion import PromptBook
from sessions_app.fences import system_text
from sessions_app.prompt import PersonCard, person_values
from sessions_app.questions import Asking
from sessions_app.records import Said

KEY: Final = "analysis.facts"
MOST_FACTS: Final = 12
_MAX_TOKENS: Final = 1800
_KINDS: Final[frozenset[str]] = frozenset(get_args(FactKind))


def _kind(value: object) -> str:
    return shapes.text(value).casefold()


def _known_kinds(value: object) -> list[object]:
    """What can be read of a list of facts; one of a kind that nobody asked for is left out."""
    listed = shapes.listed(value, named="kind")
    known: list[object] = [
        each
        for each in listed
        if isinstance(each, BaseModel) or (isinstance(each, Mapping) and _kind(each.get("kind")) in _KINDS)
    ]
    return known[:MOST_FACTS]


class FactFound(shapes.Outcome):
    """One fact: of what kind, its value, and the sentence in which the person told it."""

    kind: Annotated[FactKind, BeforeValidator(_kind)]
    sentence: Annotated[str, shapes.line(300)]
    value: Annotated[str, shapes.line(120)]


class FactsFound(shapes.Outcome):
    """All that the person told about themselves, nothing that they did not."""

    facts: Annotated[list[FactFound], BeforeValidator(_known_kinds)]


def facts_question(
    *,
    prompts: PromptBook,
    person: PersonCard,
    known: Sequence[tuple[str, str]],
    history: Sequence[Said],
) -> Asking:
    """What did the person say about themselves that is not known yet? `known` are pairs of kind and value."""
    language = person.language
    task, version = prompts.prompt(KEY, language)
    values = {
        **person_values(person),
        "facts_known": "; ".join(f"{kind}: {value}" for kind, value in known),
    }
    return Asking(
        Question(
            purpose="facts",
            lines=(
                ChatLine("system", system_text(task, values=values, language=language)),
                ChatLine("user", talk(history, language)),
            ),
            rehearsal=facts_rehearsal(history=history, known=known, language=language, most=MOST_FACTS),
            schema=FactsFound,
            max_tokens=_MAX_TOKENS,
        ),
        version,
    )


def checked_facts(found: FactsFound, texts: Sequence[str]) -> tuple[list[CheckedFact], int]:
    """The facts whose sentence was really said and whose value makes sense; and how many were dropped.

    `texts` are all the person's messages. Values are as `fact_value` gives them.
    """
    spoken = Spoken.of(texts)
    kept: dict[CheckedFact, None] = {}
    invented = 0
    for each in found.facts:
        sentence = spoken.find(each.sentence)
        value = fact_value(each.kind, each.value, sentence) if sentence else None
        if sentence is None or value is None:
            invented += 1
        else:
            kept.setdefault(CheckedFact(each.kind, value, sentence))
    return list(kept), invented
