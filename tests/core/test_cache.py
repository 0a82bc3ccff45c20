"""What is kept of a person comes back as it was, to the same person, for a while, and to nobody else."""

from __future__ import annotations

import json
from dataclasses import make_dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.fernet import Fernet
from redis import Redis

from core.cache import DAY, HOUR, LARGEST, MOST_FIELDS, PersonShelf, forget_person, shape_of
from core.clock import Clock
from core.encryption import encrypt
from tests.shelves import asked, lies_in, patient

CARD = {
    "name": "Вера",
    "interests": ["горы", "море"],
    "age": 33,
    "light": 0.5,
    "bio": None,
    "is_active": True,
}


@pytest.fixture(autouse=True)
def _redis(settings: Any, redis_url: str) -> None:
    settings.REDIS_URL = patient(redis_url)


@pytest.fixture
def ids() -> tuple[UUID, UUID]:
    return uuid4(), uuid4()


@pytest.fixture
def shelf(ids: tuple[UUID, UUID]) -> PersonShelf:
    return PersonShelf(*ids)


@pytest.fixture
def key(ids: tuple[UUID, UUID]) -> str:
    return f"relove:person:{ids[0]}:{ids[1]}"


def put(url: str, key: str, field: str, value: bytes | str) -> None:
    with Redis.from_url(url) as redis:
        redis.hset(key, field, value)


def test_what_was_put_is_found_with_its_version(shelf: PersonShelf):
    hits = asked("card", "hit")
    shelf.put("card", CARD, version="7", seconds=HOUR)
    assert shelf.get("card", version="7") == CARD
    assert asked("card", "hit") == hits + 1


@pytest.mark.parametrize("version", ["8", "6", "77", "07", ""])
def test_with_another_version_nothing_is_found(shelf: PersonShelf, version: str):
    shelf.put("card", CARD, version="7", seconds=HOUR)
    assert shelf.get("card", version=version) is None


def test_what_was_never_put_is_a_miss(shelf: PersonShelf):
    misses = asked("session", "miss")
    assert shelf.get("session:4711", version="7") is None
    assert asked("session", "miss") == misses + 1


def test_a_later_value_takes_the_place_of_an_earlier_one(shelf: PersonShelf):
    shelf.put("card", "old", version="7", seconds=HOUR)
    shelf.put("card", "new", version="8", seconds=HOUR)
    assert [shelf.get("card", version=each) for each in ("7", "8")] == [None, "new"]


def test_a_row_that_is_still_being_written_leaves_nothing(shelf: PersonShelf, redis_url: str, key: str):
    shelf.put("card", CARD, version="", seconds=HOUR)
    assert lies_in(redis_url, key) == {}
    assert shelf.get("card", version="") is None


def test_a_value_ends_when_its_time_is_over(shelf: PersonShelf, stopped_clock: Clock):
    shelf.put("card", CARD, version="7", seconds=60)
    stopped_clock.advance(timedelta(seconds=59))
    assert shelf.get("card", version="7") == CARD
    stopped_clock.advance(timedelta(seconds=1))
    assert shelf.get("card", version="7") is None


def test_all_of_a_person_is_gone_a_day_after_the_first_value(shelf: PersonShelf, redis_url: str, key: str):
    shelf.put("card", CARD, version="7", seconds=HOUR)
    with Redis.from_url(redis_url) as redis:
        assert 0 < redis.ttl(key) <= DAY
        redis.expire(key, 100)
        shelf.put("session:1", CARD, version="7", seconds=HOUR)
        assert 0 < redis.ttl(key) <= 100


def test_no_word_of_a_person_can_be_read_there(shelf: PersonShelf, redis_url: str, key: str):
    shelf.put("card", CARD, version="7", seconds=HOUR)
    (sealed,) = lies_in(redis_url, key).values()
    assert sealed.startswith(b"gAAAA")
    for word in ("Вера", "горы", "name", "age"):
        assert word.encode() not in sealed


def test_two_bots_that_know_the_same_person_know_nothing_of_each_other():
    profile_id = uuid4()
    here, there = PersonShelf(uuid4(), profile_id), PersonShelf(uuid4(), profile_id)
    here.put("card", "here", version="7", seconds=HOUR)
    assert there.get("card", version="7") is None
    there.put("card", "there", version="7", seconds=HOUR)
    assert (here.get("card", version="7"), there.get("card", version="7")) == ("here", "there")


def test_a_value_that_was_moved_to_another_place_is_not_opened(shelf: PersonShelf, redis_url: str, key: str):
    shelf.put("card", CARD, version="7", seconds=HOUR)
    sealed = lies_in(redis_url, key)["card"]
    stranger = uuid4(), uuid4()
    put(redis_url, f"relove:person:{stranger[0]}:{stranger[1]}", "card", sealed)
    put(redis_url, key, "answer:1", sealed)
    assert PersonShelf(*stranger).get("card", version="7") is None
    assert shelf.get("answer:1", version="7") is None


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\xff\xfe\x00",
        "Вера".encode(),
        b"gAAAAABnot-really-sealed",
        json.dumps(["card", "7", 9e9, CARD]).encode(),
    ],
)
def test_garbage_is_a_miss_and_gives_way_to_the_next_value(
    shelf: PersonShelf, redis_url: str, key: str, garbage: bytes
):
    put(redis_url, key, "card", garbage)
    assert shelf.get("card", version="7") is None
    shelf.put("card", CARD, version="7", seconds=HOUR)
    assert shelf.get("card", version="7") == CARD


