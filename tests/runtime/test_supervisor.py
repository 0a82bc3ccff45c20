"""The supervisor in the test's loop, its workers real: who keeps ending one is found, and given up alone."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bots.models import Alert, Bot
from bots.services.restart_bot import restart_bot
from bots.services.set_wanted_state import set_wanted_state
from runtime.supervisor import supervisor as supervision
from runtime.supervisor.supervisor import Supervisor
from tests.cast import on_database
from tests.fixtures.telegram import Sandbox
from tests.runtime.office import eventually, state_of, status_of
from tests.runtime.test_processes import asks_for_help, hire

pytestmark = pytest.mark.processes


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELOVE_HOME", str(tmp_path))
    monkeypatch.setenv("POLL_TIMEOUT", "2")
    # Fewer than in life, which would take half a minute.
    monkeypatch.setattr(supervision, "FALLS", 2)


@asynccontextmanager
async def supervising(*bots: Bot) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(slugs=[bot.slug for bot in bots])
    task = asyncio.create_task(supervisor.run())
    try:
        yield supervisor
    finally:
        supervisor.leave()
        async with asyncio.timeout(30):
            await task


async def fall(supervisor: Supervisor, name: str) -> None:
    """End this worker as a bug does, and wait until the supervisor has seen it."""
    process = await eventually(lambda: on_database(lambda: supervisor._processes.get(name)))
    os.kill(process.pid, signal.SIGKILL)
    await eventually(lambda: on_database(lambda: supervisor._processes.get(name) is not process))


async def test_the_bot_that_ends_workers_is_found_and_given_up_until_somebody_restarts_it(
    sandbox: Sandbox,
) -> None:
    culprit, innocent = await hire(sandbox), await hire(sandbox)
    async with supervising(culprit, innocent) as supervisor:
        await asks_for_help(sandbox, culprit)
        for _ in range(2):
            await fall(supervisor, "pack-1")
        # Each alone, to see who it is.
        apart = {f"bot-{culprit.id}", f"bot-{innocent.id}"}
        await eventually(lambda: on_database(lambda: apart <= set(supervisor._processes)))
        await asks_for_help(sandbox, innocent)
        for _ in range(2):
            await fall(supervisor, f"bot-{culprit.id}")
        status = await state_of(culprit, "crashed")
        assert status.error == "its process ended 2 times within 120 s"
        assert status.lease_holder == ""
        crashes = await on_database(
            lambda: list(Alert.objects.filter(bot=culprit).values_list("kind", "detail"))
        )
        assert crashes == [("bot_crashed", status.error)]
        # Nobody is an admin of these bots: the supervisor has seen to the alerts all the same.
        waiting = Alert.objects.filter(notified_at__isnull=True)
        await eventually(lambda: on_database(waiting.count), until=lambda count: count == 0)
        falls = Alert.objects.filter(kind="error", subject="a worker of runbots ended", is_current=True)
        assert await on_database(lambda: falls.get().count) >= 4
        epoch = (await status_of(innocent)).lease_epoch
        await asks_for_help(sandbox, innocent)
        assert (await status_of(innocent)).lease_epoch == epoch

        await on_database(restart_bot, bot_id=culprit.id)
        await asks_for_help(sandbox, culprit)
    assert {(await status_of(bot)).state for bot in (culprit, innocent)} == {"stopped"}


async def test_a_worker_without_bots_goes_home(sandbox: Sandbox) -> None:
    bot = await hire(sandbox, has_own_process=True)
    async with supervising(bot) as supervisor:
        await asks_for_help(sandbox, bot)
        await on_database(set_wanted_state, bot_id=bot.id, wanted="stopped")
        await state_of(bot, "stopped")
        await eventually(lambda: on_database(lambda: f"bot-{bot.id}" not in supervisor._processes))
        assert supervisor._processes.keys() <= {"pack-1"}


async def test_who_ran_alone_in_peace_goes_back_among_the_others(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await hire(sandbox), await hire(sandbox)
    async with supervising(one, other) as supervisor:
        await asks_for_help(sandbox, one)
        for _ in range(2):
            await fall(supervisor, "pack-1")
        alone = {f"bot-{one.id}", f"bot-{other.id}"}
        await eventually(lambda: on_database(lambda: alone <= set(supervisor._processes)))
        monkeypatch.setattr(supervision, "CALM_SECONDS", 0.0)
        await eventually(lambda: on_database(lambda: not alone & set(supervisor._processes)))
        await asks_for_help(sandbox, one)
        await asks_for_help(sandbox, other)
        assert {bot.id for bot in supervisor._assigned["pack-1"]} == {one.id, other.id}
