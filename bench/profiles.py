"""People at scale: choosing whom to refresh, archiving what they did, what knowing them adds to a turn, each query.

`python bench/profiles.py` fills a database with a million profiles and five million messages of ten bots (a quarter
of an hour), then measures as the runtime's role, under its policies. `--scale 0.01` does a hundredth of it.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psutil
import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.plan_ways import index_names, ways_of
from bench.report import parser, percentile, say, table, verdict, write
from bench.stage import Stage, open_stage

if TYPE_CHECKING:
    from bench.people_queries import Query, Someone

PROFILES, MESSAGES, BOTS = 1_000_000, 5_000_000, 10
WHALES_ACTS = 1_000_000

SELECTION_MS = 100.0
ARCHIVE_A_SECOND = 20_000.0
# What a flat memory may grow by: of the process and of its backend.
GROWTH_MB = 16.0
TURN_MS = 0.4
PICTURE_MS = 150.0
QUERY_MS = 20.0


def main() -> int:
    options = parser(__doc__ or "")
    options.add_argument(
        "--scale", type=float, default=1.0, help="of a million profiles, five million messages"
    )
    options.add_argument("--plans", type=Path, metavar="FILE", help="write the plans to this file")
    given = options.parse_args()
    with open_stage(keep_logs=given.logs) as stage:
        stage.sandbox.stop()
        _enter_django(stage)
        figures = _measure(stage, given)
    write(given.json, figures)
    return 0 if figures["is_met"] else 1


def _enter_django(stage: Stage) -> None:
    """As the bots' processes do: the policies hold for what is measured."""
    import django  # noqa: PLC0415 - it reads the environment, which exists only now

    os.environ.update(stage.environment("runtime"))
    django.setup()


def _measure(stage: Stage, given: Any) -> dict[str, Any]:
    from bench import seed  # noqa: PLC0415 - after django.setup

    started = time.monotonic()
    bots = seed.register("people", BOTS)
    with stage.connect() as owner:
        owner.execute("SET synchronous_commit = off")
        profiles, messages = round(PROFILES * given.scale), round(MESSAGES * given.scale)
        seed.fill(owner, bots, profiles=profiles, messages=messages)
        _add_whale(owner, bots[2], round(WHALES_ACTS * given.scale))
        rows = {name: sum(there) for name, there in seed.count(owner, bots).items()}
        _settle(owner)
    seconds = time.monotonic() - started
    say(f"{profiles} profiles, {messages} messages in {seconds:.0f} s")
    parts = {
        "turn": _turn(bots),
        "selection": _selection(stage, bots),
        "archive": _archive(stage, bots),
        "queries": _queries(stage, bots, given.plans),
        "picture": _picture(),
    }
    return {
        "bench": "profiles",
        "is_met": all(part["is_met"] for part in parts.values()),
        "seed_seconds": seconds,
        "rows": rows,
        **parts,
    }


def _settle(owner: psycopg.Connection[Any]) -> None:
    """What autovacuum does in time: dead rows gone, index-only scans possible, figures for the planner."""
    owner.execute("VACUUM (ANALYZE)")


def _add_whale(owner: psycopg.Connection[Any], bot_id: UUID, acts: int) -> None:
    """Somebody whose log holds a million rows of the last two months."""
    owner.execute(
        """
        INSERT INTO activity_logs (id, bot_id, profile_id, kind, details, created_at)
        SELECT gen_random_uuid(), bot_id, id, 'message', '{}', now() - interval '60 days' * (place / %(acts)s::float8)
        FROM (SELECT bot_id, id FROM profiles WHERE bot_id = %(bot)s AND consented_at IS NOT NULL LIMIT 1) AS whale
        CROSS JOIN generate_series(1, %(acts)s) AS place
        """,
        {"bot": bot_id, "acts": acts},
    )


# What knowing people adds to a turn


def _turn(bots: Sequence[UUID]) -> dict[str, Any]:
    """Entering with an act, entering without, and looking up what is known: CPU of both sides, for each person."""
    from bench.entering import WAYS, entering  # noqa: PLC0415 - it needs the models

    rows: list[list[object]] = []
    figures: dict[str, Any] = {}
    for batch in (1, 10):
        ways = entering(bots[0], batch=batch)
        for way, cost in zip(WAYS, ways, strict=True):
            rows.append([way, batch, cost.client_ms, cost.backend_ms, cost.wall_ms])
        bare, _, whole = ways
        figures[f"adds_ms_in_batches_of_{batch}"] = whole.cpu_ms - bare.cpu_ms
        figures[f"activity_adds_ms_in_batches_of_{batch}"] = whole.cpu_ms - ways[1].cpu_ms
    table(
        "Entering, for each person, ms",
        ["what", "people at once", "CPU of the process", "CPU of its backend", "from the clock"],
        rows,
    )
    alone = figures["adds_ms_in_batches_of_1"]
    _targets(
        [
            ["recognise and activity add to a turn, alone, ms CPU", alone, TURN_MS],
            ["the same, ten at once", figures["adds_ms_in_batches_of_10"], TURN_MS],
        ]
    )
    return {"is_met": alone < TURN_MS, **figures}


