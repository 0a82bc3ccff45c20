from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_app import crisis
from sessions_app.crisis import CrisisKind, CrisisSign, detect
from tests.sessions_app.crisis_sentences import NO_SIGNS, SIGNS

ANY_TEXT = st.text(st.characters(codec=None), max_size=300)
RULES = [
    rule
    for path in sorted(Path(crisis.__file__).parent.glob("rules.*.toml"))
    for rule in tomllib.loads(path.read_text(encoding="utf-8"))["rule"]
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SIGNS.items() for text in texts])
def test_a_sign_is_seen_whatever_the_language_of_the_talk(kind: str, text: str) -> None:
    for language in ("ru", "en"):
        sign = detect(text, language)

        assert sign is not None
        assert sign.kind == kind
        assert f".{kind}." in sign.rule


@pytest.mark.parametrize("text", NO_SIGNS)
def test_what_only_sounds_alike_is_no_sign(text: str) -> None:
    assert detect(text, "ru") is None
    assert detect(text, "en") is None


@pytest.mark.parametrize("text", ["", " ", "\x00", "!!!", "Привет", "I had a good day", "😀", "16"])
def test_ordinary_words_are_no_sign(text: str) -> None:
    assert detect(text, "ru") is None


def test_the_more_urgent_sign_is_named() -> None:
    assert detect("Мне 15 лет, и я не хочу жить", "ru") == CrisisSign(
        CrisisKind.SELF_HARM, "ru.self_harm.not_to_live"
    )
    sign = detect("мне 15, отчим бьёт меня", "ru")
    assert sign is not None
    assert sign.kind is CrisisKind.ABUSE


def test_a_sign_carries_no_words_of_the_person() -> None:
    sign = detect("я, Ева Смирнова, хочу умереть", "ru")

    assert sign is not None
    assert dataclasses.asdict(sign) == {"kind": CrisisKind.SELF_HARM, "rule": "ru.self_harm.wish_to_die"}


def test_an_excuse_covers_only_the_words_around_it() -> None:
    far = "мы смотрели сериал и долго смеялись над тем, как герой всё время всех спасает. " * 3

    assert detect(f"Умираю со смеху. {far} Но вечером я хочу умереть.", "ru") is not None
    assert detect("Я хочу умереть от смеха! А вообще не хочу жить.", "ru") is not None
    assert detect("I'm not suicidal, but I don't want to wake up", "en") is not None


@pytest.mark.parametrize(
    "text",
    [
        "ХОЧУ УМЕРЕТЬ",
        "хочу   умереть",
        "хочу\tумереть",
        "хочу, умереть",
        "хочу...умереть",
        "хочу\nумереть",
        "хочу\u200b уме\u00adреть",
        "х\u0301очу умере\u0301ть",
        "хoчу yмepeть",
        "xочу умeреть",
        "хочууууу умереееееть",
        "х о ч у у м е р е т ь",
        "хочу у-м-е-р-е-т-ь",
        "хочу *умереть*",
        "х0чу умереть",
        "хочу умереть😀",
        "😀хочу😀умереть😀",
        "ｉ ｗａｎｔ ｔｏ ｄｉｅ",
        "i w4nt to die",
        "ı want to kіll mуself",
        "не хочу жить",
        "нe xoчу жить",
        "суи́цид",
    ],
)
def test_tricks_of_spelling_hide_nothing(text: str) -> None:
    sign = detect(text, "ru")

    assert sign is not None
    assert sign.kind is CrisisKind.SELF_HARM


def test_a_letter_made_of_two_characters_is_one_letter() -> None:
    assert detect("самоубии\u0306ство", "ru") is not None
    assert detect("муж бье\u0308т меня", "ru") is not None


