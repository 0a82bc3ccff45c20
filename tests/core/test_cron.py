"""Periodic work runs one at a time and says what it came to."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

import pytest
from django.core.cache import cache

from core.cron import cron_task


@pytest.fixture
def name() -> str:
    # The cache is shared by the test processes of a run.
    return f"tests.{uuid4()}"


def told(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    lines = [dict(record.msg) for record in caplog.records if record.name == "core.cron"]
    return [{key: line[key] for key in line if key in {"event", "task", "rows"}} for line in lines]


def test_a_run_says_how_it_ended(name: str, caplog: pytest.LogCaptureFixture):
    @cron_task(name)
    def trim() -> Mapping[str, object]:
        """Remove what is old."""
        return {"rows": 7}

    with caplog.at_level("INFO"):
        trim()
        trim()
    assert told(caplog) == [{"event": "cron.done", "task": name, "rows": 7}] * 2
    assert (trim.name, trim.__doc__) == (name, "Remove what is old.")


def test_a_run_that_finds_another_under_way_leaves(name: str, caplog: pytest.LogCaptureFixture):
    runs: list[int] = []

    @cron_task(name)
    def trim() -> Mapping[str, object]:
        runs.append(1)
        trim()
        return {"rows": 1}

    with caplog.at_level("INFO"):
        trim()
    assert runs == [1]
    assert told(caplog) == [
        {"event": "cron.overlaps", "task": name},
        {"event": "cron.done", "task": name, "rows": 1},
    ]


def test_a_run_that_failed_does_not_hold_the_next(name: str):
    @cron_task(name)
    def trim() -> Mapping[str, object]:
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            trim()
    assert cache.get(f"cron:{name}") is None
