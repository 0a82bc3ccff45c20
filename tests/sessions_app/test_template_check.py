"""What is wrong with a prompt is found before anybody speaks with it."""

from __future__ import annotations

import pytest

from sessions_app.default_prompts import PROMPT_KEYS, default_prompt
from sessions_app.prompt import ALLOWED_VARIABLES
from sessions_app.prompt_catalogue import catalogue
from sessions_app.template_check import Mistake, mistakes_in

COACH = "coach.natasha"


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("key", PROMPT_KEYS)
def test_every_default_prompt_can_be_published(key: str, language: str) -> None:
    assert mistakes_in(key, default_prompt(key, language)) == ()


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("Be kind, {person_name}.", []),
        ("a\r\nb", []),
        ('Answer {"reply": "…"} or {}.', []),
        (" ", [Mistake("empty")]),
        ("x" * 20_001, [Mistake("long", length=20_001)]),
        ("a\x00b", [Mistake("characters")]),
        ("{person_nam}", [Mistake("unknown", "person_nam", "person_name")]),
        ("{zzz}", [Mistake("unknown", "zzz")]),
        ("{Stage_Name}", [Mistake("unknown", "Stage_Name", "stage_name")]),
        ("{ person_name }", [Mistake("misspelt", " person_name ", "person_name")]),
        ("{person name}", [Mistake("misspelt", "person name", "person_name")]),
        ("{stage-intensity}", [Mistake("misspelt", "stage-intensity", "stage_intensity")]),
        ("{имя}", [Mistake("misspelt", "имя")]),
        ("Hello, {person_name and bye", [Mistake("open", "person_name", "person_name")]),
    ],
)
def test_what_is_wrong_is_named_with_what_was_probably_meant(text: str, mistakes: list[Mistake]) -> None:
    assert list(mistakes_in(COACH, text)) == mistakes


def test_there_is_no_prompt_of_another_name() -> None:
    assert mistakes_in("coach.han", "x") == (Mistake("no_prompt", "coach.han"),)


def test_a_long_text_of_open_braces_is_checked_at_once() -> None:
    assert {each.kind for each in mistakes_in(COACH, "{a" * 60_000)} == {"long"}


@pytest.mark.parametrize("key", PROMPT_KEYS)
def test_the_catalogue_says_what_each_variable_of_a_prompt_stands_for(key: str) -> None:
    listed = catalogue.variables(key)
    assert {each.name for each in listed} == ALLOWED_VARIABLES[key]
    assert all(each.meaning for each in listed)
    card = catalogue.card(key)
    assert card is not None
    assert card in catalogue.cards()
    assert card.name
    assert card.about


def test_what_a_person_told_is_marked_as_theirs() -> None:
    own = {each.name for each in catalogue.variables(COACH) if each.is_persons_own}
    assert {"person_name", "person_summary", "session_patterns"} <= own
    assert not own & {"stage_name", "question_count", "persona_name"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{person_nam}", "Nothing is known by the name {person_nam} here. Did you mean {person_name}?"),
        ("{zzz}", "Nothing is known by the name {zzz} here."),
        ("{ stage_name }", "{ stage_name } is not filled in as it is written. Did you mean {stage_name}?"),
        ("{stage_name", "The brace of {stage_name is not closed. Did you mean {stage_name}?"),
        ("x" * 20_001, "The prompt has 20001 characters; at most 20000 are allowed."),
        (" ", "The prompt is empty."),
    ],
)
def test_problems_are_told_in_words(text: str, words: str) -> None:
    assert [each.words for each in catalogue.problems(COACH, text)] == [words]
