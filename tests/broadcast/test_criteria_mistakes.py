from __future__ import annotations

import pytest

from broadcast.criteria.errors import CriteriaError, Mistake
from broadcast.criteria.telling import explained, pointed, told
from broadcast.criteria.words import texts
from tests.broadcast.criteria_cast import read


def mistakes(said: str) -> tuple[Mistake, ...]:
    with pytest.raises(CriteriaError) as caught:
        read(said)
    return caught.value.mistakes


@pytest.mark.parametrize(
    ("said", "code", "fragment", "start", "nearest"),
    [
        ("gendr=male", "unknown_key", "gendr", 0, "gender"),
        ("язик=ru", "unknown_key", "язик", 0, "язык"),
        ("qwxyz=1", "unknown_key", "qwxyz", 0, ""),
        ("gender.x=male", "unknown_key", "gender.x", 0, "gender"),
        ("readines.hero-path>1", "unknown_key", "readines.hero-path", 0, "readiness"),
        ('"gender"=male', "unknown_key", '"gender"', 0, "gender"),
        ("hello", "no_condition", "hello", 0, ""),
        ("=male", "key_missing", "=", 0, ""),
        ("!", "key_missing", "!", 0, ""),
        ("gender", "operator_missing", "gender", 0, "gender="),
        ("gender=", "value_missing", "=", 6, ""),
        ('source=""', "value_missing", '""', 7, ""),
        ("gender=male|", "value_missing", "=", 6, ""),
        ("gender=male,", "empty_term", ",", 11, ""),
        (",gender=male", "empty_term", ",", 0, ""),
        ("gender=male,,age=25", "empty_term", ",", 11, ""),
        ("gender=femal", "unknown_value", "femal", 7, "female"),
        ("gender=женчина", "unknown_value", "женчина", 7, "женщина"),
        ("journey_stage=Зов к приключениям", "unknown_value", "Зов к приключениям", 14, "Зов к приключению"),
        ("journey_stage=call to adventur", "unknown_value", "call to adventur", 14, "CALL_TO_ADVENTURE"),
        ("streams=Путь Геро", "unknown_value", "Путь Геро", 8, "Путь Героя"),
        ("readiness.hero>1", "unknown_value", "hero", 10, "hero-path"),
        ('readiness."Путь Геро">1', "unknown_value", '"Путь Геро"', 10, "Путь Героя"),
        ("language=eng", "unknown_value", "eng", 9, "en"),
        (
            "journey_stage=Испытания, союзники, враги",
            "unknown_value",
            "Испытания",
            14,
            '"Испытания, союзники, враги"',
        ),
        ("gender>male", "operator_unfit", ">", 6, "="),
        ("is_active>=yes", "operator_unfit", ">=", 9, "="),
        ("markers=x", "name_missing", "markers", 0, "markers."),
        ("readiness.>=1", "name_missing", "readiness.", 0, "readiness."),
        ('source="open', "quote_open", '"open', 7, ""),
        ("gender=male, source=«open", "quote_open", "«open", 20, ""),
        ('source=a "b"', "value_broken", 'a "b"', 7, ""),
        ("gender=male language=ru", "comma_missing", "=", 20, ""),
        ("gender=!male", "negation_misplaced", "!", 7, ""),
        ("age=1|!=2", "negation_misplaced", "!=", 6, ""),
        ("gender!male", "negation_misplaced", "!", 6, ""),
        ("gender|age=1", "or_misplaced", "|", 6, ""),
        ("language=*", "always_known", "*", 9, ""),
        ("last_seen=none", "always_known", "none", 10, ""),
        ("is_active=tru", "no_flag", "tru", 10, "true"),
        ("is_active=*", "no_flag", "*", 10, ""),
        ("age=old", "no_number", "old", 4, ""),
        ("age>18..30", "no_number", "18..30", 4, ""),
        ("age>none", "no_number", "none", 4, ""),
        ("age=..", "no_number", "..", 4, ""),
        ("age=121", "out_of_range", "121", 4, ""),
        ("age>120", "out_of_range", "120", 4, ""),
        ("age<0", "out_of_range", "0", 4, ""),
        ("readiness.hero-path>=101", "out_of_range", "101", 21, ""),
        ("age=30..18", "reversed", "30..18", 4, "18..30"),
        ("last_seen=30d..7d", "reversed", "30d..7d", 10, "7d..30d"),
        ("last_seen=7d..1w", "reversed", "7d..1w", 10, ""),
        (
            "registered=2026-02-01..2026-01-01",
            "reversed",
            "2026-02-01..2026-01-01",
            11,
            "2026-01-01..2026-02-01",
        ),
        ("last_seen<soon", "no_moment", "soon", 10, ""),
        ("last_seen<7 parsecs", "no_moment", "7 parsecs", 10, ""),
        ("last_seen=..", "no_moment", "..", 10, ""),
        ("registered>2026-02-30", "no_day", "2026-02-30", 11, ""),
        ("registered>1999-01-01", "out_of_range", "1999-01-01", 11, ""),
        ("last_seen<0d", "out_of_range", "0d", 10, ""),
        ("last_seen<999999w", "out_of_range", "999999w", 10, ""),
        ("last_seen=7d..2026-01-01", "mixed_moments", "7d..2026-01-01", 10, ""),
        ("last_seen=7d", "comparison_missing", "7d", 10, "<7d"),
        ("last_seen>3m", "unit_unclear", "3m", 10, "90d"),
        ("last_seen>3 месяца", "unit_unclear", "3 месяца", 10, "90d"),
    ],
)
def test_a_mistake_is_answered_with_what_where_and_the_nearest_word(
    said: str, code: str, fragment: str, start: int, nearest: str
) -> None:
    (mistake,) = mistakes(said)

    assert (mistake.code, mistake.fragment, mistake.start, mistake.nearest) == (
        code,
        fragment,
        start,
        nearest,
    )
    assert mistake.end == start + len(fragment) or code == "quote_open"


