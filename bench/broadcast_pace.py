"""How fast broadcasts go: at Telegram's pace without a 429 while people are answered, and at the pace that is paid for.

Parts of bench/broadcast.py; import it after Stage.enter_django.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psutil

from bench.campaigns import SIGN, freeze_here, gather, start, state_of
from bench.child import cpu_seconds
from bench.crowd import Member, retire, update
from bench.report import percentile, say, table, verdict
from bench.stage import Stage
from bench.telegram_side import Said

BOTS, RECIPIENTS = 10, 3000
TARGET_A_SECOND = 29.0
TARGET_REPLY = 0.300
# Updates a second to each bot, while it sends.
WRITTEN = 2.0
# People of each bot who write, in turn: nobody so often that their own chat's pace would hold an answer back.
WRITERS = 60

PAID_RECIPIENTS = 24_000
TARGET_PAID = 400.0


@dataclass(frozen=True, slots=True)
class Cpu:
    """CPU seconds of each process so far."""

    worker: float
    database: float
    sandbox: float

    def since(self, before: Cpu) -> Cpu:
        return Cpu(
            self.worker - before.worker, self.database - before.database, self.sandbox - before.sandbox
        )


def measure_pace(stage: Stage, given: Any) -> dict[str, Any]:
    """Ten bots send to 3000 people each with the sandbox's limits on, and answer people meanwhile."""
    recipients = max(100, round(RECIPIENTS * given.scale))
    members = gather(stage, name="paced", bots=BOTS, recipients=recipients, writers=WRITERS)
    stage.telegram.limit(True)
    stage.start_runbots([each.token for each in members])
    say(f"{BOTS} bots, {recipients} recipients each, {WRITTEN:.0f} updates a second to each meanwhile")
    _write(stage, members, until=time.monotonic() + 2.0)
    before = _cpu(stage)
    started = time.monotonic()
    broadcast_id = start(members)
    freeze_here(broadcast_id, members)
    with stage.connect() as owner:

        def is_over() -> bool:
            return state_of(owner, broadcast_id) in ("finished", "paused")

        late = _write(stage, members, until=started + 60 + recipients / 10, is_over=is_over)
        state = state_of(owner, broadcast_id)
    seconds = time.monotonic() - started
    used = _cpu(stage).since(before)
    time.sleep(1.0)
    stage.stop_runbots()
    stage.telegram.limit(False)
    retire(members)
    return _show_pace(
        stage, members, state=state, recipients=recipients, seconds=seconds, used=used, late=late
    )


def measure_paid(stage: Stage, given: Any) -> dict[str, Any]:
    """One bot, a broadcast that is paid for, the sandbox without limits."""
    recipients = max(500, round(PAID_RECIPIENTS * given.scale))
    members = gather(stage, name="paid", bots=1, recipients=recipients)
    stage.start_runbots([each.token for each in members])
    say(f"1 bot, {recipients} recipients, paid")
    before, started = _cpu(stage), time.monotonic()
    broadcast_id = start(members, is_paid=True)
    freeze_here(broadcast_id, members)
    with stage.connect() as owner:
        stage.wait_until(
            lambda: state_of(owner, broadcast_id) in ("finished", "paused"),
            60 + recipients / 100,
            "still sending",
        )
        state = state_of(owner, broadcast_id)
    seconds, used = time.monotonic() - started, _cpu(stage).since(before)
    stage.stop_runbots()
    retire(members)
    sent = [said.at for said in stage.telegram.record(members[0].token) if said.text.startswith(SIGN)]
    bins = _a_second(sent)[1:]
    sustained = sum(bins) / max(1, len(bins))
    is_met = state == "finished" and len(sent) == recipients and sustained >= TARGET_PAID
    table(
        f"Paid: {recipients} recipients of one bot in {seconds:.0f} s; {state}",
        ["messages a second", "slowest second", "target", "verdict"],
        [[sustained, min(bins, default=0), f">= {TARGET_PAID:.0f}", verdict(is_met)]],
    )
    _show_cpu(used, len(sent))
    return {
        "is_met": is_met,
        "recipients": recipients,
        "sent": len(sent),
        "seconds": seconds,
        "a_second": sustained,
        "slowest_second": min(bins, default=0),
        "seconds_one_by_one": bins,
        "cpu_ms_a_message": _each(used, len(sent)),
    }


