"""How long a person waits for what we do: from the update offered to the answer received.

`python bench/latency.py`: 50 updates a second over 10 bots, each from another person, evenly spaced. The model
inside the process answers at once, so all of it is ours (and the sandbox's). Commits go to disk.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.report import parser, percentile, say, table, verdict, write
from bench.stage import Stage, open_stage

if TYPE_CHECKING:
    from bench.crowd import Member

TARGET_P95 = 0.150
# What a process does once (connections, prepared statements) is over by then.
WARM_UP_SECONDS = 3.0


def main() -> int:
    options = parser(__doc__ or "")
    options.add_argument("--bots", type=int, default=10)
    options.add_argument("--rate", type=float, default=50.0, help="updates a second, over all bots")
    options.add_argument("--seconds", type=float, default=30.0)
    given = options.parse_args()
    with open_stage(keep_logs=given.logs) as stage:
        figures = _measure(stage, given)
    write(given.json, figures)
    return 0 if figures["is_met"] else 1


def _measure(stage: Stage, given: Any) -> dict[str, Any]:
    stage.enter_django()
    from bench.crowd import gather  # noqa: PLC0415 - it needs the models

    count = int(given.rate * (given.seconds + WARM_UP_SECONDS))
    members = gather(stage, bots=given.bots, people=-(-count // given.bots))
    stage.start_runbots([each.token for each in members])
    say(f"{given.rate:.0f} updates a second over {given.bots} bots, {given.seconds:.0f} s")
    late = _write_evenly(stage, members, count=count, rate=given.rate)
    wanted = count
    stage.wait_until(
        lambda: sum(stage.telegram.answers().values()) >= wanted, 60, "not everybody was answered"
    )
    stage.stop_runbots()
    waits = _waits(stage, members)
    p50, p95, p99, longest = (percentile(waits, share) for share in (0.5, 0.95, 0.99, 1.0))
    is_met = p95 < TARGET_P95
    table(
        f"From update to answer at {given.rate:.0f} updates a second over {given.bots} bots",
        ["answers", "p50, ms", "p95, ms", "p99, ms", "longest, ms", "target", "verdict"],
        [[len(waits), *(each * 1000 for each in (p50, p95, p99, longest)), "p95 < 150 ms", verdict(is_met)]],
    )
    if late > 0.05:
        say(
            f"  the bench itself was up to {late * 1000:.0f} ms late: the machine was busy with something else"
        )
    return {
        "bench": "latency",
        "is_met": is_met,
        "bots": given.bots,
        "updates_per_second": given.rate,
        "answers": len(waits),
        "p50_ms": p50 * 1000,
        "p95_ms": p95 * 1000,
        "p99_ms": p99 * 1000,
        "longest_ms": longest * 1000,
        "bench_late_ms": late * 1000,
    }


def _write_evenly(stage: Stage, members: Sequence[Member], *, count: int, rate: float) -> float:
    """One person after the other writes, each to the next bot; by how many seconds the latest was late."""
    from bench.crowd import update  # noqa: PLC0415 - it needs the models

    started, latest = time.monotonic(), 0.0
    for number in range(count):
        due = started + number / rate
        wait = due - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        latest = max(latest, -wait)
        member = members[number % len(members)]
        stage.telegram.offer(member.token, [update(member.chats[number // len(members)])])
    return latest


def _waits(stage: Stage, members: Sequence[Member]) -> list[float]:
    """Seconds from update to answer for each person, those of the warm-up left out."""
    found: list[tuple[float, float]] = []
    for member in members:
        asked: dict[int, float] = {}
        for said in stage.telegram.record(member.token):
            if said.is_answer:
                found.append((asked[said.chat_id], said.at - asked[said.chat_id]))
            else:
                asked[said.chat_id] = said.at
    begin = min(offered for offered, _ in found) + WARM_UP_SECONDS
    return [wait for offered, wait in found if offered >= begin]


if __name__ == "__main__":
    raise SystemExit(main())