def test_all_mistakes_are_told_at_once_in_their_order() -> None:
    found = mistakes("gendr=male, age=old|200, source=ok, language=eng")

    assert [(each.code, each.start) for each in found] == [
        ("unknown_key", 0),
        ("no_number", 16),
        ("out_of_range", 20),
        ("unknown_value", 45),
    ]


@pytest.mark.parametrize(
    ("said", "code", "about"),
    [
        ("x" * 2001, "too_long", "2000"),
        (",".join(f"markers.m{number}=x" for number in range(41)), "too_many_terms", "40"),
        ("source=" + "|".join(f"s{number}" for number in range(51)), "too_many_values", "50"),
        ("source=" + "x" * 201, "word_too_long", "200"),
        (f"markers.{'x' * 201}=y", "word_too_long", "200"),
    ],
)
def test_more_than_is_allowed_is_refused(said: str, code: str, about: str) -> None:
    (mistake,) = mistakes(said)

    assert (mistake.code, mistake.about) == (code, about)


def test_what_would_be_too_long_once_written_down_is_refused() -> None:
    # "пол=м" becomes "gender=male"; so do many short words.
    said = ",".join(
        f"!маркер.{number}=" + "|".join(f"{number}{letter}'" for letter in "abcdefgh") for number in range(40)
    )
    assert len(said) <= 2000

    (mistake,) = mistakes(said)
    assert (mistake.code, mistake.about) == ("too_long", "2000")


def test_mistakes_are_explained_in_both_languages() -> None:
    (unknown,) = mistakes("gender=femal")
    (far,) = mistakes("gender=«qqqqq»")
    (unclear,) = mistakes("last_seen>3m")

    assert explained(unknown, "en") == "“femal” is not known for “gender”. Perhaps female?"
    assert explained(unknown, "ru") == "«femal» для «gender» неизвестно. Возможно: female."
    assert explained(unknown, "fr") == explained(unknown, "en")
    assert explained(far, "en") == "“qqqqq” is not known for “gender”."
    assert explained(unclear, "en") == "“3m” could be minutes or months: write 90min or 90d."
    assert explained(unclear, "ru") == "«3m» — минуты или месяцы? Напишите 90min или 90d."


def test_a_caret_line_points_at_what_was_not_understood() -> None:
    said = "gender=femal, age=25"
    assert pointed(said, mistakes(said)[0]) == ["gender=femal, age=25", "       ^^^^^"]

    said = "source=" + "a" * 60 + ",\nage=old," + "b=1"
    assert pointed(said, mistakes(said)[0]) == ["…aaaaaaaaa, age=old,b=1", " " * 16 + "^^^"]

    said = "source=" + "a" * 60 + ",gender=" + "x" * 90
    assert pointed(said, mistakes(said)[0]) == [
        "…aaaaaaa,gender=" + "x" * 33 + "…",
        " " * 16 + "^" * 33,
    ]


def test_everything_is_told_in_one_text() -> None:
    with pytest.raises(CriteriaError) as caught:
        read("gendr=male,age=old")

    assert told(caught.value, "en") == (
        "gendr=male,age=old\n^^^^^\nNothing is known by the name of “gendr”. Perhaps gender?\n\n"
        "gendr=male,age=old\n               ^^^\n“old” is no number and no range such as 18..30."
    )
    assert caught.value.code == "criteria_unknown_key"
    assert "gendr" not in str(caught.value)

    with pytest.raises(CriteriaError) as caught:
        read("x" * 2001)
    assert told(caught.value, "ru") == "Условия длиннее 2000 символов."


def test_a_long_fragment_is_shortened_where_it_is_told() -> None:
    (mistake,) = mistakes("a" * 100 + "=1")

    assert explained(mistake, "en") == f"Nothing is known by the name of “{'a' * 59}…”."


def test_both_languages_have_the_same_texts() -> None:
    russian, english = texts("ru"), texts("en")

    assert {name: set(section) for name, section in russian.items()} == {
        name: set(section) for name, section in english.items()
    }
