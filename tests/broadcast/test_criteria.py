from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadcast.criteria.contracts import Ago, Criteria, Days, Key, Numbers, Special, Term, Value
from broadcast.criteria.description import described
from broadcast.criteria.errors import CriteriaError
from broadcast.criteria.parsing import parse
from broadcast.criteria.telling import told
from broadcast.criteria.writing import canonical
from core.errors import AppError
from journey.stages import StageCode, stage
from tests.broadcast.criteria_cast import WORDS, criteria, read


def only(said: str) -> Term:
    """The one condition that the text says."""
    (term,) = read(said).terms
    return term


def values(said: str) -> set[Value]:
    return set(only(said).values)


@pytest.mark.parametrize("said", ["", "  ", "\n\t ", "\u200b"])
def test_an_empty_text_is_everybody(said: str) -> None:
    assert read(said) == Criteria()
    assert canonical(Criteria()) == ""


def test_the_example_of_the_owners_is_understood() -> None:
    assert read("gender=female,journey_stage=CALL_TO_ADVENTURE,streams=Путь Героя") == Criteria(
        (
            Term(Key.GENDER, ("female",)),
            Term(Key.JOURNEY_STAGE, ("CALL_TO_ADVENTURE",)),
            Term(Key.STREAMS, ("hero-path",)),
        )
    )


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("gender=female", "gender=female"),
        ("GENDER = Ж", "gender=female"),
        ("пол=мужской", "gender=male"),
        ("!gender=male", "!gender=male"),
        ("gender!=male", "!gender=male"),
        ("gender ≠ male", "!gender=male"),
        ("gender<>male", "!gender=male"),
        ("! gender = male", "!gender=male"),
        ("!gender!=male", "gender=male"),
        ("!!gender=male", "gender=male"),
        ("gender==male", "gender=male"),
        ("gender=male|female|male", "gender=female|male"),
        ("gender=none|*", "gender=*|none"),
        ("gender=нет", "gender=none"),
        ("language=русский", "language=ru"),
        ("lang=EN|ru", "language=en|ru"),
        ("source=spring-ad_1", "source=spring-ad_1"),
        ('source="a,b"|"c|d"', 'source="a,b"|"c|d"'),
        ('source="none"|none', 'source="none"|none'),
        ("source=“a,b”|«c|d»|„e“", 'source="a,b"|"c|d"|e'),
        (r'source="say \"hi\" \\ bye"', r'source="say \"hi\" \\ bye"'),
        ('source="  a   b "', "source=a b"),
        ("journey_stage=call to adventure", "journey_stage=CALL_TO_ADVENTURE"),
        ("stage=ЗОВ К ПРИКЛЮЧЕНИЮ|ordeal", "journey_stage=CALL_TO_ADVENTURE|ORDEAL"),
        ('journey_stage="Испытания, союзники, враги"', "journey_stage=TESTS_ALLIES_ENEMIES"),
        ("journey_stage=none", "journey_stage=none"),
        ("streams=hero path|Past Lives", "streams=hero-path|past-lives"),
        ("streams=none", "streams=none"),
        # There is a stream of that very name.
        ('streams="none"', 'streams="none"'),
        ("readiness.Путь Героя>=60", "readiness.hero-path>=60"),
        ('readiness."Открытие Сердца, том 2" < 40 %', "readiness.open-heart<=39"),
        ("готовность.hero-path=60%..80%", "readiness.hero-path=60..80"),
        ("markers.city=Riga", "markers.city=Riga"),
        ("markers.City=*", "markers.City=*"),
        ('Markers."a=b".c', None),
        ('markers."a=b"!=c', '!markers."a=b"=c'),
        ("markers.a.b=c", "markers.a.b=c"),
        ("markers.interested_stream=Путь Героя", "markers.interested_stream=hero-path"),
        ("markers.interested_stream=elsewhere", "markers.interested_stream=elsewhere"),
        ("age=25", "age=25"),
        ("age=18..30", "age=18..30"),
        ("age=18-30", "age=18..30"),
        ("age=18 – 30", "age=18..30"),
        ("age=18…30", "age=18..30"),
        ("age=18..", "age>=18"),
        ("age=..30", "age<=30"),
        ("age>=30", "age>=30"),
        ("age=>30", "age>=30"),
        ("age≥30", "age>=30"),
        ("age>30", "age>=31"),
        ("age<30", "age<=29"),
        ("age=<30", "age<=30"),
        ("age<20|>=60", "age>=60|<=19"),
        ("age=none|>=60|25", "age=none|25|>=60"),
        ("!age=18..30", "!age=18..30"),
        ("last_seen<7d", "last_seen<7d"),
        ("last_seen<=1w", "last_seen<7d"),
        ("last_seen>30 дней", "last_seen>30d"),
        ("last_seen>90 мин.", "last_seen>90min"),
        ("last_seen<36h", "last_seen<36h"),
        ("last_seen<48h", "last_seen<2d"),
        ("last_seen=7d..4w", "last_seen=7d..28d"),
        ("last_seen=..7d", "last_seen<7d"),
        ("last_seen<1d|>30d", "last_seen>30d|<1d"),
        ("last_seen>=2026-03-01", "last_seen>=2026-03-01"),
        ("registered>2026-01-01", "registered>=2026-01-02"),
        ("registered<2026-02-01", "registered<=2026-01-31"),
        ("registered=2026-1-5", "registered=2026-01-05"),
        ("registered=01.01.2026..01.02.2026", "registered=2026-01-01..2026-02-01"),
        ("registered=2026-01-01..", "registered>=2026-01-01"),
        ("registered<7d", "registered<7d"),
        ("is_active=no", "is_active=no"),
        ("active=Да", "is_active=yes"),
        ("is_active=TRUE|false", "is_active=no|yes"),
        ("has_started_journey", "has_started_journey=yes"),
        ("!has_completed_journey", "has_completed_journey=no"),
        ("has_visited_platform!=yes", "has_visited_platform=no"),
        ("has purchased stream=1", "has_purchased_stream=yes"),
        ("language=ru, gender=male\n,\nage=25", "gender=male, age=25, language=ru"),
        ("gender=male,gender=male", "gender=male"),
    ],
)
def test_what_is_said_is_written_down_in_one_way(said: str, written: str | None) -> None:
    if written is None:
        with pytest.raises(CriteriaError):
            read(said)
        return
    assert canonical(read(said)) == written
    assert read(written) == read(said)


