"""Coroutines share a thread and its connection; none of them gets into the scope of another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections

from bots.models import Bot
from core.aio import run, run_in_bot, run_in_bots
from core.sql import Statement
from core.tenancy import ScopeError, in_bot, the_bot, visible_bots
from profiles.models import Profile
from tests.cast import make_profile


@pytest.fixture
def vera(bot: Bot) -> Profile:
    return make_profile(bot, first_name="Vera")


@pytest.fixture
def boris(other_bot: Bot) -> Profile:
    return make_profile(other_bot, first_name="Boris")


def names() -> list[str]:
    return sorted(Profile.objects.values_list("first_name", flat=True))


def names_after_a_while() -> tuple[UUID, list[str], list[str]]:
    """What is seen before and after other coroutines had their turn."""
    before = names()
    threading.Event().wait(0.002)
    return the_bot(), before, names()


async def test_interleaved_coroutines_see_their_own_bot_alone(vera: Profile, boris: Profile):
    own = {vera.bot_id: ["Vera"], boris.bot_id: ["Boris"]}
    wanted = [vera.bot_id, boris.bot_id] * 10
    seen = await asyncio.gather(*(run_in_bot(bot_id, names_after_a_while) for bot_id in wanted))
    assert seen == [(bot_id, own[bot_id], own[bot_id]) for bot_id in wanted]


async def test_a_coroutine_without_a_scope_sees_nothing_beside_those_that_have_one(
    vera: Profile, boris: Profile
):
    seen = await asyncio.gather(
        *(run_in_bot(vera.bot_id, names_after_a_while) for _ in range(10)), *(run(names) for _ in range(10))
    )
    assert seen == [(vera.bot_id, ["Vera"], ["Vera"])] * 10 + [[]] * 10


async def test_a_call_may_see_several_bots(vera: Profile, boris: Profile):
    assert await run_in_bots([vera.bot_id, boris.bot_id], names) == ["Boris", "Vera"]


async def test_what_a_call_did_before_it_failed_is_undone(vera: Profile):
    def rename_and_fail() -> None:
        Profile.objects.update(first_name="Eve")
        raise LookupError

    with pytest.raises(LookupError):
        await run_in_bot(vera.bot_id, rename_and_fail)
    assert await run_in_bot(vera.bot_id, names) == ["Vera"]


async def test_a_call_leaves_no_scope_with_its_caller(vera: Profile):
    await run_in_bot(vera.bot_id, names)
    assert visible_bots() is None
    assert await run(names) == []


@pytest.fixture
async def asgirefs_thread() -> AsyncIterator[None]:
    """The one thread on which Django's own bridge runs everything; without a connection afterwards."""
    yield
    await sync_to_async(connections.close_all)()


def opened(bot_id: UUID) -> tuple[asyncio.Event, asyncio.Event, asyncio.Task[list[str]]]:
    """A coroutine that holds a scope open over an await, on the thread that asgiref gives to all of them."""
    is_open, may_end = asyncio.Event(), asyncio.Event()

    async def hold() -> list[str]:
        scope = in_bot(bot_id)
        await sync_to_async(scope.__enter__)()
        is_open.set()
        await may_end.wait()
        try:
            return await sync_to_async(names)()
        finally:
            await sync_to_async(scope.__exit__)(None, None, None)

    return is_open, may_end, asyncio.create_task(hold())


async def test_a_scope_that_another_coroutine_holds_cannot_be_used(
    vera: Profile, boris: Profile, asgirefs_thread: None
):
    is_open, may_end, holder = opened(vera.bot_id)
    await is_open.wait()
    refused = await asyncio.gather(*(sync_to_async(names)() for _ in range(20)), return_exceptions=True)
    assert [type(each) for each in refused] == [ScopeError] * 20
    may_end.set()
    assert await holder == ["Vera"]
    assert await sync_to_async(names)() == []


async def test_a_scope_that_another_coroutine_holds_cannot_be_entered(
    vera: Profile, boris: Profile, asgirefs_thread: None
):
    def enter() -> list[str]:
        with in_bot(boris.bot_id):
            return names()

    is_open, may_end, holder = opened(vera.bot_id)
    await is_open.wait()
    with pytest.raises(ScopeError, match="already scoped"):
        await sync_to_async(enter)()
    may_end.set()
    assert await holder == ["Vera"]
    assert await sync_to_async(enter)() == ["Boris"]


async def test_a_prepared_statement_does_not_get_into_the_scope_of_another_coroutine(
    vera: Profile, tmp_path: Path, asgirefs_thread: None
):
    (tmp_path / "names.sql").write_text("SELECT first_name FROM profiles")
    statement = Statement(tmp_path / "names.sql")
    is_open, may_end, holder = opened(vera.bot_id)
    await is_open.wait()
    with pytest.raises(ScopeError):
        await sync_to_async(statement.rows)({})
    may_end.set()
    assert await holder == ["Vera"]


def test_threads_have_scopes_of_their_own(vera: Profile, boris: Profile):
    seen: list[list[str]] = []

    def look() -> None:
        seen.append(names())
        with in_bot(boris.bot_id):
            seen.append(names())
        connection.close()

    with in_bot(vera.bot_id):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        assert names() == ["Vera"]
    assert seen == [[], ["Boris"]]


def test_the_bot_is_named_only_where_there_is_one(bot: Bot, other_bot: Bot):
    with in_bot(bot.id):
        assert the_bot() == bot.id
    with pytest.raises(ScopeError, match="one bot at a time"):
        the_bot()