# Selection for rotation


def _selection(stage: Stage, bots: Sequence[UUID]) -> dict[str, Any]:
    """The first ten who are due, of all ten bots and of one bot in cases of all kinds; medians of seven."""
    from core.clock import clock  # noqa: PLC0415 - after django.setup
    from core.tenancy import in_bot  # noqa: PLC0415
    from profiles.selectors.due_profiles import count_due, due_profiles  # noqa: PLC0415

    def choose(of: Sequence[UUID]) -> int:
        found = 0
        for bot_id in of:
            with in_bot(bot_id):
                now = clock.now()
                found += len(due_profiles(bot_id=bot_id, now=now, tried_before=now, limit=10))
        return found

    def count_them() -> int:
        with in_bot(bots[0]):
            now = clock.now()
            return count_due(bot_id=bots[0], now=now, tried_before=now)

    cases: dict[str, tuple[int, float]] = {}
    cases["all ten bots, as they are"] = _timed(lambda: choose(bots))
    cases["the largest bot, as it is"] = _timed(lambda: choose(bots[:1]))
    victim = bots[1]
    with stage.connect() as owner:
        people = _make_everybody(owner, victim, "NULL")
        cases[f"{people} seen lately, nobody fresh"] = _timed(lambda: choose([victim]))
        _make_everybody(owner, victim, "now()")
        cases[f"{people} seen lately, everybody fresh, not yet vacuumed"] = _timed(lambda: choose([victim]))
        _settle(owner)
        cases[f"{people} seen lately, everybody fresh"] = _timed(lambda: choose([victim]))
        place = min(100_000, people * 3 // 4)
        owner.execute(
            "UPDATE profiles SET profile_updated_at = NULL WHERE bot_id = %(bot)s AND id = ("
            " SELECT id FROM profiles WHERE bot_id = %(bot)s AND consented_at IS NOT NULL AND is_active"
            " AND NOT is_underage ORDER BY last_seen_at DESC OFFSET %(place)s LIMIT 1)",
            {"bot": victim, "place": place - 1},
        )
        cases[f"only number {place} is due"] = _timed(lambda: choose([victim]))
    counted = _timed(count_them)
    table(
        "Selection for rotation",
        ["case", "found", "ms"],
        [*([name, *case] for name, case in cases.items()), ["count_due of the largest bot", *counted]],
    )
    worst = max(ms for _, ms in cases.values())
    _targets([["selection at its worst, ms", worst, SELECTION_MS]])
    return {
        "is_met": worst < SELECTION_MS,
        "ms": {name: ms for name, (_, ms) in cases.items()},
        "count_due_ms": counted[1],
    }


def _make_everybody(owner: psycopg.Connection[Any], bot_id: UUID, updated_at: str) -> int:
    """All people of a bot were seen within the month, and their profile was made then; how many may be refreshed."""
    owner.execute(
        "UPDATE profiles SET last_seen_at = now() - random() * interval '29 days',"
        f" profile_updated_at = {updated_at} WHERE bot_id = %s",
        [bot_id],
    )
    row = owner.execute(
        "SELECT count(*) FROM profiles"
        " WHERE bot_id = %s AND consented_at IS NOT NULL AND is_active AND NOT is_underage",
        [bot_id],
    ).fetchone()
    assert row is not None
    return int(row[0])


def _timed(run: Callable[[], int], times: int = 7) -> tuple[int, float]:
    """What it brought, and the median time of some calls in milliseconds, after one that is not counted."""
    found = run()
    took = []
    for _ in range(times):
        started = time.perf_counter()
        run()
        took.append((time.perf_counter() - started) * 1000)
    return found, percentile(took, 0.5)


# The archive


def _archive(stage: Stage, bots: Sequence[UUID]) -> dict[str, Any]:
    """Everything that is due, bot after bot, as the weekly task does it."""
    from django.db import connection  # noqa: PLC0415 - after django.setup

    from core.tenancy import in_bot  # noqa: PLC0415
    from profiles.services.archive_activity import Archived, archive_activity  # noqa: PLC0415

    with in_bot(bots[0]):
        backend = psutil.Process(connection.connection.info.backend_pid)
    mine = psutil.Process()
    sizes: list[tuple[float, float]] = []

    def look() -> bool:
        if not looks[0] % 20:
            sizes.append((mine.memory_info().rss / 2**20, backend.memory_full_info().uss / 2**20))
        looks[0] += 1
        return False

    looks = [0]
    moved = Archived()
    rates: list[list[object]] = []
    started = time.perf_counter()
    for number, bot_id in enumerate(bots):
        began = time.perf_counter()
        one = archive_activity(bot_id=bot_id, must_stop=look)
        took = time.perf_counter() - began
        moved += one
        if number < 3:
            name = ("the largest bot", "the second", "the third, of which one person has a million")[number]
            rates.append([name, one.moved_old, one.moved_excess, took, _rows(one) / took])
    seconds = time.perf_counter() - started
    rate = _rows(moved) / seconds
    rates.append(["all ten", moved.moved_old, moved.moved_excess, seconds, rate])
    table(
        f"The archive, {moved.slices} slices",
        ["bot", "rows past their age", "rows beyond 1000", "s", "rows a second"],
        rates,
    )
    # The first slices fill caches and plans.
    settled = sizes[min(2, len(sizes) - 1) :]
    growth = [max(column) - column[0] for column in zip(*settled, strict=True)]
    table(
        "Memory meanwhile, MB",
        ["process", "at the beginning", "at the end", "at most"],
        [
            ["the worker (resident)", settled[0][0], settled[-1][0], max(each[0] for each in settled)],
            ["its backend (its own)", settled[0][1], settled[-1][1], max(each[1] for each in settled)],
        ],
    )
    with stage.connect() as owner:
        _check_archive(owner, bots, moved)
        _settle(owner)
    is_flat = max(growth) < GROWTH_MB
    is_met = is_flat and rate >= ARCHIVE_A_SECOND
    table(
        "Against the targets",
        ["figure", "measured", "target", "verdict"],
        [
            [
                "rows archived a second",
                rate,
                f">= {ARCHIVE_A_SECOND:.0f}",
                verdict(rate >= ARCHIVE_A_SECOND),
            ],
            ["memory grows by, MB", max(growth), f"< {GROWTH_MB:.0f}", verdict(is_flat)],
        ],
    )
    return {
        "is_met": is_met,
        "moved_old": moved.moved_old,
        "moved_excess": moved.moved_excess,
        "slices": moved.slices,
        "seconds": seconds,
        "rows_a_second": rate,
        "memory_mb": settled,
    }


def _rows(moved: Any) -> int:
    return int(moved.moved_old + moved.moved_excess)


def _check_archive(owner: psycopg.Connection[Any], bots: Sequence[UUID], moved: Any) -> None:
    """Raises RuntimeError where a row or a count is wrong."""
    row = owner.execute(
        "SELECT (SELECT count(*) FROM activity_archive WHERE bot_id = ANY (%(bots)s)),"
        " (SELECT sum(archived_activity) FROM profiles WHERE bot_id = ANY (%(bots)s)),"
        " (SELECT count(*) FROM activity_logs"
        " WHERE bot_id = ANY (%(bots)s) AND created_at < now() - interval '91 days')",
        {"bots": list(bots)},
    ).fetchone()
    if row != (_rows(moved), _rows(moved), 0):
        message = f"archived, counted, left behind: {row}; moved: {_rows(moved)}"
        raise RuntimeError(message)


# The queries


def _queries(stage: Stage, bots: Sequence[UUID], plans_file: Path | None) -> dict[str, Any]:
    """Each query some hundred times, of persons as their bots' sizes are; then its plan."""
    from bench.people_queries import queries, some_people  # noqa: PLC0415 - it needs the models
    from care.services.refresh_figures import refresh_figures  # noqa: PLC0415

    people = some_people(bots, 400)
    # As the minute's task of Celery would have.
    refresh_figures()
    largest = [each for each in people if each.bot_id == bots[0]]
    # One role after the other: each is a connection of its own.
    asked = sorted(queries(bots), key=lambda query: query.is_of_staff)
    rows: list[list[object]] = []
    figures: dict[str, Any] = {}
    for query in asked:
        with _as(query):
            took = _time_query(query, largest if query.is_of_bot else people, bots)
        p50, p95, longest = (percentile(took, share) for share in (0.5, 0.95, 1.0))
        figures[query.name] = {"p50_ms": p50, "p95_ms": p95, "longest_ms": longest}
        judged = "in the background" if query.is_in_background else verdict(p95 < QUERY_MS)
        rows.append([query.name, len(took), p50, p95, longest, judged])
    table(f"Queries, ms; p95 < {QUERY_MS:.0f}", ["query", "times", "p50", "p95", "longest", "verdict"], rows)
    if plans_file is not None:
        _write_plans(
            stage, plans_file, {query.name: _plan(stage, query, largest[0], bots) for query in asked}
        )
    waited_for = [figures[query.name] for query in asked if not query.is_in_background]
    return {"is_met": all(each["p95_ms"] < QUERY_MS for each in waited_for), "figures": figures}


def _plan(stage: Stage, query: Query, one: Someone, bots: Sequence[UUID]) -> list[str]:
    from bench.plans import explained, plan_of  # noqa: PLC0415 - after django.setup

    with explained(_superuser_url(stage)), _as(query):
        return plan_of(partial(_ask, query, one, bots))


def _write_plans(stage: Stage, path: Path, plans: Mapping[str, Sequence[str]]) -> None:
    """Markdown: in a table how each query finds its rows, then each plan."""
    with stage.connect() as owner:
        names = index_names(owner)
    head = ["| query | finds its rows by | rows |", "| --- | --- | --- |"]
    found = [
        f"| {name} | {'<br>'.join(way for way, _ in ways)} | {'<br>'.join(rows for _, rows in ways)} |"
        for name, ways in ((name, ways_of(lines, names)) for name, lines in plans.items())
    ]
    whole = [f"\n## {name}\n\n```text\n" + "\n".join(lines) + "\n```" for name, lines in plans.items()]
    path.write_text("\n".join([*head, *found, *whole]) + "\n")


@contextmanager
def _as(query: Query) -> Iterator[None]:
    """Log in as the web does for what staff ask, as the bots do for everything else."""
    from django.conf import settings  # noqa: PLC0415 - after django.setup
    from django.db import connection  # noqa: PLC0415

    from core.roles import ROLES, role_password  # noqa: PLC0415

    role = ROLES["staff" if query.is_of_staff else "runtime"]
    if connection.settings_dict["USER"] != role:
        connection.close()
        connection.settings_dict.update(USER=role, PASSWORD=role_password(role, settings.SECRET_KEY))
    yield


def _time_query(query: Query, people: Sequence[Someone], bots: Sequence[UUID]) -> list[float]:
    took = []
    for number, one in enumerate(people):
        started = time.perf_counter()
        _ask(query, one, bots)
        # The first few connect, prepare and plan.
        if number >= 10:
            took.append((time.perf_counter() - started) * 1000)
    return took


def _ask(query: Query, one: Someone, bots: Sequence[UUID]) -> None:
    """In a transaction of its own, in the scope that it has in the product; the transaction is part of the time."""
    from core.tenancy import in_bots  # noqa: PLC0415 - after django.setup

    with in_bots(bots if query.is_of_staff else [one.bot_id]):
        query.run(one)


def _superuser_url(stage: Stage) -> str:
    admin, owner = urlsplit(stage._server.admin_url), urlsplit(stage.owner_url)
    return urlunsplit(admin._replace(path=owner.path))


# The picture


def _picture() -> dict[str, Any]:
    """CPU for one picture: the very first of a process, and any after it."""
    from bench.pictures import a_journey  # noqa: PLC0415 - the letters are loaded with it
    from journey.picture import draw_journey  # noqa: PLC0415

    took = []
    size = 0
    for number in range(30):
        started = time.process_time()
        size = len(draw_journey(a_journey(1 + number % 12)))
        took.append((time.process_time() - started) * 1000)
    p95 = percentile(took[1:], 0.95)
    table(
        "The picture of /my_journey",
        ["", "ms CPU", "target", "verdict"],
        [
            ["the first of a process", took[0], "", ""],
            ["p95 after it", p95, f"< {PICTURE_MS:.0f}", verdict(p95 < PICTURE_MS)],
            ["its size, kB", size / 1000, "", ""],
        ],
    )
    return {"is_met": p95 < PICTURE_MS, "first_ms": took[0], "p95_ms": p95, "bytes": size}


def _targets(rows: Sequence[tuple[str, float, float] | list[Any]]) -> None:
    table(
        "Against the targets",
        ["figure", "measured", "target", "verdict"],
        [[name, measured, f"< {limit:g}", verdict(measured < limit)] for name, measured, limit in rows],
    )


if __name__ == "__main__":
    raise SystemExit(main())
