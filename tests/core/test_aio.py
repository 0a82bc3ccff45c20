"""The one bridge between coroutines and the database."""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction

from bots.models import Bot
from core import aio
from core.sql import Statement
from profiles.models import Profile
from tests.cast import make_profile

Owner = psycopg.Connection[tuple[Any, ...]]


async def _end(pid: int) -> None:
    """What a restart of the server, or of a pooler, does to a connection that lies idle."""

    def end() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
            assert cursor.fetchone() == (True,)
        connection.close()

    await asyncio.to_thread(end)


def _is_gone(owner: Owner, pid: int) -> bool:
    for _ in range(500):
        if not owner.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid]).fetchall():
            return True
        threading.Event().wait(0.01)
    return False


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def sleepy_backend() -> int:
    """Which server process served, while others had to find another."""
    pid = backend()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.05)")
    return pid


async def test_a_call_returns_what_the_function_returns_and_raises_what_it_raises():
    def fail() -> None:
        raise LookupError

    assert await aio.run(divmod, 7, 2) == (3, 1)
    assert await aio.run(sorted, [2, 1], reverse=True) == [2, 1]
    with pytest.raises(LookupError):
        await aio.run(fail)


async def test_calls_run_side_by_side_each_with_a_connection_of_its_own():
    aio.stop_pool()
    threads = settings.DATABASE_THREADS
    everyone = threading.Barrier(threads)

    def meet() -> int:
        # Only who runs beside all the others gets past.
        everyone.wait(timeout=20)
        return backend()

    assert len(set(await asyncio.gather(*(aio.run(meet) for _ in range(threads))))) == threads


async def test_no_more_connections_are_opened_than_there_are_threads():
    aio.stop_pool()
    served = await asyncio.gather(*(aio.run(sleepy_backend) for _ in range(4 * settings.DATABASE_THREADS)))
    assert len(set(served)) <= settings.DATABASE_THREADS


async def test_a_call_sees_the_context_of_its_caller():
    word: ContextVar[str] = ContextVar("word", default="")
    word.set("from the caller")
    assert await aio.run(word.get) == "from the caller"


async def test_a_call_does_not_change_the_context_of_its_caller():
    word: ContextVar[str] = ContextVar("word", default="before")
    await aio.run(word.set, "changed")
    assert word.get() == "before"


@pytest.mark.parametrize("scoped", [False, True])
async def test_a_call_gets_a_working_connection_after_the_server_ended_it(bot: Bot, scoped: bool):
    async def call() -> int:
        return await (aio.run_in_bot(bot.id, backend) if scoped else aio.run(backend))

    aio.stop_pool()
    pid = await call()
    await _end(pid)
    assert await call() not in {pid, 0}


async def test_a_prepared_statement_finds_a_working_connection_too(bot: Bot, tmp_path: Path):
    (tmp_path / "pid.sql").write_text("SELECT pg_backend_pid() AS pid")
    statement = Statement(tmp_path / "pid.sql")

    def pid_of() -> int:
        return int(statement.rows({})[0].pid)

    aio.stop_pool()
    pid = await aio.run(pid_of)
    await _end(pid)
    assert await aio.run(pid_of) != pid


async def test_a_call_whose_connection_breaks_fails_alone_and_is_undone(bot: Bot, owner_database: Owner):
    vera = await aio.run(make_profile, bot, first_name="Vera")

    def rename_and_break() -> None:
        Profile.objects.update(first_name="Eve")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    aio.stop_pool()
    with pytest.raises(OperationalError):
        await aio.run_in_bot(bot.id, rename_and_break)
    assert await aio.run_in_bot(bot.id, lambda: Profile.objects.get(id=vera.id).first_name) == "Vera"


async def test_a_call_that_left_a_transaction_broken_does_not_harm_the_next(bot: Bot):
    def refuse() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    aio.stop_pool()
    for _ in range(3):
        with pytest.raises(DatabaseError):
            await aio.run_in_bot(bot.id, refuse)
        assert await aio.run_in_bot(bot.id, backend) > 0


async def test_a_call_that_forgot_to_end_a_transaction_does_not_leave_it_to_the_next():
    aio.stop_pool()
    await aio.run(transaction.set_autocommit, False)
    assert await aio.run(transaction.get_autocommit) is True


async def test_a_cancelled_caller_does_not_cancel_what_is_written(bot: Bot, owner_database: Owner):
    started, may_end = threading.Event(), threading.Event()

    def write() -> None:
        started.set()
        may_end.wait(20)
        make_profile(bot, first_name="Written")

    task = asyncio.create_task(aio.run_in_bot(bot.id, write))
    await asyncio.to_thread(started.wait, 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    may_end.set()
    await asyncio.to_thread(aio.stop_pool)
    rows = owner_database.execute("SELECT first_name FROM profiles WHERE bot_id = %s", [bot.id]).fetchall()
    assert rows == [("Written",)]


async def test_a_stopped_pool_leaves_no_connection_and_starts_again(owner_database: Owner):
    aio.stop_pool()
    pid = await aio.run(backend)
    aio.stop_pool()
    assert await asyncio.to_thread(_is_gone, owner_database, pid)
    assert await aio.run(backend) != pid


def test_stopping_twice_or_before_a_start_is_harmless():
    aio.stop_pool()
    aio.stop_pool()
