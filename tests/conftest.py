"""The ground under all tests: a real database under the application's own roles, and no way off this machine.

Nothing is rolled back or truncated around a test: what it commits stays, so each makes bots of its own.
"""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import psycopg
import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from bots.models import Bot
from core.clock import Clock, clock
from profiles.models import Profile
from tests import cast
from tests.fixtures.database import database_role, test_database
from tests.fixtures.environment import settle
from tests.fixtures.network import forbid_the_outside
from tests.fixtures.telegram import Sandbox, TelegramPerson, open_sandbox

settle()
# In the background of a script Ctrl-C is ignored, and what tests start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How fast the machine is at the moment is nobody's fault.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")

# Rooms that know no database: their tests run without one.
WITHOUT_DATABASE = {"llm", "telegram_client", "sandbox", "bin", "house"}
ROOT = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    # Static files are collected when an installation is set up; tests do without.
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        forbid_the_outside(patch)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database of this test process, in place of pytest-django's."""
    if not os.environ["DATABASE_URL"]:
        # Pure tests go on; whoever opens a connection is told by pytest-django.
        yield
        return
    with test_database(), django_db_blocker.unblock():
        yield


@pytest.fixture(autouse=True)
def _database(request: pytest.FixtureRequest) -> None:
    room = request.path.relative_to(ROOT).parts[0]
    if room not in WITHOUT_DATABASE:
        request.getfixturevalue("django_db_setup")
        # Some tests end connections from the server's side, and that of the main thread goes with them.
        for connection in connections.all(initialized_only=True):
            if connection.connection is not None and not connection.is_usable():
                connection.close()


@pytest.fixture
def db(django_db_setup: None) -> None:
    """Every test may use the database; this is for pytest-django's own fixtures."""


@pytest.fixture
def transactional_db(django_db_setup: None) -> None:
    """Likewise."""


@pytest.fixture
def as_staff(django_db_setup: None) -> Iterator[None]:
    """The test runs as the web process does, logged in as app_staff; without this it is bot_runtime."""
    with database_role("staff"):
        yield


@pytest.fixture
def owner_database(django_db_setup: None) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The owner's own connection (autocommit): what is really stored, and the catalogue."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def redis_url() -> str:
    """The throw-away Valkey of this run."""
    url = os.environ.get("REDIS_URL", "")
    if not url:
        pytest.skip("REDIS_URL is not set; bin/test sets it")
    return url


@pytest.fixture
def make_bot(django_db_setup: None) -> Callable[..., Bot]:
    """`make_bot(**fields)`; in an async test `await on_database(make_bot, …)`."""
    return cast.make_bot


@pytest.fixture
def make_profile(django_db_setup: None) -> Callable[..., Profile]:
    """`make_profile(bot, **fields)`; in an async test `await on_database(make_profile, bot, …)`."""
    return cast.make_profile


@pytest.fixture
def bot(make_bot: Callable[..., Bot]) -> Bot:
    """The bot that the test is about."""
    return make_bot()


@pytest.fixture
def other_bot(make_bot: Callable[..., Bot]) -> Bot:
    """A bot that must not notice."""
    return make_bot()


@pytest.fixture
def stopped_clock() -> Iterator[Clock]:
    """Noon of a Monday, until `advance`."""
    with clock.stopped(datetime(2026, 3, 2, 12, 0, tzinfo=UTC)) as stopped:
        yield stopped


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A Telegram of the test's own, in the test's loop: `await sandbox.new_bot("Natasha")` is a token."""
    async with open_sandbox() as opened:
        yield opened


@pytest.fixture
async def telegram_person(sandbox: Sandbox) -> TelegramPerson:
    """Vera with the chat of a fresh bot open (`telegram_person.token`)."""
    return sandbox.person(await sandbox.new_bot())
