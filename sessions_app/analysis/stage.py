"""Where on the path does the person stand?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import BeforeValidator

from llm.contracts import ChatLine, Question
from sessions_app import shapes
from sessions_app.analysis.contracts import CheckedJudgement
from sessions_app.analysis.listings import stages_listed, stages_named, talk
from sessions_app.analysis.quotes import Spoken
from sessions_app.analysis.rehearsal import stage_rehearsal
from sessions_app.companion import PromptBook, StageBook
from sessions_app.fences import language_of, system_text
from sessions_app.prompt import PersonCard, person_values, stage_values
from sessions_app.questions import Asking
from sessions_app.records import Said

KEY: Final = "analysis.stage"
_MAX_TOKENS: Final = 1200


class StageJudgement(shapes.Outcome):
    """The evidence, and the stage that it speaks for; `confidence` from 0 to 1."""

    # First the evidence, then the verdict: a model writes in this order.
    quotes: Annotated[list[str], shapes.lines(300, 5)]
    why: Annotated[str, shapes.told_line(300)]
    stage: shapes.OptionalStage
    confidence: Annotated[float, BeforeValidator(shapes.confidence)]


def stage_question(
    *,
    prompts: PromptBook,
    stages: StageBook,
    person: PersonCard,
    disputed: Sequence[str],
    completed: Sequence[str],
    history: Sequence[Said],
) -> Asking:
    """Which stage do the person's latest words speak from? `disputed` and `completed` are codes of stages."""
    language = person.language
    task, version = prompts.prompt(KEY, language)
    at = stages.stage_or_first(person.stage_code, language)
    values = {
        **person_values(person),
        **stage_values(at, language_of(language)),
        "stages_listed": stages_listed(stages.stages(language)),
        "stages_completed": stages_named(completed, stages, language),
        "stages_disputed": stages_named(disputed, stages, language),
    }
    return Asking(
        Question(
            purpose="stage",
            lines=(
                ChatLine("system", system_text(task, values=values, language=language)),
                ChatLine("user", talk(history, language)),
            ),
            rehearsal=stage_rehearsal(history=history, stages=stages, disputed=disputed, language=language),
            schema=StageJudgement,
            max_tokens=_MAX_TOKENS,
        ),
        version,
    )


def checked_judgement(judgement: StageJudgement, texts: Sequence[str]) -> CheckedJudgement:
    """The judgement with the quotes that the person really said; `texts` are all their messages."""
    spoken = Spoken.of(texts)
    found = [spoken.find(quote) for quote in judgement.quotes]
    return CheckedJudgement(
        stage=judgement.stage,
        confidence=judgement.confidence,
        quotes=tuple(dict.fromkeys(quote for quote in found if quote is not None)),
        invented=found.count(None),
        why=judgement.why,
    )
