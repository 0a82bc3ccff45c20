from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

from journey.stages import StageCode
from llm.schema import response_format
from sessions_app.analysis.facts import FactsFound
from sessions_app.analysis.portrait import Portrait
from sessions_app.analysis.readiness import ReadinessFound
from sessions_app.analysis.stage import StageJudgement
from sessions_app.outcomes import (
    CrisisVerdict,
    DiagnosticResult,
    DiagnosticStep,
    Metaphysical,
    Psychotype,
    SessionSummary,
)

SHAPES: list[type[BaseModel]] = [
    SessionSummary,
    DiagnosticStep,
    DiagnosticResult,
    CrisisVerdict,
    StageJudgement,
    FactsFound,
    Portrait,
    ReadinessFound,
]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def _objects(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, dict):
        own = [schema] if schema.get("type") == "object" else []
        return own + [each for value in schema.values() for each in _objects(value)]
    if isinstance(schema, list):
        return [each for value in schema for each in _objects(value)]
    return []


@pytest.mark.parametrize("shape", SHAPES)
def test_the_schema_is_one_that_strict_servers_take(shape: type[BaseModel]) -> None:
    schema = shape.model_json_schema()
    text = json.dumps(schema)

    for each in _objects(schema):
        assert each["additionalProperties"] is False
        assert sorted(each["required"]) == sorted(each["properties"])
    for keyword in (
        '"default"',
        '"minimum"',
        '"maxLength"',
        '"maxItems"',
        '"pattern"',
        '"oneOf"',
        '"format"',
    ):
        assert keyword not in text


@pytest.mark.parametrize("shape", SHAPES)
def test_the_schema_is_sent_as_a_strict_one(shape: type[BaseModel]) -> None:
    sent = response_format(shape)["json_schema"]

    assert sent["strict"] is True
    Draft202012Validator.check_schema(sent["schema"])
    assert "$ref" not in json.dumps(sent)


def test_a_server_is_told_the_kinds_of_facts_and_the_stages() -> None:
    fact = response_format(FactsFound)["json_schema"]["schema"]["properties"]["facts"]["items"]
    stage = response_format(StageJudgement)["json_schema"]["schema"]["properties"]["stage"]

    assert fact["properties"]["kind"]["enum"] == [
        "age",
        "birthday",
        "gender",
        "location",
        "timezone",
        "occupation",
        "relationship",
        "children",
        "interest",
    ]
    assert stage == {"anyOf": [{"type": "string", "enum": list(StageCode)}, {"type": "null"}]}


def test_a_summary_that_is_right_stays_as_it_is() -> None:
    value = {
        "summary": "Разговор о молчании.\nЧто-то сдвинулось.",
        "patterns": ["спасать", "молчать"],
        "core_issue": "страх быть лишней",
        "metaphysical": {"light": -20, "themes": ["дом"], "patterns": ["долг"]},
        "next_step": "Одно «нет».",
    }

    assert SessionSummary.model_validate(value).model_dump() == value


def test_a_sloppy_summary_is_tidied() -> None:
    summary = SessionSummary.model_validate(
        {
            "summary": ["  Раз.\x00 ", None, "Два\ud800."],
            "patterns": "- спасать\n2) молчать\n• спасать\n\n— null",
            "core_issue": " None. ",
            "metaphysical": {"light": "-140%", "themes": {"a": "дом", "b": 7}, "extra": 1},
            "mood": "fine",
        }
    )

    assert summary.summary == "Раз.; Два."
    assert summary.patterns == ["спасать", "молчать"]
    assert summary.core_issue is None
    assert summary.metaphysical == Metaphysical(light=-100, themes=["дом", "7"], patterns=[])
    assert summary.next_step is None


def test_lists_and_lines_are_capped() -> None:
    summary = SessionSummary.model_validate(
        {"summary": "слово " * 1000, "patterns": [f"сценарий {number} " * 50 for number in range(20)]}
    )

    assert len(summary.summary) <= 1800
    assert summary.summary.endswith("слово…")
    assert len(summary.patterns) == 5
    assert all(len(pattern) <= 200 for pattern in summary.patterns)


def test_metaphysical_that_is_no_object_is_blank() -> None:
    blank = Metaphysical(light=0, themes=[], patterns=[])

    assert SessionSummary.model_validate({"summary": "x", "metaphysical": "light"}).metaphysical == blank
    assert SessionSummary.model_validate({"summary": "x"}).metaphysical == blank


