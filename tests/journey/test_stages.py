from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from journey import stages as catalogue
from journey.stages import LANGUAGES, Intensity, StageCode, stage, stages

# Product facts, spelt out: codes live in rows, Russian names on people's screens.
PATH = [
    ("ORDINARY_WORLD", "Обычный мир"),
    ("CALL_TO_ADVENTURE", "Зов к приключению"),
    ("REFUSAL", "Отказ от призыва"),
    ("MEETING_MENTOR", "Встреча с наставником"),
    ("CROSSING_THRESHOLD", "Пересечение порога"),
    ("TESTS_ALLIES_ENEMIES", "Испытания, союзники, враги"),
    ("APPROACH", "Приближение к сокровенной пещере"),
    ("ORDEAL", "Испытание"),
    ("REWARD", "Награда"),
    ("ROAD_BACK", "Дорога назад"),
    ("RESURRECTION", "Воскресение"),
    ("RETURN_WITH_ELIXIR", "Возвращение с эликсиром"),
]


def test_the_twelve_stages_come_in_the_order_of_the_path_under_their_russian_names() -> None:
    assert [(each.code.value, each.name) for each in stages("ru")] == PATH
    assert [each.number for each in stages("ru")] == list(range(1, 13))


def test_both_languages_tell_the_same_path() -> None:
    russian, english = stages("ru"), stages("en")

    assert [(each.code, each.number, each.intensity) for each in russian] == [
        (each.code, each.number, each.intensity) for each in english
    ]
    assert [len(each.questions) for each in russian] == [len(each.questions) for each in english]
    assert [len(each.resistance) for each in russian] == [len(each.resistance) for each in english]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_stage_has_enough_to_speak_from(language: str) -> None:
    for each in stages(language):
        assert len(each.questions) >= 6, each.code
        assert len(each.resistance) >= 4, each.code
        assert len(each.techniques) >= 4, each.code
        assert len(each.description) > 80, each.code
        assert isinstance(each.intensity, Intensity)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_asks_and_is_asked_only_once_on_the_whole_path(language: str) -> None:
    questions = [question for each in stages(language) for question in each.questions]

    assert all("?" in question for question in questions)
    assert len(questions) == len(set(questions))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_provoked_in_the_ordeal(language: str) -> None:
    assert stage("ORDEAL", language).intensity is Intensity.SOFT
    assert stage("REFUSAL", language).intensity is Intensity.FIRM


def test_russian_words_guess_nobodys_gender() -> None:
    words = " ".join((*each.questions, each.description)[0] for each in stages("ru"))

    assert not re.search(r"\((?:а|ла|на)\)|/а\b", words)


def test_a_language_without_words_is_answered_in_english() -> None:
    assert stages("de") == stages("en")
    assert stage("REWARD", "").name == "Reward"


def test_a_stage_is_found_by_its_code_as_text_or_as_a_member() -> None:
    assert stage("REWARD", "en") is stage(StageCode.REWARD, "en")


@pytest.mark.parametrize("code", ["", "reward", "SECOND_BREAKFAST", "1"])
def test_an_unknown_code_is_a_lookup_error(code: str) -> None:
    with pytest.raises(LookupError):
        stage(code, "en")


def test_a_stage_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        stages("en")[0].name = "Home"  # type: ignore[misc]


def test_a_catalogue_that_lost_a_stage_is_refused_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = (Path(catalogue.__file__).parent / "catalogue" / "en.toml").read_text(encoding="utf-8")
    (tmp_path / "en.toml").write_text(text[: text.rindex("[[stage]]")], encoding="utf-8")
    monkeypatch.setattr(catalogue, "_CATALOGUE", tmp_path)
    catalogue._read.cache_clear()

    with pytest.raises(ValueError, match="the twelve stages"):
        stages("en")

    monkeypatch.undo()
    catalogue._read.cache_clear()
    assert len(stages("en")) == 12
