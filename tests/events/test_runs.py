"""Runs of background tasks are written down: what they came to, why they failed, and quiet ones together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from celery import signals
from django.db import connection

from config import runs
from core import task_metrics
from core.clock import Clock, clock
from core.errors import AppError
from events.models import TaskRun
from events.selectors.task_runs import RunLine, failed_runs, latest_runs
from events.services.note_run import begin_run, end_run
from events.services.trim_runs import trim_runs
from events.tasks import trim_runs as task


@pytest.fixture
def name() -> str:
    return f"tests.{uuid4()}"


def run(name: str, figures: dict[str, Any] | None = None, *, seconds: float = 0.25, error: str = "") -> None:
    key = str(uuid4())
    begin_run(key=key, task=name)
    end_run(key=key, figures=figures or {}, seconds=seconds, error=error)


def lines(name: str, each: int = 10) -> list[RunLine]:
    return latest_runs(tasks=[name], each=each)[name]


def test_a_run_says_what_it_came_to(name: str, stopped_clock: Clock) -> None:
    begin_run(key="a", task=name)
    assert [(line.state, line.ended_at) for line in lines(name)] == [("running", None)]
    stopped_clock.advance(timedelta(seconds=3))
    end_run(key="a", figures={"moved": 7, "kinds": ["x"], "is_cut_short": False}, seconds=3.0)
    (line,) = lines(name)
    assert (line.state, line.seconds, line.ended_at) == ("done", 3.0, clock.now())
    assert line.figures == {"moved": 7, "kinds": '["x"]', "is_cut_short": False}
    TaskRun.objects.filter(key="a").delete()


def test_runs_that_come_to_nothing_are_counted_in_one_row(name: str, stopped_clock: Clock) -> None:
    first = clock.now()
    for _ in range(3):
        run(name, {"begun": 0})
        stopped_clock.advance(timedelta(minutes=1))
    run(name, {"begun": 2})
    stopped_clock.advance(timedelta(minutes=1))
    run(name, {"begun": 0}, seconds=0.5)
    assert [(line.is_quiet, line.times, line.figures) for line in lines(name)] == [
        (True, 1, {"begun": 0}),
        (False, 1, {"begun": 2}),
        (True, 3, {"begun": 0}),
    ]
    oldest = lines(name)[-1]
    assert (oldest.first_at, oldest.started_at) == (first, first + timedelta(minutes=2))


def test_a_quiet_day_is_a_row(name: str, stopped_clock: Clock) -> None:
    run(name)
    stopped_clock.advance(timedelta(days=1, minutes=1))
    run(name)
    assert [line.times for line in lines(name)] == [1, 1]


def test_an_error_is_a_row_of_its_own_however_quiet_it_is_around_it(name: str) -> None:
    run(name)
    run(name, error="LookupError at x.py:1")
    run(name)
    run(name)
    assert [(line.state, line.times, line.error) for line in lines(name)] == [
        ("done", 2, ""),
        ("failed", 1, "LookupError at x.py:1"),
        ("done", 1, ""),
    ]
    failures = list(failed_runs(since=clock.now() - timedelta(minutes=5), most=100))
    assert [line.task for line in failures if line.task == name] == [name]


def test_a_run_that_was_given_to_a_worker_again_begins_anew(name: str) -> None:
    begin_run(key=f"{name}:1", task=name)
    begin_run(key=f"{name}:1", task=name)
    assert len(lines(name)) == 1


def test_the_end_of_what_nobody_saw_begin_is_no_news(name: str) -> None:
    end_run(key="never", figures={}, seconds=1.0)
    assert not TaskRun.objects.filter(key="never").exists()


def test_only_so_many_of_each_are_listed_in_one_question(name: str) -> None:
    other = f"{name}.other"
    for each in range(4):
        run(name, {"n": each + 1})
        run(other, {"n": 9})
    found = latest_runs(tasks=[name, other, "never.ran"], each=2)
    assert [line.figures["n"] for line in found[name]] == [4, 3]
    assert (len(found[other]), found["never.ran"]) == (2, [])


def test_runs_are_forgotten_after_two_weeks(name: str, stopped_clock: Clock) -> None:
    run(name, {"n": 1})
    stopped_clock.advance(timedelta(days=13))
    run(name, {"n": 2})
    stopped_clock.advance(timedelta(days=2))
    assert trim_runs() >= 1
    assert [line.figures["n"] for line in lines(name)] == [2]
    assert task() == {"deleted": 0}


def test_workers_write_down_what_celery_tells_them(name: str) -> None:
    class Task:
        pass

    Task.name = name  # type: ignore[attr-defined]
    task_metrics.watch_runs(runs.begin, runs.end)
    try:
        for key, answer in (
            (f"{name}:1", {"n": 3}),
            (f"{name}:2", None),
            (f"{name}:3", AppError(code="x", permanent=True, message="what is ours to say")),
            (f"{name}:4", ValueError("what somebody said")),
        ):
            signals.task_prerun.send(sender=Task, task_id=key, task=Task)
            signals.task_postrun.send(sender=Task, task_id=key, task=Task, retval=answer)
        signals.task_postrun.send(sender=Task, task_id="unknown", task=Task, retval=None)
    finally:
        signals.task_prerun.disconnect(dispatch_uid="runs.begin")
        signals.task_postrun.disconnect(dispatch_uid="runs.end")
    assert [(line.state, line.figures, line.error) for line in lines(name)] == [
        ("failed", {}, "ValueError"),
        ("failed", {}, "AppError: what is ours to say"),
        ("done", {}, ""),
        ("done", {"n": 3}, ""),
    ]


def test_a_database_that_does_not_let_it_be_written_down_fails_no_task(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    too_long = "x" * 65
    runs.begin(too_long, name)
    runs.end("\x00" * 2, {"n": 1}, 1.0, None)
    told = [dict(record.msg)["event"] for record in caplog.records if record.name == "config.runs"]  # type: ignore[arg-type]
    assert told[0] == "run.not_noted"
    assert not TaskRun.objects.filter(task=name).exists()


@pytest.mark.usefixtures("as_staff")
def test_staff_read_it_and_write_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('app_staff', 'task_runs', 'INSERT, UPDATE, DELETE')")
        assert cursor.fetchone() == (False,)
    assert latest_runs(tasks=["none"], each=1) == {"none": []}