def test_values_are_read_for_their_key() -> None:
    assert values("age=18..30|none") == {Numbers(18, 30), Special.NONE}
    assert values("age>30") == {Numbers(31, None)}
    assert values("readiness.hero-path<60") == {Numbers(None, 59)}
    assert values("last_seen<7d|>30d") == {Ago(None, 7 * 1440), Ago(30 * 1440, None)}
    assert values("last_seen=1h..1d") == {Ago(60, 1440)}
    assert values("registered=2026-01-01..2026-02-01") == {Days(date(2026, 1, 1), date(2026, 2, 1))}
    assert values("registered>2026-01-31") == {Days(date(2026, 2, 1), None)}
    assert values("is_active=yes") == {True}
    assert values('source=none|"none"') == {Special.NONE, "none"}


def test_every_stage_is_known_by_its_code_and_by_its_name_in_both_languages() -> None:
    for code in StageCode:
        for said in (code.value, code.value.lower(), stage(code, "ru").name, stage(code, "en").name.upper()):
            assert values(f'journey_stage="{said}"') == {code.value}


def test_letters_are_the_same_however_they_are_put_together() -> None:
    assert read("source=cafe\u0301") == read("source=caf\u00e9")
    assert read("streams=Открытие Сердца\u200b, том 2".replace("=", '="') + '"') == read("streams=open-heart")


def test_a_condition_knows_where_it_was_said() -> None:
    said = "language=ru ,  !gender = male"
    gender, language = read(said).terms

    assert said[gender.start : gender.end] == "!gender = male"
    assert said[language.start : language.end] == "language=ru"


def test_the_order_in_which_things_were_said_makes_no_difference() -> None:
    assert read("gender=male|female,age=25") == read("age=25,gender=female|male")


def test_a_condition_compares_with_something() -> None:
    with pytest.raises(ValueError, match="gender is compared with nothing"):
        Term(Key.GENDER, ())


def test_as_much_as_is_allowed_is_read() -> None:
    assert len(read(",".join(f"markers.m{number}=x" for number in range(40))).terms) == 40
    assert len(only("source=" + "|".join(f"s{number}" for number in range(50))).values) == 50
    assert len(canonical(read("source=" + "|".join(f"{number:039}" for number in range(49))))) == 1966


@given(criteria)
def test_criteria_are_read_back_as_they_were_written(found: Criteria) -> None:
    written = canonical(found)

    assert read(written) == found
    assert canonical(read(written)) == written


@given(criteria, st.sampled_from(["ru", "en"]))
def test_all_criteria_can_be_told_to_people(found: Criteria, language: str) -> None:
    told = described(found, WORDS, language)

    assert told
    assert "None" not in told


@given(st.text(max_size=300) | st.text('gendrao=!|,"<>. 1\\', max_size=60))
@example('"' * 300)
@example("gender=" + "|" * 60)
def test_any_text_is_read_or_answered(said: str) -> None:
    found, refused = None, None
    try:
        found = parse(said, WORDS)
    except CriteriaError as error:
        refused = error
    if found is not None:
        assert read(canonical(found)) == found
    if refused is not None:
        assert isinstance(refused, AppError)
        assert refused.permanent
        assert 1 <= len(refused.mistakes) <= 10
        for each in refused.mistakes:
            assert 0 <= each.start <= each.end <= len(refused.text)
            assert refused.text[each.start : each.end].startswith(each.fragment)
        assert told(refused, "ru")


