"""Whom the gallery shows when it is narrowed: by what is known of people, by their names, and by what they said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from bots.models import Bot
from core.clock import Clock, clock
from core.tenancy import in_bots
from events.models import Event
from profiles.models import Profile
from profiles.selectors.browse_people import PeopleFilter, PeoplePage, Place, browse_people
from profiles.terms import Term, read_term
from sessions_app.selectors.people_in_need import people_in_need
from sessions_app.services.search_words import Said, search_words
from tests.cast import make_profile
from tests.dashboard.talks import Talk, make_talk
from tests.fixtures.database import database_role

pytestmark = pytest.mark.usefixtures("as_staff")


def page(*bots: Bot, before: Place | None = None, limit: int = 36, **asked: Any) -> PeoplePage:
    with in_bots([bot.id for bot in bots]):
        return browse_people(
            bot_ids=[bot.id for bot in bots], asked=PeopleFilter(**asked), before=before, limit=limit
        )


def shown(*bots: Bot, **asked: Any) -> list[str]:
    return [person.first_name for person in page(*bots, **asked).people]


def seen(bot: Bot, name: str, ago: timedelta = timedelta(0), **fields: Any) -> Profile:
    return make_profile(bot, first_name=name, last_seen_at=clock.now() - ago, **fields)


# By what is known


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"stages": ("REFUSAL",)}, ["Anna"]),
        ({"stages": ("REFUSAL", "")}, ["Anna", "Clara"]),
        ({"genders": ("female",)}, ["Anna", "Berta"]),
        ({"genders": ("",)}, ["Clara"]),
        ({"languages": ("ru",)}, ["Berta"]),
        ({"streams": ("awakening",)}, ["Anna"]),
        ({"streams": ("past-lives", "awakening")}, ["Anna", "Berta"]),
        ({"streams": ("",)}, ["Clara"]),
        ({"has_started": True}, ["Anna", "Berta"]),
        ({"has_completed": True}, ["Berta"]),
        ({"has_visited": True, "has_purchased": False}, ["Anna"]),
        ({"has_purchased": True}, ["Berta"]),
        ({"marker": "mood"}, ["Anna", "Clara"]),
        ({"marker": "mood", "value": "Calm"}, ["Anna"]),
        ({"marker": "mood", "value": "wild"}, ["Clara"]),
        ({"marker": "mood", "value": ""}, []),
        ({"marker": "number", "value": "7"}, ["Berta"]),
        ({"marker": "none"}, []),
        ({"condition": "paused"}, ["Clara"]),
        ({"condition": "blocked"}, ["Berta"]),
        ({"condition": "ignored"}, ["Clara"]),
        ({"condition": "reachable"}, ["Anna", "Clara"]),
        ({"portrait": "fresh"}, ["Anna"]),
        ({"portrait": "stale"}, ["Berta"]),
        ({"portrait": "none"}, ["Clara"]),
        ({"stages": ("REFUSAL",), "genders": ("female",), "streams": ("awakening",)}, ["Anna"]),
        ({"stages": ("REFUSAL",), "genders": ("male",)}, []),
    ],
    ids=str,
)
def test_people_are_narrowed_by_what_is_known_of_them(
    bot: Bot, stopped_clock: Clock, asked: dict[str, Any], names: list[str]
) -> None:
    now = clock.now()
    minute = timedelta(minutes=1)
    seen(
        bot,
        "Anna",
        journey_stage="REFUSAL",
        gender="female",
        streams=["awakening", "heart"],
        has_started_journey=True,
        has_visited_platform=True,
        markers={"mood": "calm"},
        profile_updated_at=now,
    )
    seen(
        bot,
        "Berta",
        minute,
        journey_stage="ORDEAL",
        gender="female",
        language="ru",
        streams=["past-lives"],
        has_started_journey=True,
        has_completed_journey=True,
        has_visited_platform=True,
        has_purchased_stream=True,
        markers={"number": 7},
        is_active=False,
        profile_updated_at=now - timedelta(days=8),
    )
    seen(bot, "Clara", 2 * minute, markers={"mood": ["wild", "Free"]}, paused_at=now, blocked_at=now)
    assert shown(bot, **asked) == names


def test_who_may_not_be_coached_is_found_too(bot: Bot) -> None:
    seen(bot, "Young", is_underage=True, consented_at=None)
    seen(bot, "Stranger", timedelta(minutes=1), consented_at=None)
    assert shown(bot, condition="underage") == ["Young"]
    assert shown(bot, condition="stranger") == ["Stranger"]
    assert shown(bot, condition="reachable") == []
    assert [each.may_be_refreshed for each in page(bot).people] == [False, False]


def test_people_are_narrowed_by_when_they_were_seen(bot: Bot, stopped_clock: Clock) -> None:
    for days in (0, 5, 40):
        seen(bot, f"{days} days", timedelta(days=days))
    now = clock.now()
    assert shown(bot, seen_since=now - timedelta(days=7)) == ["0 days", "5 days"]
    assert shown(bot, seen_before=now - timedelta(days=30)) == ["40 days"]
    assert shown(bot, seen_since=now - timedelta(days=7), stages=("REFUSAL",)) == []


# By name


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("  42 ", Term(telegram_id=42)),
        ("9" * 40, Term(telegram_id=int("9" * 18))),
        ("@Vera", Term(word="vera", is_username=True)),
        ("https://t.me/Vera", Term(word="vera", is_username=True)),
        ("Vera O", Term(word="vera o")),
        ("@", Term(is_username=True)),
        ("", Term()),
    ],
)
def test_what_is_typed_is_an_id_a_username_or_a_name(said: str, read: Term) -> None:
    assert read_term(said) == read
    assert bool(read) == bool(read.word or read.telegram_id)


def test_people_are_found_by_name_username_and_id(bot: Bot, other_bot: Bot) -> None:
    vera = seen(bot, "Vera", last_name="Orlova", username="vera_o")
    seen(bot, "Oliver", timedelta(minutes=1), username="veranda")
    elsewhere = seen(other_bot, "Vera elsewhere", telegram_id=vera.telegram_id)
    for term in ("vera", "VERA"):
        assert shown(bot, term=read_term(term)) == ["Vera", "Oliver"]
    assert shown(bot, term=read_term("orl")) == ["Vera"]
    assert shown(bot, term=read_term("era")) == []
    assert shown(bot, term=read_term("@veran")) == ["Oliver"]
    assert shown(bot, term=read_term("@orlova")) == []
    number = read_term(str(vera.telegram_id))
    assert shown(bot, term=number) == ["Vera"]
    assert shown(bot, other_bot, term=number) == ["Vera elsewhere", "Vera"]
    key = (elsewhere.bot_id, elsewhere.id)
    assert shown(bot, other_bot, term=number, known=[key]) == ["Vera elsewhere"]


# Further and further


def test_a_list_goes_on_where_it_ended_though_people_write_meanwhile(bot: Bot, other_bot: Bot) -> None:
    people = [
        seen((bot, other_bot)[number % 2], str(number), timedelta(minutes=number)) for number in range(7)
    ]
    first = page(bot, other_bot, limit=3)
    assert [each.first_name for each in first.people] == ["0", "1", "2"]
    with in_bots([bot.id]):
        Profile.objects.for_bot(bot.id).filter(id=people[6].id).update(last_seen_at=clock.now())
    second = page(bot, other_bot, limit=3, before=first.older)
    assert [each.first_name for each in second.people] == ["3", "4", "5"]
    assert second.older is None


def test_people_seen_at_the_same_moment_are_all_shown_once(bot: Bot) -> None:
    at = clock.now()
    people = {make_profile(bot, last_seen_at=at).id for _ in range(7)}
    found: list[UUID] = []
    before = None
    for _ in range(3):
        part = page(bot, limit=3, before=before)
        found += [each.id for each in part.people]
        before = part.older
    assert (len(found), set(found), before) == (7, people, None)


def test_somebody_rare_is_looked_for_among_a_bounded_number_and_then_further(
    bot: Bot, other_bot: Bot
) -> None:
    for number in range(12):
        seen(bot, "Usual", timedelta(minutes=number))
    seen(bot, "Rare", timedelta(hours=1), gender="other")
    seen(other_bot, "Rarer", timedelta(hours=2), gender="other")
    both, before, found, looks = [bot.id, other_bot.id], None, [], 0
    while looks == 0 or before is not None:
        with in_bots(both):
            part = browse_people(
                bot_ids=both,
                asked=PeopleFilter(genders=("other",)),
                before=before,
                limit=2,
                stretches=(4,),
            )
        found += [each.first_name for each in part.people]
        before, looks = part.older, looks + 1
    assert found == ["Rare", "Rarer"]
    assert looks == 5


def test_nobody_is_asked_for_where_there_are_no_bots() -> None:
    assert browse_people(bot_ids=[], asked=PeopleFilter()) == PeoplePage((), None)


# Who needs a human


def test_who_needs_a_human_is_known_to_the_inbox(bot: Bot, other_bot: Bot) -> None:
    talks = [make_talk(each) for each in (bot, bot, other_bot)]
    now = clock.now()
    talks[0].item(need="crisis", needed_at=now - timedelta(minutes=1))
    talks[1].item(need="asked", needed_at=now)
    talks[2].item(need="crisis", needed_at=now)
    keys = [(talk.bot.id, talk.person.id) for talk in talks]
    with in_bots([bot.id]):
        assert people_in_need(bot_ids=[bot.id, other_bot.id], most=9) == [keys[1], keys[0]]
        assert people_in_need(bot_ids=[bot.id], is_crisis=True, most=9) == [keys[0]]
        assert people_in_need(bot_ids=[bot.id], most=1) == [keys[1]]


# By what was said


def said(*bots: Bot, words: str, scope: list[Bot] | None = None, reader_id: int = 7, most: int = 9) -> Said:
    with in_bots([bot.id for bot in scope or bots]):
        return search_words(bot_ids=[bot.id for bot in bots], words=words, reader_id=reader_id, most=most)


def who(*talks: Talk, found: Said) -> list[int]:
    keys = [(talk.bot.id, talk.person.id) for talk in talks]
    return [keys.index(key) for key in found.people]


def test_who_asks_outside_of_any_scope_finds_nobody(bot: Bot) -> None:
    make_talk(bot).says("Мне снится белая лошадь у моря")
    for scope in (None, "", "{}"):
        with database_role("staff"), transaction.atomic(), connection.cursor() as cursor:
            if scope is not None:
                cursor.execute("SELECT set_config('app.bots', %s, true)", [scope])
            cursor.execute("SELECT count(*) FROM search_words(%s::uuid[], 'лошадь', 9)", [[bot.id]])
            assert cursor.fetchone() == (0,)


def test_people_are_found_by_any_form_of_all_the_words_that_they_said(bot: Bot) -> None:
    talks = [make_talk(bot) for _ in range(3)]
    now = clock.now()
    talks[0].says("Мне снится белая лошадь у моря", at=now - timedelta(days=90))
    talks[0].says("and horses run along the beaches", at=now - timedelta(days=2))
    talks[1].says("Лошади и море", at=now - timedelta(days=1))
    talks[2].answers("Лошадь у моря?")
    assert who(*talks, found=said(bot, words="лошадей")) == [1, 0]
    assert who(*talks, found=said(bot, words="море лошадь")) == [1, 0]
    assert who(*talks, found=said(bot, words='"белую лошадь"')) == [0]
    found = said(bot, words="horse beach")
    assert found.people == {(bot.id, talks[0].person.id): now - timedelta(days=2)}
    assert said(bot, words="корабль") == Said({})
    assert said(bot, words="и у -- ' \\") == Said({}, is_wordless=True)


def test_of_words_that_many_say_those_who_said_them_lately_are_taken(bot: Bot) -> None:
    talk = make_talk(bot)
    now = clock.now()
    lately = make_talk(bot)
    # Beyond the least share of a bot, with months between them.
    talk.says(*("дом",) * 205, at=now - timedelta(days=200))
    lately.says("Дома", at=now - timedelta(days=20))
    assert said(bot, words="дома", most=1).is_cut
    assert not said(bot, words="корабль", most=1).is_cut
    assert who(talk, lately, found=said(bot, words="дом", most=1)) == [1]
    assert who(talk, lately, found=said(bot, words="дом", most=9)) == [1, 0]


def test_who_says_it_again_and_again_hides_nobody_who_said_it_long_ago(bot: Bot) -> None:
    talk, before = make_talk(bot), make_talk(bot)
    now = clock.now()
    talk.says(*("дом",) * 205, at=now - timedelta(days=2))
    before.says("Дома", at=now - timedelta(days=400))
    found = said(bot, words="дом")
    assert who(talk, before, found=found) == [0, 1]
    assert found.is_cut


def test_what_was_said_to_other_bots_stays_with_them(bot: Bot, other_bot: Bot) -> None:
    make_talk(other_bot).says("лошадь")
    assert said(bot, words="лошадь").people == {}
    # Even where somebody names the bot: the function asks for the scope itself.
    with pytest.raises(Exception, match="row-level security"):
        said(bot, other_bot, words="лошадь", scope=[bot])
    assert len(said(bot, other_bot, words="лошадь").people) == 1


def test_looking_for_words_is_kept_of_each_bot_once_in_a_while_and_the_words_are_not(
    bot: Bot, other_bot: Bot, stopped_clock: Clock, owner_database: Any
) -> None:
    def kept() -> list[tuple[UUID, Any]]:
        with in_bots([bot.id, other_bot.id]):
            rows = Event.objects.filter(kind="words.searched", bot_id__in=[bot.id, other_bot.id])
            return list(rows.order_by("created_at", "id").values_list("bot_id", "payload"))

    said(bot, words="лошадь")
    said(bot, words="море")
    assert kept() == [(bot.id, {"by": 7})]
    said(bot, other_bot, words="море")
    assert kept() == [(bot.id, {"by": 7}), (other_bot.id, {"by": 7})]
    said(bot, words="море", reader_id=8)
    stopped_clock.advance(timedelta(minutes=11))
    said(bot, words="море")
    assert kept()[2:] == [(bot.id, {"by": 8}), (bot.id, {"by": 7})]
    book = owner_database.execute(
        "SELECT action, subject FROM audit_entries WHERE bot_id = %s AND subject = 'words.searched'", [bot.id]
    ).fetchall()
    assert book == [("read", "words.searched")] * 3


def test_very_long_words_of_somebody_can_be_kept_and_found(bot: Bot) -> None:
    talk = make_talk(bot)
    talk.says("лошадь " + "ю" * 2_000_000)
    assert len(said(bot, words="лошадь").people) == 1
