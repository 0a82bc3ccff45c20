from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from runtime.delivery import sender
from runtime.dispatch import dispatcher
from tests.fixtures.telegram import Sandbox
from tests.runtime.office import Office, open_office


@pytest.fixture
async def office(sandbox: Sandbox, settings: Any) -> AsyncIterator[Office]:
    """A worker in the test's loop: `await office.open()` is a bot that listens."""
    settings.POLL_TIMEOUT = 5
    settings.DRAIN_SECONDS = 5.0
    async with open_office(sandbox) as opened:
        yield opened


@pytest.fixture
def told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found by looking again after a while: who has news must have said so."""
    for module in (dispatcher, sender):
        monkeypatch.setattr(module, "SWEEP_SECONDS", 600.0)