@pytest.mark.parametrize(
    "inside", ["", "words", "null", "7", "{}", "[]", '[1, 2, 3, "4", 5]', "[1, 2, 3, null, 5]"]
)
def test_what_was_sealed_for_something_else_is_a_miss(
    shelf: PersonShelf, redis_url: str, key: str, inside: str
):
    put(redis_url, key, "card", encrypt(inside))
    assert shelf.get("card", version="7") is None


@pytest.mark.parametrize("end", ["soon", None, [1]])
def test_an_end_that_is_none_has_come(shelf: PersonShelf, redis_url: str, key: str, end: object):
    put(redis_url, key, "card", encrypt(json.dumps([key, "card", "7", end, CARD])))
    assert shelf.get("card", version="7") is None


def test_what_a_key_of_before_sealed_is_opened_while_it_is_on_the_list(shelf: PersonShelf, settings: Any):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [old]
    shelf.put("card", CARD, version="7", seconds=HOUR)
    settings.ENCRYPTION_KEYS = [new, old]
    assert shelf.get("card", version="7") == CARD
    settings.ENCRYPTION_KEYS = [new]
    assert shelf.get("card", version="7") is None


@pytest.mark.parametrize("keys", [[], ["no key at all"]])
def test_without_a_key_to_seal_with_nothing_is_kept(
    shelf: PersonShelf, settings: Any, redis_url: str, key: str, keys: list[str]
):
    settings.ENCRYPTION_KEYS = keys
    shelf.put("card", CARD, version="7", seconds=HOUR)
    assert lies_in(redis_url, key) == {}


def test_without_a_key_to_open_with_nothing_is_found(shelf: PersonShelf, settings: Any):
    shelf.put("card", CARD, version="7", seconds=HOUR)
    settings.ENCRYPTION_KEYS = []
    assert shelf.get("card", version="7") is None


@pytest.mark.parametrize(
    "value", ["я" * (LARGEST // 2), "half a \ud83d"], ids=["of more than 256 KB", "of half a character"]
)
def test_a_value_is_not_kept(shelf: PersonShelf, redis_url: str, key: str, value: str):
    shelf.put("card", value, version="7", seconds=HOUR)
    assert lies_in(redis_url, key) == {}


def test_a_long_value_is_kept(shelf: PersonShelf):
    text = "я" * (LARGEST // 2 - 200)
    shelf.put("card", text, version="7", seconds=HOUR)
    assert shelf.get("card", version="7") == text


def test_what_json_cannot_say_is_the_callers_mistake(shelf: PersonShelf):
    with pytest.raises(TypeError):
        shelf.put("card", {"id": uuid4()}, version="7", seconds=HOUR)


def test_a_contract_of_other_fields_has_another_shape():
    def shape(**fields: str) -> str:
        return shape_of(make_dataclass("Card", list(fields.items())))

    ours = shape(id="UUID", age="int")
    assert len(ours) == 8
    assert shape(id="UUID", age="int") == ours
    others = [
        shape(id="UUID"),
        shape(id="UUID", age="str"),
        shape(id="UUID", years="int"),
        shape(age="int", id="UUID"),
    ]
    assert ours not in others


def test_nobody_fills_the_server_alone(shelf: PersonShelf, redis_url: str, key: str):
    for number in range(MOST_FIELDS):
        shelf.put(f"answer:{number}", "да", version="7", seconds=HOUR)
    assert len(lies_in(redis_url, key)) == MOST_FIELDS
    shelf.put("answer:last", "да", version="7", seconds=HOUR)
    assert lies_in(redis_url, key) == {}
    shelf.put("card", CARD, version="7", seconds=HOUR)
    assert shelf.get("card", version="7") == CARD


def test_a_person_who_is_forgotten_leaves_nothing(
    shelf: PersonShelf, ids: tuple[UUID, UUID], redis_url: str, key: str
):
    others = PersonShelf(ids[0], uuid4()), PersonShelf(uuid4(), ids[1])
    for each in (shelf, *others):
        each.put("card", CARD, version="7", seconds=HOUR)
        each.put("session:1", CARD, version="7", seconds=HOUR)
    forget_person(bot_id=ids[0], profile_id=ids[1])
    assert shelf.get("card", version="7") is None
    assert [each.get("card", version="7") for each in others] == [CARD, CARD]
    with Redis.from_url(redis_url) as redis:
        # An empty mark that keeps late answers out, for an hour.
        assert redis.get(key) == b""
        assert 0 < redis.ttl(key) <= HOUR


def test_an_answer_that_comes_after_the_person_was_forgotten_is_not_kept(
    shelf: PersonShelf, ids: tuple[UUID, UUID], redis_url: str, key: str
):
    forget_person(bot_id=ids[0], profile_id=ids[1])
    shelf.put("answer:1", "what she is like", version="7", seconds=HOUR)
    with Redis.from_url(redis_url) as redis:
        assert redis.get(key) == b""
        assert 0 < redis.ttl(key) <= HOUR
    # And that is no outage.
    other = PersonShelf(uuid4(), uuid4())
    other.put("card", CARD, version="7", seconds=HOUR)
    assert other.get("card", version="7") == CARD
