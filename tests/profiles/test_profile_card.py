"""A person at a glance: kept for an hour, and never other than their row says now."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.db import connection, transaction
from redis import Redis

from bots.models import Bot
from core.cache import HOUR, PersonShelf, forget_person, shape_of
from core.clock import Clock, clock
from core.encryption import encrypt
from core.tenancy import in_bot, in_bots
from profiles.cards import ProfileCard
from profiles.models import Profile
from profiles.selectors.profile_card import profile_card
from profiles.services.erase_profile import erase_profile
from profiles.statements import SQL
from tests.cast import make_profile
from tests.fixtures.installation import until
from tests.shelves import NO_REDIS, asked, lies_in, patient

Owner = psycopg.Connection[tuple[object, ...]]

FIELD = f"card:{shape_of(ProfileCard)}"
THEN = datetime(2026, 2, 3, 4, 5, 6, 700_000, tzinfo=UTC)
ALL = {
    "telegram_id": 5_000_000_000,
    "language": "ru",
    "first_name": "Вера <b>",
    "last_name": "\u202eОрлова",
    "username": "vera",
    "gender": "female",
    "age": 33,
    "location": "Пермь",
    "interests": ["горы", "море"],
    "psychotype": "intuitive",
    "psychological_summary": "Ищет близости. 🕊",
    "metaphysical_profile": {"light": -0.5, "themes": ["мать"], "deep": {"er": [1, None, True]}},
    "streams": ["hero"],
    "markers": {"interested_stream": "hero"},
    "journey_stage": "ORDEAL",
    "has_started_journey": True,
    "has_completed_journey": False,
    "has_visited_platform": True,
    "has_purchased_stream": False,
    "is_active": True,
    "is_underage": False,
    "consented_at": THEN,
    "last_seen_at": THEN + timedelta(microseconds=1),
    "profile_updated_at": None,
    "created_at": THEN - timedelta(days=1),
}


@pytest.fixture(autouse=True)
def _redis(settings: Any, redis_url: str) -> None:
    settings.REDIS_URL = patient(redis_url)


@pytest.fixture(params=["with Redis", "without Redis", "where none answers"])
def with_or_without(request: pytest.FixtureRequest, settings: Any) -> None:
    settings.REDIS_URL = {
        "with Redis": settings.REDIS_URL,
        "without Redis": "",
        "where none answers": NO_REDIS,
    }[request.param]


@pytest.fixture
def vera(bot: Bot) -> Profile:
    return make_profile(bot, first_name="Vera", age=33)


def card_of(profile: Profile) -> ProfileCard | None:
    with in_bot(profile.bot_id):
        return profile_card(bot_id=profile.bot_id, profile_id=profile.id)


def age_of(profile: Profile) -> int | None:
    card = card_of(profile)
    assert card is not None
    return card.age


def age(profile: Profile, years: int) -> None:
    with in_bot(profile.bot_id):
        rows(profile).update(age=years)


def rows(profile: Profile) -> Any:
    return Profile.objects.for_bot(profile.bot_id).filter(id=profile.id)


def key_of(profile: Profile) -> str:
    return f"relove:person:{profile.bot_id}:{profile.id}"


def test_a_card_says_what_the_row_says(bot: Bot):
    profile = make_profile(bot, **ALL)
    expected = ProfileCard(id=profile.id, **ALL)
    hits = asked("card", "hit")
    assert card_of(profile) == expected
    assert asked("card", "hit") == hits
    assert card_of(profile) == expected
    assert asked("card", "hit") == hits + 1


def test_there_is_no_card_of_nobody(bot: Bot, other_bot: Bot, vera: Profile):
    card_of(vera)
    with in_bot(other_bot.id):
        assert profile_card(bot_id=other_bot.id, profile_id=vera.id) is None
        # Kept or not: who may not see the row may not see its card.
        assert profile_card(bot_id=bot.id, profile_id=vera.id) is None


def test_a_person_of_two_bots_has_two_cards(bot: Bot, other_bot: Bot):
    here, there = (make_profile(each, telegram_id=7, first_name=each.name) for each in (bot, other_bot))
    for _ in range(2):
        with in_bots([bot.id, other_bot.id]):
            cards = [profile_card(bot_id=each.bot_id, profile_id=each.id) for each in (here, there)]
        assert [each and each.first_name for each in cards] == [bot.name, other_bot.name]


def test_staff_see_the_same_card(vera: Profile, as_staff: None):
    hits = asked("card", "hit")
    assert age_of(vera) == 33
    assert age_of(vera) == 33
    assert asked("card", "hit") == hits + 1


def by_update(profile: Profile) -> None:
    rows(profile).update(age=34)


def by_save(profile: Profile) -> None:
    profile.age = 34
    profile.save()


def by_sql(profile: Profile) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE profiles SET age = 34 WHERE bot_id = %s AND id = %s", [profile.bot_id, profile.id]
        )


def twice(profile: Profile) -> None:
    rows(profile).update(age=50)
    rows(profile).update(age=34)


def in_a_savepoint(profile: Profile) -> None:
    with transaction.atomic():
        rows(profile).update(age=34)


WRITES = [by_update, by_save, by_sql, twice, in_a_savepoint]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.usefixtures("with_or_without")
def test_a_write_is_seen_at_once(vera: Profile, write: Any):
    assert [age_of(vera), age_of(vera)] == [33, 33]
    with in_bot(vera.bot_id):
        write(vera)
    assert [age_of(vera), age_of(vera)] == [34, 34]


def test_a_write_of_the_owner_past_all_of_our_code_is_seen_at_once(vera: Profile, owner_database: Owner):
    assert age_of(vera) == 33
    owner_database.execute("UPDATE profiles SET age = 34 WHERE id = %s", [vera.id])
    assert [age_of(vera), age_of(vera)] == [34, 34]


@pytest.mark.parametrize("write", WRITES)
def test_whoever_writes_sees_what_they_wrote(vera: Profile, write: Any):
    age_of(vera)
    with in_bot(vera.bot_id):
        write(vera)
        assert age_of(vera) == 34


@pytest.mark.parametrize("write", WRITES)
def test_a_write_that_is_rolled_back_was_never_there(vera: Profile, write: Any):
    age_of(vera)
    with in_bot(vera.bot_id):
        write(vera)
        assert age_of(vera) == 34
        transaction.set_rollback(True)
    assert [age_of(vera), age_of(vera)] == [33, 33]


def test_a_savepoint_that_is_rolled_back_was_never_there(vera: Profile):
    with in_bot(vera.bot_id):
        rows(vera).update(age=34)
        with transaction.atomic():
            rows(vera).update(age=50)
            assert age_of(vera) == 50
            transaction.set_rollback(True)
        assert age_of(vera) == 34
    assert [age_of(vera), age_of(vera)] == [34, 34]


def test_what_a_transaction_saw_between_its_own_writes_does_not_stay(vera: Profile):
    # Both writes leave the same xmin: a card made in between would be taken for the last.
    with in_bot(vera.bot_id):
        rows(vera).update(age=50)
        assert age_of(vera) == 50
        rows(vera).update(age=34)
    assert [age_of(vera), age_of(vera)] == [34, 34]


def test_a_reader_who_is_slow_does_not_bring_back_what_was(vera: Profile, redis_url: str):
    with in_bot(vera.bot_id):
        (old,) = SQL["profile_card"].rows({"bot_id": vera.bot_id, "profile_id": vera.id, "is_whole": True})
    age(vera, 34)
    assert age_of(vera) == 34
    PersonShelf(vera.bot_id, vera.id).put(FIELD, old.card, version=old.version, seconds=HOUR)
    assert [age_of(vera), age_of(vera)] == [34, 34]


def test_who_reads_beside_a_writer_never_sees_less_than_was_committed(vera: Profile):
    age(vera, 18)
    committed, is_over = [18], Event()

    def write() -> None:
        try:
            for years in range(19, 120):
                age(vera, years)
                committed[0] = years
        finally:
            is_over.set()
            connection.close()

    def read() -> int:
        seen = 0
        try:
            while not is_over.is_set():
                at_least = committed[0]
                years = age_of(vera)
                assert years is not None
                assert years >= at_least
                seen += 1
        finally:
            connection.close()
        return seen

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        pool.submit(write).result()
        assert all(each.result() for each in readers)
    assert age_of(vera) == 119


def test_a_card_is_made_anew_after_an_hour(vera: Profile, stopped_clock: Clock):
    age_of(vera)
    hits, misses = asked("card", "hit"), asked("card", "miss")
    stopped_clock.advance(timedelta(minutes=59))
    age_of(vera)
    stopped_clock.advance(timedelta(minutes=1))
    age_of(vera)
    assert (asked("card", "hit"), asked("card", "miss")) == (hits + 1, misses + 1)


def planted(url: str, profile: Profile, value: bytes | str) -> None:
    with Redis.from_url(url) as redis:
        redis.hset(key_of(profile), FIELD, value)


def test_garbage_in_its_place_is_no_card(vera: Profile, redis_url: str):
    age_of(vera)
    for garbage in (b"\xff", b"{}", encrypt('{"age": 99}')):
        planted(redis_url, vera, garbage)
        assert age_of(vera) == 33


def test_a_card_under_another_key_is_none(vera: Profile, settings: Any):
    ours = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    age_of(vera)
    settings.ENCRYPTION_KEYS = ours
    misses = asked("card", "miss")
    assert age_of(vera) == 33
    assert asked("card", "miss") == misses + 1


def test_there_is_no_card_of_somebody_who_was_erased(vera: Profile, redis_url: str):
    card_of(vera)
    with in_bot(vera.bot_id):
        erase_profile(bot_id=vera.bot_id, profile_id=vera.id)
        assert card_of(vera) is None
        transaction.on_commit(lambda: forget_person(bot_id=vera.bot_id, profile_id=vera.id))
        assert list(lies_in(redis_url, key_of(vera))) == [FIELD]
    with Redis.from_url(redis_url) as redis:
        assert redis.get(key_of(vera)) == b""
    assert card_of(vera) is None


def test_a_card_that_could_not_be_forgotten_is_shown_to_nobody(vera: Profile, settings: Any, redis_url: str):
    # A server that was slow for a moment is left alone for some seconds.
    until(lambda: card_of(vera) and list(lies_in(redis_url, key_of(vera))) == [FIELD], 15)
    reachable, settings.REDIS_URL = settings.REDIS_URL, NO_REDIS
    with in_bot(vera.bot_id):
        erase_profile(bot_id=vera.bot_id, profile_id=vera.id)
    forget_person(bot_id=vera.bot_id, profile_id=vera.id)
    settings.REDIS_URL = reachable
    assert list(lies_in(redis_url, key_of(vera))) == [FIELD]
    assert card_of(vera) is None
    # Who begins anew is somebody else.
    with in_bot(vera.bot_id):
        anew = Profile.objects.create(
            bot=vera.bot,
            telegram_id=vera.telegram_id,
            language="en",
            last_seen_at=clock.now(),
            created_at=clock.now(),
        )
    assert age_of(anew) is None