@pytest.mark.parametrize("age", range(6, 18))
def test_every_age_under_eighteen_is_a_sign(age: int) -> None:
    for text, language in (
        (f"мне {age} лет", "ru"),
        (f"Мне {age}", "ru"),
        (f"I'm {age}", "en"),
        (f"i am {age} yo", "en"),
    ):
        sign = detect(text, language)
        assert sign is not None, text
        assert sign.kind is CrisisKind.MINOR


@pytest.mark.parametrize("age", [18, 19, 21, 35, 60, 99, 100, 117, 160])
def test_no_grown_age_is_a_sign(age: int) -> None:
    for text in (f"мне {age} лет", f"Мне {age}", f"I'm {age}", f"i am {age} years old"):
        assert detect(text, "ru") is None, text


@given(ANY_TEXT, st.sampled_from(["ru", "en", "de", ""]))
def test_any_text_at_all_is_heard_without_failing(text: str, language: str) -> None:
    sign = detect(text, language)

    assert sign is None or sign.kind in CrisisKind


@given(ANY_TEXT.filter(lambda text: text.strip().isalnum() or not text), ANY_TEXT)
def test_a_plain_cry_is_heard_within_any_text(before: str, after: str) -> None:
    sign = detect(f"{before}. я покончу с собой. {after}", "ru")

    assert sign is not None
    assert sign.kind is CrisisKind.SELF_HARM


ORDINARY = [
    "муж",
    "меня",
    "я",
    "хочу",
    "не",
    "жить",
    "мне",
    "16",
    "лет",
    "и",
    ",",
    ".",
    "to",
    "want",
    "kill",
    "him",
]


@given(st.lists(st.sampled_from(ORDINARY), max_size=40).map(" ".join))
@settings(max_examples=300)
def test_any_heap_of_the_words_that_rules_look_at_is_heard_without_failing(text: str) -> None:
    detect(text, "ru")


@pytest.mark.parametrize(
    "wall",
    [
        "хочу ",
        "меня бьет ",
        "не хочу жить с ",
        "хочу умереть от смеха ",
        "im 16 years ",
        "a",
        "и ",
        "x,",
        "1",
        "\u0301",
        "\u0315\u0300\u05ae",
        "𝐬",
        "ſ",
        "aа",
        "«",
        ". ",
        "убить время ",
    ],
)
def test_a_megabyte_of_anything_is_heard_in_linear_time(wall: str) -> None:
    # Were any of this quadratic, the suite would not end in minutes.
    text = (wall * (1_000_000 // len(wall)))[:1_000_000]

    detect(text, "ru")


def test_a_cry_at_the_end_of_a_megabyte_is_heard() -> None:
    text = "Сегодня был обычный день, мы пили чай. " * 25_000 + "Я больше не хочу жить."

    assert len(text) > 900_000
    assert detect(text, "ru") == CrisisSign(CrisisKind.SELF_HARM, "ru.self_harm.not_to_live")


def test_every_rule_has_a_kind_and_a_name_of_its_own() -> None:
    names = [rule["id"] for rule in RULES]

    assert len(names) == len(set(names))
    for rule in RULES:
        assert rule["id"].split(".")[1] == rule["kind"]
        assert rule["kind"] in set(CrisisKind)
        assert set(rule) <= {"id", "kind", "any", "unless"}


def test_rules_are_written_in_the_shape_that_texts_are_brought_to() -> None:
    # "ё" or a capital in a rule would never be found.
    for rule in RULES:
        for pattern in (*rule["any"], *rule.get("unless", ())):
            assert pattern == pattern.lower().replace("ё", "е"), rule["id"]
            assert not set(pattern) & set("'’()[]{}\\^$+"), rule["id"]
            for element in pattern.split():
                assert "" not in element.rstrip("?").split("|"), (rule["id"], pattern)


@pytest.mark.parametrize("kind", list(CrisisKind))
def test_each_kind_has_rules_in_both_languages(kind: CrisisKind) -> None:
    assert {rule["id"].split(".")[0] for rule in RULES if rule["kind"] == kind} == {"ru", "en"}
