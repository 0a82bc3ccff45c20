"""The plan that PostgreSQL really ran for a statement, in few words: told by auto_explain to the client."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import psycopg
from django.db import connection, connections

from core.roles import ROLES

# Prepared statements are planned for good after five runs; this many show the plan that lasts.
RUNS = 8

_SETTINGS = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_buffers": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_nested_statements": "off",
    "auto_explain.log_level": "notice",
}
_COSTS = re.compile(r"  \(cost=[^)]*\)")
_KEPT = ("CTE ", "Index Cond:", "Filter:", "Rows Removed", "Sort Key:", "Heap Fetches:")


@contextmanager
def explained(superuser_url: str) -> Iterator[None]:
    """Connections that the application opens inside tell the plans of what they run."""
    with psycopg.connect(superuser_url, autocommit=True) as superuser:
        for role, (name, value) in product(ROLES.values(), _SETTINGS.items()):
            superuser.execute(f"ALTER ROLE {role} SET {name} = '{value}'")
        connections.close_all()
        try:
            yield
        finally:
            for role, name in product(ROLES.values(), _SETTINGS):
                superuser.execute(f"ALTER ROLE {role} RESET {name}")
            connections.close_all()


def plan_of(run: Callable[[], Any]) -> list[str]:
    """The lines of the plan of the longest statement that `run` makes; inside of `explained`."""
    told: list[str] = []

    def hear(said: psycopg.errors.Diagnostic) -> None:
        told.append(said.message_primary or "")

    connection.ensure_connection()
    connection.connection.add_notice_handler(hear)
    try:
        for _ in range(RUNS):
            told.clear()
            run()
    finally:
        connection.connection.remove_notice_handler(hear)
    plans = [each for each in told if "plan:" in each and "set_config" not in each]
    longest = max(plans, key=_milliseconds, default="")
    return shorten(longest)


def shorten(told: str) -> list[str]:
    """What auto_explain says of one statement: its nodes with rows and conditions; no text, costs, policies."""
    _, _, plan = told.partition("plan:\n")
    # The statement itself comes first and may run over many lines.
    lines = plan.splitlines()
    start = next((place for place, line in enumerate(lines) if "(cost=" in line), len(lines))
    kept: list[str] = []
    # Deeper lines than this belong to something that says nothing: the policy's look at its setting, a partition
    # that was left out.
    dull: int | None = None
    for line in lines[start:]:
        depth = len(line) - len(line.lstrip())
        if dull is not None and depth > dull:
            continue
        dull = None
        bare = line.strip()
        if bare.startswith("InitPlan") or "(never executed)" in line:
            dull = depth
        elif "(cost=" in line or bare.startswith(_KEPT):
            kept.append(_plain(line))
    return kept


def _plain(line: str) -> str:
    line = _COSTS.sub("", line)
    line = re.sub(r"\(actual rows=([0-9.]+) loops=([0-9]+)\)", _rows, line)
    # The policy's condition stands in every node: it says nothing here.
    line = re.sub(r"\(bot_id = ANY \(\(InitPlan \d+\)\.col1\)\) AND ", "", line)
    line = re.sub(r" AND \((?:\w+\.)?bot_id = ANY \(\(InitPlan \d+\)\.col1\)\)", "", line)
    line = re.sub(r"::(timestamp with time zone|uuid|text|bigint|character varying)", "", line)
    line = re.sub(r"'\{?[0-9a-f-]{36}[^']*'(\[\])?", "…", line)
    line = re.sub(r"'[0-9-]{10} [0-9:.+]+'", "…", line)
    line = re.sub(r"'\{[^']{30,}\}'", "'{…}'", line)
    return line.rstrip()


def _rows(found: re.Match[str]) -> str:
    rows, loops = float(found[1]), int(found[2])
    return f"(rows {rows:.0f}" + (f", {loops} times)" if loops > 1 else ")")


def _milliseconds(told: str) -> float:
    found = re.search(r"duration: ([0-9.]+) ms", told)
    return float(found[1]) if found else 0.0
