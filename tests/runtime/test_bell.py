"""Alerts on their way into an admin's chat: from the row to Telegram."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from django.db import connections
from structlog.testing import capture_logs

from bots.contracts import MetricSample
from bots.models import Alert
from bots.services.flush_metrics import flush_metrics
from bots.services.raise_alert import raise_alert
from core import aio
from core.clock import clock
from runtime.supervisor import bell as bells
from runtime.supervisor.bell import Bell
from tests.cast import make_bot, make_profile, on_database
from tests.fixtures.database import leave_database
from tests.runtime.office import Office, eventually, posted, state_of


@pytest.fixture(autouse=True)
async def _nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Alerts that other tests raised are told; nothing is gathered for longer than a test has patience."""
    monkeypatch.setattr(bells, "GATHER_SECONDS", 0.05)
    await on_database(Alert.objects.filter(notified_at__isnull=True).update, notified_at=clock.now())


@asynccontextmanager
async def ringing() -> AsyncIterator[None]:
    """The bell of a supervisor, without the supervisor."""
    task = asyncio.create_task(Bell().run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def waiting() -> int:
    count: int = await on_database(Alert.objects.filter(notified_at__isnull=True).count)
    return count


async def test_an_alert_is_in_the_admins_chat_as_soon_as_it_is_raised(
    office: Office, monkeypatch: pytest.MonkeyPatch, told_at_once: None
) -> None:
    # Nothing is found by looking again.
    monkeypatch.setattr(bells, "LOOK_SECONDS", 600.0)
    bot = await office.open(language="ru")
    admin = await office.friend(bot)
    await admin.say("/help")
    await admin.hear()
    bot.admin_telegram_ids = [admin.id]
    await on_database(bot.save)
    async with ringing():
        await eventually(_are_ears_open)
        await on_database(raise_alert, kind="budget_spent", bot_id=bot.id, subject="2026-03-02 daily")
        (text,) = await admin.hear()
    assert text.startswith(f"🟠 A budget is spent\nBot: {bot.name}\n")
    assert "Until midnight UTC" in text
    await eventually(lambda: posted(bot, "state", priority=1), until=lambda states: states == ["sent"])


async def test_another_bot_tells_of_the_one_whose_token_was_revoked(office: Office) -> None:
    revoked, other = await office.open(), await office.open()
    admin = await office.friend(revoked)
    elsewhere = office.sandbox.person(other.token, user_id=admin.id, language_code="en")
    await on_database(make_profile, other, telegram_id=admin.id)
    await elsewhere.say("/help")
    await elsewhere.hear()
    revoked.admin_telegram_ids = [admin.id]
    await on_database(revoked.save)
    async with ringing():
        await office.sandbox.control("POST", f"bots/{revoked.token}/renew")
        await state_of(revoked, "token_revoked")
        (text,) = await elsewhere.hear()
    assert f"Bot: {revoked.name}" in text
    assert "@BotFather" in text
    assert await admin.said_by_bot() == []


async def test_a_budget_that_people_have_talked_away_is_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bells, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(bells, "BUDGET_SECONDS", 0.0)
    bot = await office.open(daily_budget_usd=0.01)
    admin = await office.friend(bot)
    await admin.say("/help")
    await admin.hear()
    bot.admin_telegram_ids = [admin.id]
    await on_database(bot.save)
    sample = MetricSample(bot.id, "model_cost_micros", clock.now(), 1, 12_000.0, 12_000.0)
    await aio.run_in_bot(bot.id, flush_metrics, samples=[sample])
    async with ringing():
        (text,) = await admin.hear()
    assert text.startswith("🟠 A budget is spent\n")
    assert "0.01 of 0.01 USD" in text


async def test_what_was_missed_is_found_by_looking_again(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATABASE_URL_LISTEN = "postgresql://nobody@127.0.0.1:1/nowhere"
    monkeypatch.setattr(bells, "LOOK_SECONDS", 0.1)
    bot = await on_database(make_bot)
    async with ringing():
        await on_database(raise_alert, kind="error", bot_id=bot.id)
        await eventually(waiting, until=lambda count: count == 0)


async def test_a_database_that_is_away_is_outlived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bells, "LOOK_SECONDS", 0.1)
    bot = await on_database(make_bot)
    await on_database(raise_alert, kind="error", bot_id=bot.id)
    await asyncio.to_thread(leave_database)
    with capture_logs() as logs, monkeypatch.context() as patch:
        patch.setitem(connections.settings["default"], "PORT", "1")
        async with ringing():
            async with asyncio.timeout(15):
                while "alerts.database_unavailable" not in [each["event"] for each in logs]:
                    await asyncio.sleep(0.02)
            patch.undo()
            await eventually(waiting, until=lambda count: count == 0)


async def test_what_nobody_foresaw_ends_no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(bells, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(bells, "BUDGET_SECONDS", 0.0)
    monkeypatch.setattr(bells, "watch_budgets", broken)
    bot = await on_database(make_bot)
    async with ringing():
        await on_database(raise_alert, kind="error", bot_id=bot.id)
        await eventually(waiting, until=lambda count: count == 0)


async def _are_ears_open() -> bool:
    def look() -> bool:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN \"relove_alerts\"%'"
            )
            return bool(cursor.fetchone()[0])

    found: bool = await on_database(look)
    return found
