"""Without Redis nothing is found and nothing is kept; nobody waits for it twice, and it is told once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from redis import Redis
from structlog.testing import capture_logs

from core.cache import HOUR, LEFT_ALONE, AnswerShelf, PersonShelf, forget_person
from core.clock import Clock
from tests.shelves import NO_REDIS, OwnValkey, asked, failed, own_valkey, patient

A_WHILE = timedelta(seconds=LEFT_ALONE)


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    with capture_logs() as events:
        yield events


@pytest.fixture
def shelf() -> PersonShelf:
    return PersonShelf(uuid4(), uuid4())


@pytest.fixture
def valkey(tmp_path: Path, settings: Any) -> Iterator[OwnValkey]:
    with own_valkey(tmp_path / "valkey") as server:
        settings.REDIS_URL = patient(server.url)
        yield server


def put_and_get(shelf: PersonShelf) -> Any:
    shelf.put("card", "Вера", version="7", seconds=HOUR)
    return shelf.get("card", version="7")


def test_where_no_redis_is_named_there_is_no_cache(settings: Any, shelf: PersonShelf, logged: list[Any]):
    settings.REDIS_URL = ""
    away = asked("card", "away")
    assert put_and_get(shelf) is None
    forget_person(bot_id=uuid4(), profile_id=uuid4())
    assert asked("card", "away") == away
    assert logged == []


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (NO_REDIS, "ConnectionError"),
        ("http://127.0.0.1:1", "ValueError"),
        ("redis://127.0.0.1:words/0", "ValueError"),
    ],
)
def test_where_nobody_listens_nothing_is_found_and_it_is_told_once(
    settings: Any,
    shelf: PersonShelf,
    logged: list[Any],
    stopped_clock: Clock,
    request: pytest.FixtureRequest,
    url: str,
    kind: str,
):
    # An address of this test's own, so that its outage is too.
    settings.REDIS_URL = f"{url}?client_name={request.node.callspec.id}"
    before = asked("card", "away"), failed("put"), failed("get")
    assert put_and_get(shelf) is None
    assert put_and_get(shelf) is None
    # It was asked once, and left alone by the three other calls.
    assert (asked("card", "away"), failed("put"), failed("get")) == (
        before[0] + 2,
        before[1] + 1,
        before[2],
    )
    stopped_clock.advance(A_WHILE)
    assert shelf.get("card", version="7") is None
    assert failed("get") == before[2] + 1
    assert logged == [{"event": "cache.away", "kind": kind, "log_level": "warning"}]


def test_a_wrong_password_is_an_outage(settings: Any, shelf: PersonShelf, redis_url: str, logged: list[Any]):
    port = urlsplit(redis_url).port
    settings.REDIS_URL = patient(f"redis://:wrong@127.0.0.1:{port}/0")
    assert put_and_get(shelf) is None
    assert [each["event"] for each in logged] == ["cache.away"]
    assert "wrong" not in repr(logged)


def test_redis_that_dies_between_put_and_get_is_missed_by_nobody_and_found_again(
    valkey: OwnValkey, shelf: PersonShelf, logged: list[Any], stopped_clock: Clock
):
    assert put_and_get(shelf) == "Вера"
    valkey.dies()
    assert shelf.get("card", version="7") is None
    valkey.starts()
    # It is still left alone.
    assert put_and_get(shelf) is None
    stopped_clock.advance(A_WHILE)
    assert shelf.get("card", version="7") is None
    assert put_and_get(shelf) == "Вера"
    assert [each["event"] for each in logged] == ["cache.away", "cache.back"]


def test_a_server_that_came_back_unnoticed_is_no_outage(
    valkey: OwnValkey, shelf: PersonShelf, logged: list[Any]
):
    assert put_and_get(shelf) == "Вера"
    valkey.dies()
    valkey.starts()
    assert put_and_get(shelf) == "Вера"
    assert logged == []


def test_a_server_that_hangs_is_waited_for_once(
    valkey: OwnValkey, shelf: PersonShelf, settings: Any, logged: list[Any], stopped_clock: Clock
):
    valkey.hangs()
    settings.REDIS_URL = valkey.url
    away, failures = asked("card", "away"), failed("get")
    for _ in range(20):
        assert shelf.get("card", version="7") is None
    assert (asked("card", "away"), failed("get")) == (away + 20, failures + 1)
    assert logged == [{"event": "cache.away", "kind": "TimeoutError", "log_level": "warning"}]


def test_after_a_while_one_goes_and_looks_and_the_others_go_on(
    valkey: OwnValkey, settings: Any, stopped_clock: Clock
):
    valkey.hangs()
    settings.REDIS_URL = valkey.url
    shelves = [PersonShelf(uuid4(), uuid4()) for _ in range(8)]
    shelves[0].get("card", version="7")
    stopped_clock.advance(A_WHILE)
    failures = failed("get")
    with ThreadPoolExecutor(len(shelves)) as pool:
        assert list(pool.map(lambda each: each.get("card", version="7"), shelves)) == [None] * len(shelves)
    assert failed("get") == failures + 1


def test_a_server_whose_memory_is_full_keeps_nothing_and_breaks_nothing(
    valkey: OwnValkey, shelf: PersonShelf, logged: list[Any]
):
    with Redis.from_url(valkey.url) as redis:
        redis.config_set("maxmemory", 1)
    assert put_and_get(shelf) is None
    assert [(each["event"], each["kind"]) for each in logged] == [("cache.away", "OutOfMemoryError")]


def test_a_person_who_cannot_be_forgotten_there_is_told_of_by_id(
    settings: Any, logged: list[Any], request: pytest.FixtureRequest
):
    settings.REDIS_URL = f"{NO_REDIS}?client_name={request.node.name}"
    bot_id, profile_id = uuid4(), uuid4()
    forget_person(bot_id=bot_id, profile_id=profile_id)
    assert [each["event"] for each in logged] == ["cache.away", "cache.person_not_forgotten"]
    assert (logged[1]["bot"], logged[1]["profile"]) == (bot_id, profile_id)


async def test_an_answer_is_kept_for_the_person_it_speaks_of(settings: Any, redis_url: str):
    settings.REDIS_URL = patient(redis_url)
    bot_id, profile_id = uuid4(), uuid4()
    shelf = AnswerShelf(bot_id, profile_id)
    hits = asked("answer", "hit")
    await shelf.put("digest", '{"stage": "ORDEAL"}')
    assert await shelf.get("digest") == '{"stage": "ORDEAL"}'
    assert await shelf.get("another") is None
    assert await AnswerShelf(bot_id, uuid4()).get("digest") is None
    assert asked("answer", "hit") == hits + 1
    forget_person(bot_id=bot_id, profile_id=profile_id)
    await shelf.put("late", "what she is like")
    assert [await shelf.get(each) for each in ("digest", "late")] == [None, None]


async def test_an_answer_that_is_no_text_is_none(settings: Any, redis_url: str):
    settings.REDIS_URL = patient(redis_url)
    ids = uuid4(), uuid4()
    await asyncio.to_thread(
        PersonShelf(*ids).put, "answer:digest", {"stage": 1}, version="digest", seconds=HOUR
    )
    assert await AnswerShelf(*ids).get("digest") is None


@pytest.fixture
async def behind_the_loop(redis_url: str) -> AsyncIterator[str]:
    """The address of a Redis that answers only while this test's own loop runs."""
    address = urlsplit(redis_url)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while said := await reader.read(65536):
                writer.write(said)
                await writer.drain()
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection(address.hostname, address.port)
        await asyncio.gather(pass_on(reader, forth), pass_on(back, writer))

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield f"redis://:{address.password}@127.0.0.1:{port}/0"
    server.close()


async def test_the_loop_goes_on_while_redis_is_asked(settings: Any, behind_the_loop: str):
    settings.REDIS_URL = patient(behind_the_loop)
    shelf = AnswerShelf(uuid4(), uuid4())
    async with asyncio.timeout(15):
        await shelf.put("digest", "да")
        assert await shelf.get("digest") == "да"
