"""How many durable turns one worker process takes, next to a bare echo bot on the same machine in the same run.

`python bench/turns.py`. A turn is one free text in an open session, from the update to the answer that the
sandbox received; everything between is committed to disk. Texts are offered in bulk, one a chat and round.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.child import Child, cpu_seconds
from bench.report import parser, say, table, verdict, write
from bench.stage import Stage, open_stage
from bin.kit.network import answers, free_port

if TYPE_CHECKING:
    from bench.crowd import Member

# What the bare echo reaches with its best setting is the measure.
TARGET_RATIO = 0.35
TARGET_CPU_MS = 2.2
CONCURRENT_UPDATES = (1, 16, 64)


@dataclass(frozen=True, slots=True)
class Round:
    """One bulk of updates: how many a second were answered, and CPU for each, in milliseconds."""

    count: int
    per_second: float
    cpu_ms: float
    # Of PostgreSQL, all its processes, and of the sandbox.
    database_cpu_ms: float = 0.0
    telegram_cpu_ms: float = 0.0


def main() -> int:
    options = parser(__doc__ or "")
    options.add_argument("--bots", type=int, default=10)
    options.add_argument("--chats", type=int, default=300, help="people a bot")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--no-openai", action="store_true", help="leave the openai SDK out")
    given = options.parse_args()
    with open_stage(keep_logs=given.logs) as stage:
        figures = _measure(stage, given)
    write(given.json, figures)
    return 0 if figures["is_met"] else 1


def _measure(stage: Stage, given: Any) -> dict[str, Any]:
    stage.enter_django()
    from bench.crowd import gather, retire  # noqa: PLC0415 - it needs the models

    many = gather(stage, bots=given.bots, people=given.chats)
    echoes = {
        concurrent: _echo(
            stage, concurrent=concurrent, count=given.bots * given.chats // 2, rounds=given.rounds
        )
        for concurrent in CONCURRENT_UPDATES
    }
    turns = _turns(stage, many, rounds=given.rounds, name=f"{given.bots} bots")
    retire(many)
    one = gather(stage, bots=1, people=given.bots * given.chats // 2, name="single")
    single = _turns(stage, one, rounds=given.rounds, name="1 bot")
    retire(one)
    # Once more, so that what the machine did meanwhile shows.
    best = max(echoes, key=lambda concurrent: echoes[concurrent].per_second)
    again = _echo(stage, concurrent=best, count=given.bots * given.chats // 2, rounds=given.rounds)
    asking = None if given.no_openai else _with_model(stage, given)
    return _show(given, echoes, again, turns, single, asking)


def _echo(stage: Stage, *, concurrent: int, count: int, rounds: int) -> Round:
    """An echo bot of its own, offered as many updates at once as a round of the product."""
    from bench.crowd import FIRST_PERSON, update  # noqa: PLC0415 - it needs the models

    token = stage.telegram.create_bot(f"echo-{concurrent}")
    program = stage.python("echo", "-m", "bench.echo", stage.telegram.url, token, str(concurrent))
    child = Child(program, stage.folder)
    child.start()
    try:
        stage.wait_until(lambda: stage.telegram.polled()[token], 30, "the echo bot does not hear")
        measured = []
        for _ in range(rounds):
            updates = [update(FIRST_PERSON + each) for each in range(count)]
            measured.append(_round(stage, {token: updates}, child.pid))
    finally:
        child.stop()
    found = _middle(measured)
    say(f"  echo, concurrent_updates={concurrent}: {found.per_second:.0f}/s, {found.cpu_ms:.2f} ms CPU")
    return found


def _turns(stage: Stage, members: Sequence[Member], *, rounds: int, name: str) -> Round:
    """All these people write once a round; the middle round counts."""
    from bench.crowd import update  # noqa: PLC0415 - it needs the models

    stage.start_runbots([each.token for each in members])
    worker = stage.worker().pid
    _warm_up(stage, members)
    measured = []
    for number in range(rounds):
        offered = {each.token: [update(chat) for chat in each.chats] for each in members}
        measured.append(_round(stage, offered, worker))
        say(
            f"  {name}, round {number + 1}: {measured[-1].per_second:.0f} turns/s, {measured[-1].cpu_ms:.2f} ms CPU"
        )
    stage.stop_runbots()
    return _middle(measured)


def _warm_up(stage: Stage, members: Sequence[Member]) -> None:
    """Connections, prepared statements, caches: what a process does once is no part of a turn."""
    from bench.crowd import update  # noqa: PLC0415 - it needs the models

    offered = {each.token: [update(chat) for chat in each.chats[:20]] for each in members}
    _round(stage, offered, stage.worker().pid)


def _round(stage: Stage, offered: dict[str, list[dict[str, Any]]], pid: int) -> Round:
    """Offer all of it, wait until all is answered; the pace between the first offer and the last answer."""
    starts = {token: len(stage.telegram.record(token)) for token in offered}
    wanted = {token: stage.telegram.answers()[token] + len(updates) for token, updates in offered.items()}
    before = _cpu(stage, pid)
    for token, updates in offered.items():
        stage.telegram.offer(token, updates)

    def is_answered() -> bool:
        seen = stage.telegram.answers()
        return all(seen[token] >= count for token, count in wanted.items())

    stage.wait_until(is_answered, 300, "not everybody was answered")
    after = _cpu(stage, pid)
    heard = [said for token in offered for said in stage.telegram.record(token, starts[token])]
    count = sum(map(len, offered.values()))
    seconds = max(each.at for each in heard if each.is_answer) - min(each.at for each in heard)
    ours, database, telegram = (
        1000 * (late - early) / count for early, late in zip(before, after, strict=True)
    )
    return Round(count, count / seconds, ours, database, telegram)


def _cpu(stage: Stage, pid: int) -> tuple[float, float, float]:
    """Seconds of CPU so far: of the process, of PostgreSQL, of the sandbox."""
    database = [stage.postgres.pid, *(each.pid for each in stage.postgres.offspring())]
    return cpu_seconds(pid), sum(map(cpu_seconds, database)), cpu_seconds(stage.sandbox.pid)


def _with_model(stage: Stage, given: Any) -> Round:
    """The same turns with a model behind the openai SDK: two questions a turn, the coach's and the crisis check's."""
    from bench.crowd import gather, retire  # noqa: PLC0415 - it needs the models

    port = free_port()
    stub = Child(stage.python("model", "-m", "bench.model_stub", str(port)), stage.folder)
    stub.start()
    try:
        stage.wait_until(lambda: _listens(port), 30, "the model does not answer")
        members = gather(
            stage,
            bots=given.bots,
            people=given.chats // 3,
            name="asking",
            model_base_url=f"http://127.0.0.1:{port}/v1",
        )
        found = _turns(stage, members, rounds=given.rounds, name="openai SDK")
        retire(members)
    finally:
        stub.stop()
    return found


def _listens(port: int) -> bool:
    return answers(port, hello=b"GET / HTTP/1.0\r\n\r\n", expected=(b"HTTP/",))


def _middle(rounds: Sequence[Round]) -> Round:
    """The round with the median pace, for the echo as for the product."""
    pace = statistics.median_low([each.per_second for each in rounds])
    return next(each for each in rounds if each.per_second == pace)


def _show(
    given: Any, echoes: dict[int, Round], again: Round, turns: Round, single: Round, asking: Round | None
) -> dict[str, Any]:
    best = max([*echoes.values(), again], key=lambda each: each.per_second)
    ratio = turns.per_second / best.per_second
    rows: list[list[object]] = [
        [
            f"bare echo, concurrent_updates={concurrent}",
            each.count,
            each.per_second,
            each.cpu_ms,
            "",
            each.telegram_cpu_ms,
        ]
        for concurrent, each in echoes.items()
    ]
    rows.append(
        ["bare echo, its best again", again.count, again.per_second, again.cpu_ms, "", again.telegram_cpu_ms]
    )
    products = [(f"turns, {given.bots} bots", turns), ("turns, 1 bot", single)]
    if asking is not None:
        products.append((f"turns, {given.bots} bots, openai SDK", asking))
    rows += [
        [name, each.count, each.per_second, each.cpu_ms, each.database_cpu_ms, each.telegram_cpu_ms]
        for name, each in products
    ]
    table(
        "One process, all on the same 2 cores",
        ["what", "updates", "per second", "its CPU, ms each", "PostgreSQL's, ms", "sandbox's, ms"],
        rows,
    )
    targets = [
        ["turns to echo", ratio, f">= {TARGET_RATIO}", verdict(ratio >= TARGET_RATIO)],
        [
            "CPU of the worker a turn, ms",
            turns.cpu_ms,
            f"<= {TARGET_CPU_MS}",
            verdict(turns.cpu_ms <= TARGET_CPU_MS),
        ],
    ]
    if asking is not None:
        targets.append(
            ["what the openai SDK adds a turn (two questions), ms", asking.cpu_ms - turns.cpu_ms, "", ""]
        )
    table("Against the targets", ["figure", "measured", "target", "verdict"], targets)
    return {
        "bench": "turns",
        "is_met": ratio >= TARGET_RATIO and turns.cpu_ms <= TARGET_CPU_MS,
        "ratio_to_echo": ratio,
        "ratio_to_echo_one_bot": single.per_second / best.per_second,
        "echo": {str(concurrent): asdict(each) for concurrent, each in echoes.items()},
        "echo_again": asdict(again),
        "turns": asdict(turns),
        "turns_one_bot": asdict(single),
        "turns_openai": asdict(asking) if asking else None,
        "openai_adds_cpu_ms": asking.cpu_ms - turns.cpu_ms if asking else None,
    }


if __name__ == "__main__":
    raise SystemExit(main())