@pytest.mark.parametrize(
    "said",
    [
        "(" * 2000,
        '"' + "\\" * 1999,
        "!" * 2000,
        "," * 2000,
        "gender=" + "|" * 1993,
        "age=" + "1" * 1996,
        "age=" + "1-" * 998,
        "registered=" + "." * 1989,
        "registered=" + " .. " * 497,
        "last_seen<" + "1 " * 995,
        "x" * 1999 + "=",
        "markers." + "a." * 990 + "=b",
        "=" * 2000,
        "=".join("ab" for _ in range(666)),
    ],
)
def test_the_worst_that_fits_is_answered_with_few_mistakes(said: str) -> None:
    with pytest.raises(CriteriaError) as caught:
        read(said)

    assert len(caught.value.mistakes) <= 10


@pytest.mark.parametrize(
    ("said", "english", "russian"),
    [
        ("", "everybody", "все"),
        (
            "gender=female,journey_stage=CALL_TO_ADVENTURE,last_seen<7d",
            "women on the stage “Call to Adventure”, seen in the last 7 days",
            "женщины, этап: «Зов к приключению», были меньше 7 дней назад",
        ),
        (
            "gender=male|female,age=18..30,!language=ru",
            "women or men aged 18–30, without the language Russian",
            "женщины или мужчины, возраст: 18–30, язык: не русский",
        ),
        ("age>=60|<20|25", "people aged 19 or less, 25 or 60 or more", "люди, возраст: до 19, 25 или от 60"),
        ("!gender=male", "people without gender: men", "люди, пол: не мужчины"),
        ("gender=*", "people whose gender is known", "люди, пол известен"),
        ("!journey_stage=*", "people on no stage", "люди, ещё ни на одном этапе"),
        (
            "journey_stage=ordeal|refusal",
            "people on the stage “Refusal of the Call” or “Ordeal”",
            "люди, этап: «Отказ от призыва» или «Испытание»",
        ),
        (
            "streams=past-lives|hero-path|none",
            "people with the stream “Hero's Path”, “Past Lives” or not known",
            "люди, программа: «Путь Героя», «Прошлые Жизни» или неизвестно",
        ),
        (
            "readiness.hero-path>=60",
            "people with a readiness for “Hero's Path” of 60 % or more",
            "люди, готовность к «Путь Героя»: от 60 %",
        ),
        (
            "markers.city=Riga,markers.interested_stream=hero-path",
            "people with the marker city: “Riga”, with the marker interested_stream: “Hero's Path”",
            "люди, маркер city: «Riga», маркер interested_stream: «Путь Героя»",
        ),
        ("markers.city=none", "people without the marker city", "люди, без маркера city"),
        (
            "!has_purchased_stream,has_started_journey",
            "people who have started the journey, who have purchased no stream",
            "люди, начали путь, не купили ни одной программы",
        ),
        ("is_active=no", "people who have blocked the bot", "люди, заблокировали бота"),
        ("is_active=yes|no", "people is_active: yes or no", "люди, is_active: да или нет"),
        ("!is_active=yes|no", "people is_active: ≠ yes or no", "люди, is_active: ≠ да или нет"),
        ("last_seen>1d", "people last seen more than 1 day ago", "люди, не были больше 1 дня"),
        (
            "!last_seen=21h..111h",
            "people except those last seen 21 hours to 111 hours ago",
            "люди, кроме таких: последний раз были от 21 часа до 111 часов назад",
        ),
        (
            "registered=2026-01-01..2026-02-01",
            "people registered from 1 January 2026 to 1 February 2026",
            "люди, зарегистрированы с 01.01.2026 по 01.02.2026",
        ),
        ("registered=2026-05-09", "people registered on 9 May 2026", "люди, зарегистрированы 09.05.2026"),
        (
            "last_seen<2026-01-01",
            "people last seen on 31 December 2025 or earlier",
            "люди, последний раз были по 31.12.2025",
        ),
        (
            "registered>=2026-01-01",
            "people registered on 1 January 2026 or later",
            "люди, зарегистрированы с 01.01.2026",
        ),
    ],
)
def test_criteria_are_told_as_a_sentence(said: str, english: str, russian: str) -> None:
    assert described(read(said), WORDS, "en") == english
    assert described(read(said), WORDS, "ru") == russian
    assert described(read(said), WORDS, "de") == english


def test_a_stream_that_is_gone_is_told_by_its_slug() -> None:
    assert (
        described(Criteria((Term(Key.STREAMS, ("gone",)),)), WORDS, "en") == "people with the stream “gone”"
    )
