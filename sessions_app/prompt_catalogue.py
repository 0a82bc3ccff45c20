"""The prompts as staff are shown them: what each is for, what may stand in it, and what is wrong with a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bots.prompt_catalogue import Problem, PromptCard, Variable
from journey.stages import LANGUAGES
from sessions_app.default_prompts import PROMPT_KEYS, default_prompt
from sessions_app.fences import FENCED
from sessions_app.prompt import ALLOWED_VARIABLES
from sessions_app.template_check import LONGEST_TEMPLATE, Mistake, mistakes_in

_CARDS: Final[Mapping[str, tuple[Any, Any]]] = {
    "persona.natasha": (
        gettext_lazy("Character"),
        gettext_lazy("Who speaks, and what she never does. Stands before every prompt of a session."),
    ),
    "coach.natasha": (
        gettext_lazy("Provocative session"),
        gettext_lazy("What the coach does with each message of a provocative session."),
    ),
    "coach.diagnostic": (
        gettext_lazy("Diagnostic dialogue"),
        gettext_lazy("Which question comes next in a diagnostic, and when enough is known."),
    ),
    "session.summary": (
        gettext_lazy("Summary of a session"),
        gettext_lazy("What is told to the person when a session ends."),
    ),
    "diagnostic.result": (
        gettext_lazy("Result of a diagnostic"),
        gettext_lazy("Psychotype, stage, strengths and a programme, from the whole dialogue."),
    ),
    "crisis.check": (
        gettext_lazy("Watch for crisis"),
        gettext_lazy("Looks at each message for signs of distress, beside the coach."),
    ),
    "analysis.stage": (
        gettext_lazy("Stage of the journey"),
        gettext_lazy("Where the person stands on their way, and which of their words say so."),
    ),
    "analysis.facts": (
        gettext_lazy("Facts"),
        gettext_lazy("What the person told about themselves."),
    ),
    "analysis.portrait": (
        gettext_lazy("Portrait"),
        gettext_lazy("The psychological summary, from what a person did and said lately."),
    ),
    "analysis.readiness": (
        gettext_lazy("Readiness"),
        gettext_lazy("How ready a person is for each programme."),
    ),
}

_MEANINGS: Final[Mapping[str, Any]] = {
    "persona_name": gettext_lazy("the name of who speaks"),
    "person_name": gettext_lazy("the person's first name"),
    "person_gender": gettext_lazy("the person's gender, where it is known"),
    "person_age": gettext_lazy("the person's age in years"),
    "person_summary": gettext_lazy("the psychological summary as it is now"),
    "person_metaphysical": gettext_lazy("light and shadow, themes and patterns of the inner picture"),
    "person_streams": gettext_lazy("the programmes that were found to fit"),
    "question_count": gettext_lazy("how many questions were asked in this session"),
    "session_patterns": gettext_lazy("patterns that were noticed in sessions"),
    "session_core_issue": gettext_lazy("what the session seems to be about at its core"),
    "stage_number": gettext_lazy("the number of the stage, 1 to 12"),
    "stage_name": gettext_lazy("the name of the stage"),
    "stage_description": gettext_lazy("what life is like on the stage"),
    "stage_questions": gettext_lazy("the stage's questions, a line each"),
    "stage_resistance": gettext_lazy("how people resist there, a line each"),
    "stage_intensity": gettext_lazy("how hard the coach may push there: soft, medium or firm"),
    "stage_techniques": gettext_lazy("the techniques that fit there"),
    "stage_codes": gettext_lazy("the codes of all stages in their order"),
    "stages_listed": gettext_lazy("all twelve stages with what they are about"),
    "stages_completed": gettext_lazy("the stages that the person has completed"),
    "stages_disputed": gettext_lazy("the stages of which the person said “this is not me”"),
    "streams_offered": gettext_lazy("the programmes on offer, a line each"),
    "facts_known": gettext_lazy("what is known of the person already"),
}


class Catalogue:
    """Named by the setting PROMPT_CATALOGUE; its contract is `bots.prompt_catalogue.PromptCatalogue`."""

    languages: Final[Sequence[str]] = tuple(LANGUAGES)
    longest: Final = LONGEST_TEMPLATE

    def cards(self) -> list[PromptCard]:
        return [PromptCard(key, *map(str, _CARDS[key])) for key in PROMPT_KEYS]

    def card(self, key: str) -> PromptCard | None:
        return PromptCard(key, *map(str, _CARDS[key])) if key in _CARDS else None

    def shipped(self, key: str, language: str) -> str:
        return default_prompt(key, language)

    def variables(self, key: str) -> list[Variable]:
        allowed = ALLOWED_VARIABLES.get(key, frozenset())
        return [
            Variable(name, str(meaning), name in FENCED)
            for name, meaning in _MEANINGS.items()
            if name in allowed
        ]

    def problems(self, key: str, text: str) -> list[Problem]:
        return [_told(each) for each in mistakes_in(key, text)]


catalogue: Final = Catalogue()


def _told(each: Mistake) -> Problem:
    shown, meant = f"{{{each.name}}}", f"{{{each.nearest}}}" if each.nearest else ""
    words = {
        "no_prompt": _("There is no prompt “%(name)s”."),
        "empty": _("The prompt is empty."),
        "long": _("The prompt has %(length)d characters; at most %(longest)d are allowed."),
        "characters": _("The prompt holds characters that cannot be shown; paste it as plain text."),
        "unknown": _("Nothing is known by the name %(shown)s here."),
        "misspelt": _("%(shown)s is not filled in as it is written."),
        "open": _("The brace of {%(name)s is not closed."),
    }[each.kind] % {
        "name": each.name,
        "shown": shown,
        "length": each.length,
        "longest": LONGEST_TEMPLATE,
    }
    if meant:
        words = _("%(problem)s Did you mean %(meant)s?") % {"problem": words, "meant": meant}
    return Problem(words, f"{{{each.name}" if each.kind == "open" else shown if each.name else "", meant)
