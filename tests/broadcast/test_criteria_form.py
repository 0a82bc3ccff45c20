from __future__ import annotations

import pytest
from hypothesis import given

from broadcast.criteria.contracts import Criteria
from broadcast.criteria.errors import CriteriaError
from broadcast.criteria.form import empty_fields, from_fields, to_fields
from tests.broadcast.criteria_cast import WORDS, criteria, read


def filled(said: str) -> dict[str, object]:
    """The fields that these criteria fill in."""
    empty = empty_fields()
    return {name: value for name, value in to_fields(read(said)).items() if value != empty[name]}


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ("", {}),
        ("gender=female|none", {"gender": ["female", "none"]}),
        ("!gender=male", {"gender": ["male"], "gender_not": True}),
        ("age=18..30", {"age_from": "18", "age_until": "30"}),
        ("!age>=18", {"age_from": "18", "age_not": True}),
        ("age=25", {"age_from": "25", "age_until": "25"}),
        ("last_seen<7d", {"last_seen_until": "7d"}),
        ("last_seen>36h", {"last_seen_from": "36h"}),
        (
            "registered=2026-01-01..2026-02-01",
            {"registered_from": "2026-01-01", "registered_until": "2026-02-01"},
        ),
        ("is_active=no", {"is_active": "no"}),
        ("!has_purchased_stream", {"has_purchased_stream": "no"}),
        ('source=a|"b,c"|none', {"source": 'a|"b,c"|none'}),
        ('!markers."my city"=*', {"markers_name": "my city", "markers": "*", "markers_not": True}),
        ("readiness.Past Lives>=60", {"readiness_stream": "past-lives", "readiness_from": "60"}),
        ("streams=hero-path", {"streams": ["hero-path"]}),
        # What no field can show.
        ("age<20|>60", {"more": "age>=61|<=19"}),
        ("age=none", {"more": "age=none"}),
        ("is_active=yes|no", {"more": "is_active=no|yes"}),
        ('streams="none"', {"more": 'streams="none"'}),
        ("streams=hero-path,streams=past-lives", {"streams": ["hero-path"], "more": "streams=past-lives"}),
        (
            "markers.a=1,markers.b=2",
            {"markers_name": "a", "markers": "1", "more": "markers.b=2"},
        ),
    ],
)
def test_a_form_shows_criteria_and_keeps_the_rest_as_text(said: str, fields: dict[str, object]) -> None:
    assert filled(said) == fields
    assert from_fields(fields, WORDS) == read(said)


@given(criteria)
def test_nothing_is_lost_in_a_form(found: Criteria) -> None:
    assert from_fields(to_fields(found), WORDS) == found


def test_what_people_write_into_fields_is_read_as_the_language_is() -> None:
    fields = {
        "gender": "ж",
        "age_from": " 18 ",
        "age_until": None,
        "last_seen_until": "неделя",
        "source_not": True,
        "more": "language=русский",
    }
    with pytest.raises(CriteriaError) as caught:
        from_fields(fields, WORDS)
    assert [(each.code, each.field) for each in caught.value.mistakes] == [("no_moment", "last_seen_from")]

    assert from_fields({**fields, "last_seen_until": "1 неделя"}, WORDS) == read(
        "gender=female,age>=18,last_seen<7d,language=ru"
    )


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"gender": ["femal"]}, "unknown_value", "gender"),
        ({"age_from": "old"}, "no_number", "age_from"),
        ({"age_from": "30", "age_until": "18"}, "reversed", "age_from"),
        ({"age_from": "18,gender=male"}, "field_broken", "age_from"),
        ({"source": "a,gender=male"}, "field_broken", "source"),
        ({"source": "a,b"}, "no_condition", "source"),
        ({"is_active": "perhaps"}, "no_flag", "is_active"),
        # Nothing asked of something named would be everybody.
        ({"markers_name": "city"}, "operator_missing", "markers"),
        ({"markers": "Riga"}, "name_missing", "markers"),
        ({"readiness_from": "60"}, "name_missing", "readiness_from"),
        ({"readiness_stream": "nowhere", "readiness_from": "60"}, "unknown_value", "readiness_from"),
        ({"more": "gendr=male"}, "unknown_key", "more"),
    ],
)
def test_a_mistake_in_a_form_names_its_field(fields: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(CriteriaError) as caught:
        from_fields(fields, WORDS)

    assert [(each.code, each.field) for each in caught.value.mistakes] == [(code, field)]


def test_a_form_that_says_too_much_is_refused() -> None:
    many = ",".join(f"markers.m{number}=x" for number in range(40))

    with pytest.raises(CriteriaError) as caught:
        from_fields({"more": many, "gender": ["male"]}, WORDS)
    assert [(each.code, each.field) for each in caught.value.mistakes] == [("too_many_terms", "more")]
