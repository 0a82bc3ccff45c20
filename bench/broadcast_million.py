"""A broadcast to a million people: how long its ledger takes, and what it costs whoever looks on. A part of
bench/broadcast.py.

Import it after Stage.enter_django.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import psutil

from bench.broadcast_kills import Background
from bench.campaigns import figures, gather, seconds_of_freezing, start, state_of
from bench.crowd import retire
from bench.report import percentile, say, table, verdict
from bench.stage import Stage

RECIPIENTS = 1_000_000
TARGET_FREEZE = 30.0
TARGET_PAGE_MS = 100.0
# What a flat memory may grow by.
GROWTH_MB = 16.0
# So long it is looked at while it sends.
WATCHED_SECONDS = 30.0
_MEGABYTE = 2**20

Sizes = dict[str, list[float]]


def measure_million(stage: Stage, given: Any) -> dict[str, Any]:
    """The freezing by Celery, then half a minute of sending at the default pace."""
    recipients = max(1000, round(RECIPIENTS * given.scale))
    started = time.monotonic()
    members = gather(stage, name="million", bots=1, recipients=recipients)
    say(f"{recipients} people in {time.monotonic() - started:.0f} s")
    background = Background(stage)
    background.start()
    try:
        stage.start_runbots([each.token for each in members])
        stage.wait_until(lambda: _celery(background) is not None, 60, "Celery does not work")
        time.sleep(3.0)
        with stage.connect() as owner:
            broadcast_id = start(members)
            freezing = _watch(
                stage,
                background,
                until=lambda: state_of(owner, broadcast_id) != "freezing",
                seconds=300,
            )
            took = seconds_of_freezing(broadcast_id, members)
            say(f"  frozen in {took:.1f} s: {figures(owner, broadcast_id)}")
            # Figures for the planner come when autovacuum finds the time; this is the time before.
            ends = time.monotonic() + WATCHED_SECONDS
            sending = _watch(stage, background, until=lambda: time.monotonic() > ends, seconds=300)
            pages = _pages(stage, str(broadcast_id))
            counted = figures(owner, broadcast_id)
    finally:
        background.stop()
    stage.stop_runbots()
    retire(members)
    return _show(recipients, took, freezing, sending, pages, counted)


def _watch(stage: Stage, background: Background, *, until: Callable[[], bool], seconds: float) -> Sizes:
    """The memory of each process that has to do with it, in MB, five times a second."""
    sizes: Sizes = {}
    deadline = time.monotonic() + seconds
    while not until() and time.monotonic() < deadline:
        for name, process in _processes(stage, background).items():
            size = _own_megabytes(process)
            if size:
                sizes.setdefault(name, []).append(size)
        time.sleep(0.2)
    return sizes


def _processes(stage: Stage, background: Background) -> dict[str, psutil.Process]:
    found = {"runbots: worker": stage.worker(), "sandbox": psutil.Process(stage.sandbox.pid)}
    celery = _celery(background)
    if celery is not None:
        found["Celery: its worker's child"] = celery
        backend = _backend(stage, celery)
        if backend is not None:
            found["PostgreSQL: Celery's backend"] = backend
    return found


def _backend(stage: Stage, client: psutil.Process) -> psutil.Process | None:
    """PostgreSQL's process for this one; it says in its title whom it serves."""
    with suppress(psutil.Error):
        titles = {f"({connection.laddr.port})" for connection in client.net_connections("tcp4")}
        for each in stage.postgres.offspring():
            if any(title in " ".join(each.cmdline()) for title in titles):
                return each
    return None


def _celery(background: Background) -> psutil.Process | None:
    """The process in which Celery's worker does its tasks."""
    leaves = [each for each in background.worker.offspring() if not each.children()]
    return max(leaves, key=lambda each: each.pid, default=None)


def _own_megabytes(process: psutil.Process) -> float:
    """What no other process has part in: the buffers of PostgreSQL are everybody's."""
    try:
        return float(process.memory_full_info().uss) / _MEGABYTE
    except psutil.Error:
        return 0.0


def _pages(stage: Stage, broadcast_id: str) -> Mapping[str, Sequence[float]]:
    """Milliseconds of each look at the admin's list and at the broadcast's own page; empty where there are none."""
    static = {"STATIC_ROOT": str(stage.folder / "static")}
    for program in (
        stage.python("static", "manage.py", "collectstatic", "--noinput", "--verbosity", "0"),
        stage.python("pages", "-m", "bench.broadcast_pages", broadcast_id, role="staff"),
    ):
        done = subprocess.run(
            program.argv,
            cwd=program.cwd,
            env={**program.env, **static},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if done.returncode:
            say(f"  the pages could not be asked for: {done.stderr.strip()[-600:]}")
            return {}
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _show(
    recipients: int,
    took: float,
    freezing: Sizes,
    sending: Sizes,
    pages: Mapping[str, Sequence[float]],
    counted: Mapping[str, int],
) -> dict[str, Any]:
    rows: list[list[object]] = []
    growth = 0.0
    for phase, sizes in (("freezing", freezing), ("sending", sending)):
        for name, all_of_it in sizes.items():
            # The first slices fill caches and plans.
            settled = all_of_it[len(all_of_it) // 4 :] or all_of_it
            growth = max(growth, max(settled) - settled[0])
            rows.append(
                [f"{phase}: {name}", all_of_it[0], settled[0], settled[-1], max(settled) - settled[0]]
            )
    table("Memory of its own, MB", ["process", "at first", "after a quarter", "at the end", "grows by"], rows)
    slowest = {name: percentile(times, 0.95) for name, times in pages.items()}
    is_fast = took < TARGET_FREEZE
    is_flat = growth < GROWTH_MB
    are_quick = all(each < TARGET_PAGE_MS for each in slowest.values())
    table(
        "Against the targets",
        ["figure", "measured", "target", "verdict"],
        [
            [f"freezing {recipients} recipients, s", took, f"< {TARGET_FREEZE:.0f}", verdict(is_fast)],
            ["memory grows by, MB", growth, f"< {GROWTH_MB:.0f}", verdict(is_flat)],
            *[
                [f"{name}, p95, ms", ms, f"< {TARGET_PAGE_MS:.0f}", verdict(ms < TARGET_PAGE_MS)]
                for name, ms in slowest.items()
            ],
            *([] if slowest else [["pages", "not there", f"< {TARGET_PAGE_MS:.0f}", "not measured"]]),
        ],
    )
    return {
        "is_met": is_fast and is_flat and are_quick and sum(counted.values()) == recipients,
        "recipients": recipients,
        "freeze_seconds": took,
        "memory_grows_mb": growth,
        "memory_mb": {
            f"{phase}: {name}": [sizes[0], sizes[-1], max(sizes)]
            for phase, there in (("freezing", freezing), ("sending", sending))
            for name, sizes in there.items()
        },
        "pages_ms": {name: list(times) for name, times in pages.items()},
        "states": dict(counted),
    }
