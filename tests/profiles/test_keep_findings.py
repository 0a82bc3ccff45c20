"""What is known of a person: found, believed, put right and struck out."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections
from structlog.testing import capture_logs

from bots.models import Bot
from core.clock import Clock, clock
from core.tenancy import in_bot
from events.models import Event
from profiles.contracts import FindingLine, FindingsKept, Found
from profiles.knowledge import locked_person
from profiles.models import Finding, Profile
from profiles.selectors.findings_of import findings_of
from profiles.services.correct_finding import correct_finding
from profiles.services.drop_finding import drop_finding
from profiles.services.keep_findings import keep_findings
from profiles.services.log_activity import log_activity
from tests.cast import make_profile

MOSCOW = Found("location", "Москва", "Я живу в Москве.")
KAZAN = Found("location", "Казань", "Мы переехали в Казань.")


@dataclass(frozen=True, slots=True)
class Known:
    """A person, and what is known of them."""

    bot: Bot
    id: UUID

    def keep(self, *found: Found, origin: str = "said", session_id: UUID | None = None) -> FindingsKept:
        with in_bot(self.bot.id):
            return keep_findings(
                bot_id=self.bot.id, profile_id=self.id, found=found, origin=origin, session_id=session_id
            )

    def lines(self) -> list[FindingLine]:
        with in_bot(self.bot.id):
            return findings_of(bot_id=self.bot.id, profile_id=self.id)

    def values(self) -> list[tuple[str, str]]:
        return [(each.kind, each.value) for each in self.lines()]

    def line(self, kind: str) -> FindingLine:
        (found,) = [each for each in self.lines() if each.kind == kind]
        return found

    def correct(self, kind: str, value: str) -> bool:
        with in_bot(self.bot.id):
            return correct_finding(
                bot_id=self.bot.id, profile_id=self.id, finding_id=self.line(kind).id, value=value
            )

    def drop(self, kind: str) -> bool:
        with in_bot(self.bot.id):
            return drop_finding(bot_id=self.bot.id, profile_id=self.id, finding_id=self.line(kind).id)

    def row(self) -> Profile:
        with in_bot(self.bot.id):
            return Profile.objects.for_bot(self.bot.id).get(id=self.id)

    def rows(self) -> list[Finding]:
        with in_bot(self.bot.id):
            rows = Finding.objects.for_bot(self.bot.id).filter(profile_id=self.id)
            return list(rows.order_by("created_at", "id"))


@pytest.fixture
def vera(bot: Bot) -> Known:
    return Known(bot, make_profile(bot).id)


def test_what_was_said_is_kept_with_the_sentence_and_the_columns_follow(
    vera: Known, stopped_clock: Clock
) -> None:
    session = uuid4()
    kept = vera.keep(
        Found("age", "35 лет", "Мне уже 35 лет."),
        Found("birthday", "12 мая 1990"),
        Found("gender", "женщина"),
        MOSCOW,
        Found("timezone", "europe/moscow"),
        Found("occupation", "учитель музыки"),
        Found("relationship", "замужем"),
        Found("children", "двое"),
        Found("interest", "походы"),
        Found("interest", "хор"),
        Found("theme", "доверие"),
        Found("pattern", "молчит, когда больно"),
        session_id=session,
    )
    assert kept == FindingsKept(new=12, refused=0, age=35)
    assert vera.values() == [
        ("age", "35"),
        ("birthday", "1990-05-12"),
        ("gender", "female"),
        ("location", "Москва"),
        ("timezone", "Europe/Moscow"),
        ("occupation", "учитель музыки"),
        ("relationship", "замужем"),
        ("children", "двое"),
        ("interest", "походы"),
        ("interest", "хор"),
        ("theme", "доверие"),
        ("pattern", "молчит, когда больно"),
    ]
    line = vera.line("age")
    assert (line.sentence, line.origin) == ("Мне уже 35 лет.", "said")
    row = vera.row()
    assert (row.age, row.birth_date, row.gender) == (35, date(1990, 5, 12), "female")
    assert (row.location, row.timezone, row.interests) == ("Москва", "Europe/Moscow", ["походы", "хор"])
    assert row.metaphysical_profile == {"themes": ["доверие"], "patterns": ["молчит, когда больно"]}
    assert {(each.session_id, each.created_at) for each in vera.rows()} == {(session, clock.now())}


def test_the_same_finding_twice_is_one(vera: Known) -> None:
    assert vera.keep(MOSCOW, Found("location", "москва!")).new == 1
    assert vera.keep(MOSCOW) == FindingsKept(0, 0, None)
    assert [(each.value, each.sentence) for each in vera.rows()] == [("Москва", "Я живу в Москве.")]


def test_of_what_there_is_one_the_newer_of_equals_holds_and_the_older_is_over(
    vera: Known, stopped_clock: Clock
) -> None:
    vera.keep(MOSCOW)
    stopped_clock.advance(timedelta(days=1))
    vera.keep(KAZAN)
    assert (vera.values(), vera.row().location) == ([("location", "Казань")], "Казань")
    assert [(each.value, each.ended_at) for each in vera.rows()] == [
        ("Москва", clock.now()),
        ("Казань", None),
    ]


def test_who_moves_back_is_known_to_live_there_again(vera: Known) -> None:
    for each in (MOSCOW, KAZAN, Found("location", "Москва", "Вернулась в Москву.")):
        assert vera.keep(each).new == 1
    assert vera.line("location").sentence == "Вернулась в Москву."
    assert len(vera.rows()) == 2


@pytest.mark.parametrize(
    ("first", "then", "holds"),
    [
        ("said", "telegram", "Москва"),
        ("telegram", "rotation", "Москва"),
        ("rotation", "session", "Москва"),
        ("session", "rotation", "Казань"),
        ("rotation", "telegram", "Казань"),
        ("telegram", "said", "Казань"),
    ],
)
def test_the_more_trustworthy_holds(vera: Known, first: str, then: str, holds: str) -> None:
    vera.keep(MOSCOW, origin=first)
    vera.keep(KAZAN, origin=then)
    assert (vera.line("location").value, vera.row().location) == (holds, holds)


def test_what_is_confirmed_by_the_person_is_trusted_more(vera: Known) -> None:
    vera.keep(Found("location", "Москва"), origin="rotation")
    assert vera.keep(MOSCOW).new == 0
    line = vera.line("location")
    assert (line.origin, line.sentence) == ("said", "Я живу в Москве.")
    vera.keep(Found("location", "москва"), origin="session")
    assert vera.line("location") == line


def test_the_age_follows_from_the_birthday_where_the_year_is_known(vera: Known, stopped_clock: Clock) -> None:
    vera.keep(Found("age", "40"))
    vera.keep(Found("birthday", "--05-12"))
    assert (vera.row().age, vera.row().birth_date) == (40, None)
    vera.keep(Found("birthday", "1990-03-03"))
    assert (vera.row().age, vera.row().birth_date) == (35, date(1990, 3, 3))
    vera.drop("birthday")
    assert (vera.row().age, vera.row().birth_date) == (40, None)


def test_an_age_that_the_person_has_put_right_beats_a_birthday_found_elsewhere(
    vera: Known, stopped_clock: Clock
) -> None:
    vera.keep(Found("age", "40"))
    vera.correct("age", "41")
    vera.keep(Found("birthday", "1990-03-03"), origin="telegram")
    assert vera.row().age == 41
    vera.correct("birthday", "04.03.1990")
    assert (vera.row().age, vera.row().birth_date) == (35, date(1990, 3, 4))


def test_twelve_of_a_kind_are_kept_and_the_oldest_make_room(vera: Known, stopped_clock: Clock) -> None:
    for number in range(14):
        stopped_clock.advance(timedelta(hours=1))
        vera.keep(Found("interest", f"interest {number}"), Found("theme", "trust"))
    assert vera.row().interests == [f"interest {number}" for number in range(2, 14)]
    assert vera.row().metaphysical_profile["themes"] == ["trust"]
    ended = [each.value for each in vera.rows() if each.ended_at]
    assert ended == ["interest 0", "interest 1"]


def test_what_comes_up_in_every_session_does_not_grow_old(vera: Known, stopped_clock: Clock) -> None:
    for number in range(13):
        stopped_clock.advance(timedelta(hours=1))
        vera.keep(
            Found("theme", "loneliness"),
            Found("theme", f"theme {number}"),
            origin="session",
            session_id=uuid4(),
        )
    themes = vera.row().metaphysical_profile["themes"]
    assert (len(themes), "loneliness" in themes, "theme 0" in themes) == (12, True, False)


def test_what_the_person_put_right_makes_no_room(vera: Known, stopped_clock: Clock) -> None:
    vera.keep(Found("interest", "skiing"))
    vera.correct("interest", "skating")
    for number in range(12):
        stopped_clock.advance(timedelta(hours=1))
        vera.keep(Found("interest", f"interest {number}"))
    interests = vera.row().interests
    assert (len(interests), interests[0], "interest 0" in interests) == (12, "skating", False)


def test_a_dozen_of_their_own_words_leave_no_place_for_others(vera: Known) -> None:
    for number in range(12):
        vera.keep(Found("interest", f"interest {number}"), origin="person")
    assert vera.keep(Found("interest", "money"), origin="rotation").new == 0
    assert "money" not in vera.row().interests


def test_what_makes_no_sense_is_left_out_with_one_log_event(vera: Known) -> None:
    with capture_logs() as logs:
        kept = vera.keep(
            Found("age", "thousand"),
            Found("birthday", "2026-02-31"),
            Found("timezone", "Mars/Olympus"),
            Found("Настасья", "x"),
            Found("interest", "music"),
        )
    assert kept == FindingsKept(new=1, refused=4, age=None)
    assert [(each["event"], each["kind"], each["reason"]) for each in logs] == [
        ("finding.refused", "age", "no_number"),
        ("finding.refused", "birthday", "no_date"),
        ("finding.refused", "timezone", "no_zone"),
        ("finding.refused", "other", "kind"),
    ]
    assert vera.values() == [("interest", "music")]


def test_a_flood_of_findings_is_cut(vera: Known) -> None:
    with capture_logs() as logs:
        kept = vera.keep(*(Found("interest", f"interest {number}") for number in range(5000)))
    assert (kept.new, kept.refused) == (44, 4956)
    assert [each["reason"] for each in logs] == ["too_many"]
    assert len(vera.row().interests) == 12


def test_markup_and_direction_marks_are_not_kept(vera: Known) -> None:
    vera.keep(Found("theme", "<b>\u202eстрах\x00</b>\nпотери", "<script>alert(1)</script> \u202eмне страшно"))
    line = vera.line("theme")
    assert (line.value, line.sentence) == ("страх потери", "alert(1) мне страшно")


@pytest.mark.parametrize("young", [Found("age", "17"), Found("birthday", "2008-03-03"), Found("age", "5")])
def test_of_somebody_under_age_nothing_is_written_but_it_is_told(
    vera: Known, stopped_clock: Clock, young: Found
) -> None:
    vera.keep(MOSCOW)
    kept = vera.keep(Found("interest", "games"), young, Found("age", "30"))
    assert (kept.new, kept.age is not None and kept.age < 18) == (0, True)
    assert vera.values() == [("location", "Москва")]
    assert (vera.row().age, vera.row().interests) == (None, [])


def test_nothing_is_kept_of_who_has_not_agreed_or_is_gone(bot: Bot, other_bot: Bot) -> None:
    for profile_id in (make_profile(bot, consented_at=None).id, make_profile(other_bot).id, uuid4()):
        stranger = Known(bot, profile_id)
        assert stranger.keep(MOSCOW, Found("age", "12")) == FindingsKept(0, 0, None)
        assert stranger.rows() == []


def test_columns_that_nothing_was_found_for_stay_as_they_were(bot: Bot) -> None:
    profile = make_profile(
        bot, location="Пермь", interests=["хор"], metaphysical_profile={"light": -20, "themes": ["old"]}
    )
    vera = Known(bot, profile.id)
    vera.keep(Found("gender", "female"), Found("pattern", "waits"))
    row = vera.row()
    assert (row.location, row.interests, row.gender) == ("Пермь", ["хор"], "female")
    assert row.metaphysical_profile == {"light": -20, "themes": ["old"], "patterns": ["waits"]}


# Put right and struck out


def test_a_line_that_is_put_right_leaves_nothing_but_a_digest(vera: Known, stopped_clock: Clock) -> None:
    vera.keep(MOSCOW, session_id=uuid4())
    assert vera.correct("location", " Казань ") is True
    line = vera.line("location")
    assert (line.value, line.sentence, line.origin) == ("Казань", "", "person")
    assert vera.row().location == "Казань"
    (old,) = [each for each in vera.rows() if each.is_refused]
    assert (old.value, old.sentence, old.session_id, old.ended_at) == ("", "", None, clock.now())
    assert len(old.digest) == 64


@pytest.mark.parametrize("origin", ["session", "rotation", "telegram", "said"])
def test_what_was_put_right_is_not_undone_by_anybody(vera: Known, origin: str) -> None:
    vera.keep(MOSCOW)
    vera.correct("location", "Казань")
    assert vera.keep(MOSCOW, Found("location", "Тула"), origin=origin).new == 0
    assert vera.values() == [("location", "Казань")]


def test_a_spelling_is_put_right(vera: Known) -> None:
    vera.keep(Found("interest", "jazz"), origin="rotation")
    assert vera.correct("interest", "JAZZ!") is True
    assert vera.correct("interest", "Jazz") is True
    line = vera.line("interest")
    assert (line.value, line.origin, len(vera.rows())) == ("Jazz", "person", 1)


def test_who_changes_their_mind_says_it_again_themselves(vera: Known) -> None:
    vera.keep(MOSCOW)
    assert vera.correct("location", "Казань") is True
    assert vera.correct("location", "Москва") is True
    assert (vera.values(), vera.row().location) == ([("location", "Москва")], "Москва")
    assert [each.is_refused for each in vera.rows() if each.value == ""] == [True]


def test_two_lines_that_become_the_same_are_one(vera: Known) -> None:
    vera.keep(Found("theme", "trust"))
    with in_bot(vera.bot.id):
        keep_findings(
            bot_id=vera.bot.id, profile_id=vera.id, found=[Found("theme", "faith")], origin="session"
        )
    faith = next(each for each in vera.lines() if each.value == "faith")
    with in_bot(vera.bot.id):
        assert correct_finding(bot_id=vera.bot.id, profile_id=vera.id, finding_id=faith.id, value="Trust")
    assert [(each.value, each.origin) for each in vera.lines()] == [("Trust", "person")]
    assert vera.row().metaphysical_profile["themes"] == ["Trust"]


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("age", "много", "no_number"),
        ("birthday", "вчера", "no_date"),
        ("age", "", "empty"),
        ("age", "500", "out_of_range"),
    ],
)
def test_a_correction_that_makes_no_sense_changes_nothing(
    vera: Known, kind: str, value: str, reason: str
) -> None:
    vera.keep(Found("age", "40"), Found("birthday", "1986-01-01"))
    before = vera.lines()
    with capture_logs() as logs:
        assert vera.correct(kind, value) is False
    assert vera.lines() == before
    assert logs == [{"event": "finding.refused", "kind": kind, "reason": reason, "log_level": "warning"}]


def test_who_corrects_their_age_to_less_than_18_is_coached_no_more(vera: Known) -> None:
    vera.keep(Found("age", "40"))
    assert vera.correct("age", "16") is False
    row = vera.row()
    assert (row.is_underage, row.consented_at, row.age) == (True, None, 40)
    assert vera.values() == [("age", "40")]


def test_a_line_that_is_struck_out_is_not_found_again(vera: Known) -> None:
    vera.keep(MOSCOW, Found("theme", "guilt"), Found("theme", "trust"))
    assert vera.drop("location") is True
    with in_bot(vera.bot.id):
        guilt = next(each for each in vera.lines() if each.value == "guilt")
        assert drop_finding(bot_id=vera.bot.id, profile_id=vera.id, finding_id=guilt.id)
        assert not drop_finding(bot_id=vera.bot.id, profile_id=vera.id, finding_id=guilt.id)
    assert vera.values() == [("theme", "trust")]
    assert (vera.row().location, vera.row().metaphysical_profile["themes"]) == ("", ["trust"])
    for origin in ("session", "rotation", "telegram", "said"):
        assert vera.keep(MOSCOW, Found("theme", "Guilt."), origin=origin).new == 0
    assert vera.values() == [("theme", "trust")]
    # Something else may be found.
    assert vera.keep(KAZAN).new == 1


def test_nobody_touches_the_lines_of_others(vera: Known, other_bot: Bot) -> None:
    vera.keep(MOSCOW)
    line = vera.line("location")
    boris = Known(vera.bot, make_profile(vera.bot).id)
    elsewhere = Known(other_bot, make_profile(other_bot).id)
    for other in (boris, elsewhere):
        with in_bot(other.bot.id):
            asked: dict[str, Any] = {"bot_id": other.bot.id, "profile_id": other.id, "finding_id": line.id}
            assert correct_finding(**asked, value="Казань") is False
            assert drop_finding(**asked) is False
    with in_bot(vera.bot.id):
        asked = {"bot_id": vera.bot.id, "profile_id": vera.id, "finding_id": uuid4()}
        assert correct_finding(**asked, value="Казань") is False
        assert drop_finding(**asked) is False
    assert vera.lines() == [line]


def test_a_line_that_is_over_can_neither_be_put_right_nor_struck_out(vera: Known) -> None:
    vera.keep(MOSCOW)
    old = vera.line("location")
    vera.keep(KAZAN)
    with in_bot(vera.bot.id):
        asked: dict[str, Any] = {"bot_id": vera.bot.id, "profile_id": vera.id, "finding_id": old.id}
        assert correct_finding(**asked, value="Тула") is False
        assert drop_finding(**asked) is False
    assert vera.values() == [("location", "Казань")]


def test_findings_are_no_events_and_do_not_make_a_profile_fresh(vera: Known) -> None:
    vera.keep(MOSCOW)
    vera.correct("location", "Казань")
    vera.drop("location")
    assert vera.row().profile_updated_at is None
    with in_bot(vera.bot.id):
        assert not Event.objects.for_bot(vera.bot.id).exists()


def test_many_at_once_leave_one_of_each(vera: Known) -> None:
    def keep(number: int) -> None:
        try:
            vera.keep(Found("location", f"town {number % 3}"), Found("interest", "music"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(keep, range(12)))
    assert [each.kind for each in vera.lines()] == ["location", "interest"]
    assert vera.row().location == vera.line("location").value
    digests: Sequence[tuple[str, str]] = [(each.kind, each.digest) for each in vera.rows()]
    assert len(set(digests)) == len(digests)


def test_whoever_writes_findings_does_not_hold_up_the_persons_next_message(vera: Known) -> None:
    def write() -> None:
        try:
            with in_bot(vera.bot.id):
                log_activity(bot_id=vera.bot.id, profile_id=vera.id, kind="message")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, in_bot(vera.bot.id):
        assert locked_person(bot_id=vera.bot.id, profile_id=vera.id) is not None
        # It refers to the row that is locked here.
        pool.submit(write).result(timeout=10)
