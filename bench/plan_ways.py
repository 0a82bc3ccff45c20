"""How a plan finds its rows, in few words: which tables it reads, each by which index, and how many rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

_SCAN = re.compile(
    r"(?P<kind>(?:Index Only|Index|Bitmap Heap|Bitmap Index|Seq) Scan)(?: Backward)?"
    r"(?: using (?P<index>\w+))? on (?P<table>\w+).*\(rows (?P<rows>\d+)(?:, (?P<times>\d+) times)?\)"
)
_REMOVED = re.compile(r"Rows Removed by (?:Filter|Join Filter): (\d+)")
_PARTITION = re.compile(r"_p\d$")


def index_names(owner: psycopg.Connection[Any]) -> dict[str, str]:
    """The name of the index that a partition's index is part of."""
    rows = owner.execute(
        "SELECT part.relname, whole.relname FROM pg_inherits AS link"
        " JOIN pg_class AS part ON part.oid = link.inhrelid"
        " JOIN pg_class AS whole ON whole.oid = link.inhparent"
        " WHERE part.relkind = 'i'"
    )
    return dict(rows.fetchall())


def ways_of(plan: Sequence[str], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each way to a table once, with its rows, those that a filter threw away behind a plus."""
    found: dict[str, list[int]] = {}
    last = ""
    times = 1
    for line in plan:
        scan = _SCAN.search(line)
        if scan is not None and scan["kind"] != "Bitmap Index Scan":
            last, times = _way(scan, names), int(scan["times"] or 1)
            rows = found.setdefault(last, [0, 0])
            rows[0] += int(scan["rows"]) * times
        elif "->" in line:
            last = ""
        elif last and (removed := _REMOVED.search(line)) is not None:
            found[last][1] += int(removed[1]) * times
    return [(way, f"{read} + {removed}" if removed else str(read)) for way, (read, removed) in found.items()]


def _way(scan: re.Match[str], names: Mapping[str, str]) -> str:
    table = _PARTITION.sub("", scan["table"])
    if scan["index"] is None:
        return f"all of `{table}`" if scan["kind"] == "Seq Scan" else f"`{table}`, by bitmaps"
    only = ", alone" if scan["kind"] == "Index Only Scan" else ""
    return f"`{names.get(scan['index'], scan['index'])}`{only}"
