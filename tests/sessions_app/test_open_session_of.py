"""The session that a chat is in: kept for an hour, and never other than its row says now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import transaction

from bots.models import Bot
from core.cache import HOUR, PersonShelf, shape_of
from core.clock import Clock
from core.tenancy import in_bot
from profiles.services.erase_profile import erase_profile
from sessions_app.contracts import OpenSession
from sessions_app.models import Session, SessionState
from sessions_app.selectors.open_session_of import open_session_of
from sessions_app.services.open_session import open_session, switch_session
from sessions_app.services.pause_for_crisis import pause_for_crisis
from sessions_app.statements import SQL
from tests.sessions_app.guests import Guest, make_guest
from tests.shelves import NO_REDIS, asked, lies_in, patient

Owner = psycopg.Connection[tuple[object, ...]]


@pytest.fixture(autouse=True, params=["with Redis", "without Redis", "where none answers"])
def _redis(request: pytest.FixtureRequest, settings: Any, redis_url: str) -> None:
    settings.REDIS_URL = {
        "with Redis": patient(redis_url),
        "without Redis": "",
        "where none answers": NO_REDIS,
    }[request.param]


only_with_redis = pytest.mark.parametrize("_redis", ["with Redis"], indirect=True)


@pytest.fixture
def vera(bot: Bot) -> Guest:
    guest = make_guest(bot)
    guest.asks(open_session, "/natasha", kind="natasha")
    return guest


def found(guest: Guest) -> OpenSession | None:
    with in_bot(guest.bot.id):
        return open_session_of(bot_id=guest.bot.id, chat_id=guest.telegram_id)


def at_hand(guest: Guest) -> OpenSession:
    session = found(guest)
    assert session is not None
    return session


def change(guest: Guest, **fields: Any) -> None:
    Session.objects.for_bot(guest.bot.id).filter(id=guest.session_id()).update(**fields)


def row_of(guest: Guest) -> Any:
    with in_bot(guest.bot.id):
        (row,) = SQL["open_session"].rows(
            {"bot_id": guest.bot.id, "chat_id": guest.telegram_id, "is_whole": True}
        )
    return row


def field_of(guest: Guest) -> str:
    return f"session:{guest.telegram_id}:{shape_of(OpenSession)}"


def test_it_is_the_session_that_somebody_comes_back_to(vera: Guest):
    with in_bot(vera.bot.id):
        change(vera, patterns=["уход"], core_issue="близость", data={"gently": True, "n": [1, None]})
    for _ in range(2):
        assert found(vera) == vera.comes().session


def test_a_chat_without_an_open_session_has_none(bot: Bot, vera: Guest):
    stranger = make_guest(bot)
    assert found(stranger) is None
    stranger.comes("hello")
    assert found(stranger) is None


@only_with_redis
def test_it_is_kept_for_an_hour(vera: Guest, stopped_clock: Clock):
    counts = asked("session", "hit"), asked("session", "miss")
    for minutes in (0, 59, 1):
        stopped_clock.advance(timedelta(minutes=minutes))
        at_hand(vera)
    assert (asked("session", "hit"), asked("session", "miss")) == (counts[0] + 1, counts[1] + 2)


def test_a_session_that_is_over_is_gone_at_once(vera: Guest):
    assert [at_hand(vera).kind, at_hand(vera).kind] == ["natasha", "natasha"]
    with in_bot(vera.bot.id):
        change(vera, state=SessionState.COMPLETED)
    assert [found(vera), found(vera)] == [None, None]


def test_another_session_takes_its_place_at_once(vera: Guest):
    before = at_hand(vera)
    vera.asks(switch_session, tap="switch:diagnostic", kind="diagnostic")
    after = [at_hand(vera), at_hand(vera)]
    assert [each.kind for each in after] == ["diagnostic", "diagnostic"]
    assert before.id not in {each.id for each in after}


def test_a_pause_is_seen_at_once(vera: Guest):
    at_hand(vera)
    vera.asks(pause_for_crisis, "I do not want to live", kind="self_harm", rule="test")
    assert [at_hand(vera).state, at_hand(vera).state] == ["paused", "paused"]


def test_a_write_past_all_of_our_code_is_seen_at_once(vera: Guest, owner_database: Owner):
    at_hand(vera)
    owner_database.execute("UPDATE sessions SET question_count = 5 WHERE id = %s", [vera.session_id()])
    assert [at_hand(vera).question_count, at_hand(vera).question_count] == [5, 5]


def test_a_write_that_is_rolled_back_was_never_there(vera: Guest):
    at_hand(vera)
    with in_bot(vera.bot.id):
        change(vera, question_count=5)
        assert at_hand(vera).question_count == 5
        transaction.set_rollback(True)
    assert [at_hand(vera).question_count, at_hand(vera).question_count] == [0, 0]


def test_what_a_transaction_saw_between_its_own_writes_does_not_stay(vera: Guest):
    with in_bot(vera.bot.id):
        change(vera, question_count=5)
        assert at_hand(vera).question_count == 5
        change(vera, question_count=6)
    assert [at_hand(vera).question_count, at_hand(vera).question_count] == [6, 6]


def test_a_reader_who_is_slow_does_not_bring_back_what_was(vera: Guest):
    old = row_of(vera)
    with in_bot(vera.bot.id):
        change(vera, question_count=5)
    at_hand(vera)
    shelf = PersonShelf(vera.bot.id, old.profile_id)
    shelf.put(field_of(vera), old.session, version=old.version, seconds=HOUR)
    assert [at_hand(vera).question_count, at_hand(vera).question_count] == [5, 5]


def test_a_reader_who_is_slow_does_not_bring_back_a_session_that_is_over(vera: Guest):
    old = row_of(vera)
    vera.asks(switch_session, tap="switch:diagnostic", kind="diagnostic")
    shelf = PersonShelf(vera.bot.id, old.profile_id)
    shelf.put(field_of(vera), old.session, version=old.version, seconds=HOUR)
    assert [at_hand(vera).kind, at_hand(vera).kind] == ["diagnostic", "diagnostic"]


def test_two_bots_in_one_chat_have_sessions_of_their_own(vera: Guest, other_bot: Bot):
    lease = make_guest(other_bot)
    there = Guest(other_bot, lease.hand, vera.telegram_id)
    there.asks(open_session, "/diagnostic", kind="diagnostic")
    for _ in range(2):
        assert [at_hand(vera).kind, at_hand(there).kind] == ["natasha", "diagnostic"]
    with in_bot(other_bot.id):
        assert open_session_of(bot_id=vera.bot.id, chat_id=vera.telegram_id) is None


def test_somebody_who_was_erased_is_in_no_session(vera: Guest):
    at_hand(vera)
    with in_bot(vera.bot.id):
        erase_profile(bot_id=vera.bot.id, profile_id=vera.profile().id)
    assert found(vera) is None


@only_with_redis
def test_it_lies_with_all_else_of_the_person(vera: Guest, redis_url: str):
    at_hand(vera)
    key = f"relove:person:{vera.bot.id}:{vera.profile().id}"
    assert list(lies_in(redis_url, key)) == [field_of(vera)]


def test_staff_see_the_same_session(vera: Guest, as_staff: None):
    assert [at_hand(vera).kind, at_hand(vera).kind] == ["natasha", "natasha"]
