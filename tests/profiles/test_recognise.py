from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from django.db import connections

from bots.models import Bot
from core.clock import Clock, clock
from core.ids import new_id
from core.tenancy import in_bot
from profiles.contracts import Act, Person, Sighting
from profiles.models import ActivityLog, Profile
from profiles.services.recognise import recognise
from tests.cast import make_profile

VERA, BORIS = 701, 702


def sighting(telegram_id: int = VERA, **fields: Any) -> Sighting:
    return Sighting(
        **{
            "telegram_id": telegram_id,
            "first_name": "Vera",
            "last_name": "Orlova",
            "username": "vera",
            "language": "ru",
            "acts": (Act(new_id(), "message"),),
            **fields,
        }
    )


def see(bot: Bot, *sightings: Sighting) -> dict[int, Person]:
    with in_bot(bot.id):
        return recognise(bot_id=bot.id, sightings=sightings)


def stored(bot: Bot, telegram_id: int = VERA) -> Profile:
    with in_bot(bot.id):
        return Profile.objects.for_bot(bot.id).get(telegram_id=telegram_id)


def activity(bot: Bot) -> list[tuple[int, str, object]]:
    with in_bot(bot.id):
        rows = ActivityLog.objects.for_bot(bot.id).order_by("created_at", "id")
        return list(rows.values_list("profile__telegram_id", "kind", "details"))


def test_a_stranger_is_known_by_id_language_and_source_alone(bot: Bot, stopped_clock: Clock) -> None:
    person = see(bot, sighting(source="campaign-7"))[VERA]
    row = stored(bot)
    assert person == Person(
        id=row.id,
        telegram_id=VERA,
        language="ru",
        first_name="",
        gender="",
        age=None,
        psychological_summary="",
        metaphysical_profile={},
        streams=[],
        journey_stage="",
        consented_at=None,
        is_underage=False,
    )
    assert (row.first_name, row.last_name, row.username, row.source) == ("", "", "", "campaign-7")
    assert (row.created_at, row.last_seen_at, row.is_active) == (clock.now(), clock.now(), True)
    assert not person.has_consented


def test_who_is_seen_again_is_the_same_person_seen_now(bot: Bot, stopped_clock: Clock) -> None:
    first = see(bot, sighting())[VERA]
    begun = clock.now()
    stopped_clock.advance(timedelta(days=3))
    assert see(bot, sighting())[VERA].id == first.id
    row = stored(bot)
    assert (row.created_at, row.last_seen_at) == (begun, clock.now())


def test_after_consent_names_are_kept_and_follow_what_telegram_says(bot: Bot) -> None:
    make_profile(bot, telegram_id=VERA, first_name="Old", last_name="Name", username="old")
    person = see(bot, sighting())[VERA]
    row = stored(bot)
    assert (person.first_name, person.has_consented) == ("Vera", True)
    assert (row.first_name, row.last_name, row.username) == ("Vera", "Orlova", "vera")
    see(bot, sighting(last_name="", username=""))
    row = stored(bot)
    assert (row.last_name, row.username) == ("", "")


def test_the_language_is_taken_from_telegram_once_and_then_from_the_person(bot: Bot) -> None:
    see(bot, sighting(language="en"))
    assert see(bot, sighting(language="ru"))[VERA].language == "en"


def test_the_first_source_counts(bot: Bot) -> None:
    see(bot, sighting())
    see(bot, sighting(source="first"))
    see(bot, sighting(source="second"))
    assert stored(bot).source == "first"


def test_who_writes_is_active_again(bot: Bot) -> None:
    make_profile(bot, telegram_id=VERA, is_active=False)
    see(bot, sighting())
    assert stored(bot).is_active is True


def test_what_is_known_of_a_person_comes_with_them(bot: Bot) -> None:
    make_profile(
        bot,
        telegram_id=VERA,
        gender="female",
        age=41,
        psychological_summary="waits",
        metaphysical_profile={"light": 10},
        streams=["Hero's Path"],
        journey_stage="REFUSAL",
    )
    person = see(bot, sighting())[VERA]
    assert (person.gender, person.age, person.psychological_summary) == ("female", 41, "waits")
    assert (person.metaphysical_profile, person.streams, person.journey_stage) == (
        {"light": 10},
        ["Hero's Path"],
        "REFUSAL",
    )


def test_a_batch_of_known_and_new_people_is_recognised_together(bot: Bot) -> None:
    known = make_profile(bot, telegram_id=BORIS)
    people = see(bot, sighting(VERA), sighting(BORIS, first_name="Boris"))
    assert set(people) == {VERA, BORIS}
    assert people[BORIS].id == known.id
    assert (people[VERA].first_name, people[BORIS].first_name) == ("", "Boris")


def test_one_who_comes_twice_in_a_batch_is_one_person_with_two_acts(bot: Bot) -> None:
    people = see(
        bot,
        sighting(acts=(Act(new_id(), "command", {"command": "start"}),)),
        sighting(acts=(Act(new_id(), "message"),)),
    )
    assert list(people) == [VERA]
    assert activity(bot) == [(VERA, "command", {"command": "start"}), (VERA, "message", {})]


def test_what_was_done_is_logged_once_however_often_the_walk_is_taken(bot: Bot) -> None:
    acts = (Act(new_id(), "message"), Act(new_id(), "callback_query"))
    see(bot, sighting(acts=acts))
    see(bot, sighting(acts=acts))
    assert [kind for _, kind, _ in activity(bot)] == ["message", "callback_query"]


def test_another_bots_person_is_another_person(bot: Bot, other_bot: Bot) -> None:
    theirs = make_profile(other_bot, telegram_id=VERA, first_name="Theirs")
    assert see(bot, sighting())[VERA].id != theirs.id
    assert stored(other_bot).first_name == "Theirs"
    assert activity(other_bot) == []


def test_many_who_recognise_the_same_stranger_at_once_agree(bot: Bot) -> None:
    def meet(_: int) -> Any:
        try:
            return see(bot, sighting(VERA), sighting(BORIS))[VERA].id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(meet, range(12)))) == 1