@pytest.mark.parametrize(
    ("given_light", "light"),
    [
        (12.6, 13),
        ("−30", -30),
        ("+5,4", 5),
        (None, 0),
        (True, 0),
        (float("nan"), 0),
        (10**9, 100),
        ("dark", 0),
    ],
)
def test_light_is_a_whole_number_between_its_ends(given_light: object, light: int) -> None:
    assert Metaphysical.model_validate({"light": given_light}).light == light


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("REFUSAL", StageCode.REFUSAL),
        ("road back", StageCode.ROAD_BACK),
        ("Return-With-Elixir", StageCode.RETURN_WITH_ELIXIR),
        ("отказ от призыва", StageCode.REFUSAL),
        ("Ordeal", StageCode.ORDEAL),
        ("5", StageCode.CROSSING_THRESHOLD),
        (12, StageCode.RETURN_WITH_ELIXIR),
        ("somewhere", None),
        (None, None),
        (["REFUSAL"], StageCode.REFUSAL),
    ],
)
def test_a_stage_is_understood_by_code_name_or_number(word: object, code: StageCode | None) -> None:
    assert DiagnosticResult.model_validate({"psychotype": "emotional", "stage": word}).stage is code


@pytest.mark.parametrize(
    ("word", "psychotype"),
    [
        ("analytical", Psychotype.ANALYTICAL),
        ("Аналитический", Psychotype.ANALYTICAL),
        ("EMOTIONAL type", Psychotype.EMOTIONAL),
        ("интуит", Psychotype.INTUITIVE),
        ("practical ", Psychotype.PRACTICAL),
    ],
)
def test_a_psychotype_is_understood_in_both_languages(word: str, psychotype: Psychotype) -> None:
    assert DiagnosticResult.model_validate({"psychotype": word}).psychotype is psychotype


@pytest.mark.parametrize("word", [None, "", "choleric", 3])
def test_a_psychotype_that_is_none_of_the_four_is_refused(word: object) -> None:
    with pytest.raises(ValidationError):
        DiagnosticResult.model_validate({"psychotype": word})


@pytest.mark.parametrize(
    ("said", "enough"),
    [(True, True), ("yes", True), ("да", True), (1, True), (None, False), ("later", False)],
)
def test_a_diagnostic_ends_only_when_that_is_said(said: object, enough: bool) -> None:
    assert DiagnosticStep.model_validate({"reply": "И что?", "enough": said}).enough is enough


def test_a_diagnostic_step_with_nothing_known_is_complete() -> None:
    step = DiagnosticStep.model_validate({"reply": " И что? "})

    assert step.reply == "И что?"
    assert step.known.model_dump() == {
        "signs": [],
        "strengths": [],
        "challenges": [],
        "stage": None,
        "missing": [],
    }


@pytest.mark.parametrize(
    ("word", "sign"),
    [
        ("self-harm", "self_harm"),
        ("Suicide", "self_harm"),
        (None, "none"),
        ("no", "none"),
        ("ABUSE", "abuse"),
    ],
)
def test_a_verdict_is_understood_however_it_is_spelt(word: object, sign: str) -> None:
    assert CrisisVerdict.model_validate({"sign": word, "confidence": 0.5}).sign == sign


def test_a_verdict_of_another_kind_is_refused() -> None:
    with pytest.raises(ValidationError):
        CrisisVerdict.model_validate({"sign": "boredom"})


@pytest.mark.parametrize(
    ("said", "confidence"), [(0.7, 0.7), ("80%", 0.8), (95, 0.95), (-1, 0.0), (None, 0.0), (1e9, 1.0)]
)
def test_confidence_lies_between_nothing_and_one(said: object, confidence: float) -> None:
    assert CrisisVerdict.model_validate({"sign": "none", "confidence": said}).confidence == confidence


@given(
    st.dictionaries(
        st.sampled_from(["summary", "patterns", "core_issue", "metaphysical", "next_step", "x"]), ANY_JSON
    )
)
def test_any_object_at_all_is_some_summary_that_can_be_stored(value: dict[str, object]) -> None:
    stored = SessionSummary.model_validate(value).model_dump_json()

    stored.encode("utf-8")
    assert "\\u0000" not in stored


@given(st.dictionaries(st.sampled_from(["reply", "enough", "known", "x"]), ANY_JSON))
def test_any_object_at_all_is_some_diagnostic_step(value: dict[str, object]) -> None:
    DiagnosticStep.model_validate(value).model_dump_json().encode("utf-8")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("value", [None, "text", 7, ["a"]])
def test_what_is_no_object_is_refused(shape: type[BaseModel], value: object) -> None:
    with pytest.raises(ValidationError):
        shape.model_validate(value)