def _write(stage: Stage, members: Sequence[Member], *, until: float, is_over: Any = None) -> float:
    """One person after the other writes to each of the bots; by how many seconds the latest was late."""
    started, latest, number = time.monotonic(), 0.0, 0
    rate = WRITTEN * len(members)
    while time.monotonic() < until:
        wait = started + number / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        latest = max(latest, -wait)
        member = members[number % len(members)]
        chat = member.chats[number // len(members) % len(member.chats)]
        stage.telegram.offer(member.token, [update(chat)])
        number += 1
        if is_over is not None and not number % len(members) and is_over():
            break
    return latest


def _show_pace(
    stage: Stage,
    members: Sequence[Member],
    *,
    state: str,
    recipients: int,
    seconds: float,
    used: Cpu,
    late: float,
) -> dict[str, Any]:
    rows: list[list[object]] = []
    lowest, means, floods, sent, waits = [], [], 0, 0, []
    for member in members:
        record = stage.telegram.record(member.token)
        news = [said for said in record if said.text.startswith(SIGN)]
        first, last = news[0].at, news[-1].at
        # Replies count for the bot's pace as well.
        out = [said.at for said in record if said.is_answer and first <= said.at <= last]
        bins = _a_second(out)[1:]
        mean = sum(bins) / max(1, len(bins))
        replies = _waits(record, first, last)
        found = len(stage.telegram.floods(member.token))
        rows.append(
            [member.slug, len(news), min(bins, default=0), mean, found, percentile(replies, 0.95) * 1000]
        )
        lowest.append(min(bins, default=0))
        means.append(mean)
        floods += found
        sent += len(news)
        waits += replies
    p50, p95, p99, longest = (percentile(waits, share) for share in (0.5, 0.95, 0.99, 1.0))
    is_fast = min(means) >= TARGET_A_SECOND
    is_met = (
        state == "finished"
        and sent == recipients * len(members)
        and is_fast
        and not floods
        and p95 < TARGET_REPLY
    )
    table(
        f"{len(members)} bots, {recipients} recipients each, {seconds:.0f} s; {state}",
        ["bot", "sent", "slowest second", "messages a second", "429", "replies p95, ms"],
        rows,
    )
    table(
        "Against the targets",
        ["figure", "measured", "target", "verdict"],
        [
            ["messages a second, the slowest bot", min(means), f">= {TARGET_A_SECOND:.0f}", verdict(is_fast)],
            ["in the slowest second of any bot", min(lowest), "", ""],
            ["429", floods, 0, verdict(not floods)],
            [f"p95 of {len(waits)} replies, ms", p95 * 1000, "< 300", verdict(p95 < TARGET_REPLY)],
            ["p50, p99, longest, ms", f"{p50 * 1000:.0f}, {p99 * 1000:.0f}, {longest * 1000:.0f}", "", ""],
        ],
    )
    _show_cpu(used, sent)
    if late > 0.05:
        say(f"  the bench itself was up to {late * 1000:.0f} ms late")
    return {
        "is_met": is_met,
        "bots": len(members),
        "recipients": recipients,
        "sent": sent,
        "seconds": seconds,
        "a_second_by_bot": means,
        "slowest_second_by_bot": lowest,
        "floods": floods,
        "replies": len(waits),
        "p50_ms": p50 * 1000,
        "p95_ms": p95 * 1000,
        "p99_ms": p99 * 1000,
        "longest_ms": longest * 1000,
        "cpu_ms_a_message": _each(used, sent),
    }


def _a_second(times: Sequence[float]) -> list[int]:
    """How many there are in each whole second from the first on; the last second, which is none, is left out."""
    if not times:
        return []
    counts = Counter(int(at - times[0]) for at in times)
    return [counts[second] for second in range(int(times[-1] - times[0]))]


def _waits(record: Sequence[Said], first: float, last: float) -> list[float]:
    """Seconds from update to answer, of those who wrote while the broadcast was going out."""
    asked: dict[int, float] = {}
    waits = []
    for said in record:
        if not said.is_answer:
            asked[said.chat_id] = said.at
        elif (at := asked.pop(said.chat_id, None)) is not None and first <= at <= last:
            waits.append(said.at - at)
    return waits


def _cpu(stage: Stage) -> Cpu:
    database = sum(_cpu_so_far(each) for each in stage.postgres.offspring())
    return Cpu(cpu_seconds(stage.worker().pid), database, cpu_seconds(stage.sandbox.pid))


def _cpu_so_far(process: psutil.Process) -> float:
    """CPU seconds of a process of PostgreSQL, of which some live only for a moment."""
    try:
        return cpu_seconds(process.pid)
    except psutil.NoSuchProcess:
        return 0.0


def _each(used: Cpu, count: int) -> dict[str, float]:
    share = 1000 / max(1, count)
    return {
        "worker": used.worker * share,
        "postgres": used.database * share,
        "sandbox": used.sandbox * share,
    }


def _show_cpu(used: Cpu, count: int) -> None:
    table(
        "CPU",
        ["process", "s", "ms a message"],
        [
            [name, seconds, seconds * 1000 / max(1, count)]
            for name, seconds in (
                ("worker", used.worker),
                ("PostgreSQL, all of it", used.database),
                ("sandbox", used.sandbox),
            )
        ],
    )
