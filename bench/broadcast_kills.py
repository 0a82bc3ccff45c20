"""Kills everything while a broadcast goes out, and judges what each recipient got. A part of bench/broadcast.py.

Import it after Stage.enter_django.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import psutil
import psycopg
from django.db import Error as DatabaseError
from django.db import connections

from bench.campaigns import SIGN, gather, start
from bench.child import Child
from bench.crowd import Member, retire
from bench.report import say, table, verdict
from bench.stage import Stage
from bin.kit.network import free_port
from bots.services.restart_bot import restart_bot
from broadcast.contracts import By
from broadcast.errors import BroadcastError
from broadcast.services.lifecycle import pause_broadcast, resume_broadcast, set_rate
from core.tenancy import in_bots

BOTS, RECIPIENTS = 5, 20_000
KINDS = ("worker", "supervisor", "celery", "backend", "postgres")
# What staff do in between.
DEEDS = ("pause", "rate", "restart")
# So long after a kill something must have gone out again, or the product counts as dead.
LONGEST_SILENCE = 90.0
# So long after the last kill all of it must be over.
LONGEST_END = 240.0
OUTSTANDING = {"waiting", "deferred", "released", "spare"}
_STAFF = By(telegram_id=1)


@dataclass(slots=True)
class Judgement:
    """What was found; each fault in words, so that it can be looked for."""

    recipients: int = 0
    received: int = 0
    by_state: Counter[str] = field(default_factory=Counter)
    twice: int = 0
    not_received: int = 0
    not_in_ledger: int = 0
    open: int = 0
    without_reason: int = 0
    wrong_number: int = 0
    wrong_figures: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def is_true(self) -> bool:
        return not self.faults

    def note(self, what: str, count: int, example: object) -> int:
        if count:
            self.faults.append(f"{count} {what}, such as {example}")
        return count


class Background:
    """Celery's worker and its clock, on the stage."""

    def __init__(self, stage: Stage) -> None:
        celery = ("-m", "celery", "-A", "config")
        quiet = ("--loglevel", "INFO")
        self.worker = _child(
            stage,
            "celery",
            *(*celery, "worker", "--concurrency", "1", *quiet, "--without-gossip", "--without-mingle"),
        )
        self.beat = _child(
            stage, "beat", *(*celery, "beat", *quiet, "--schedule", str(stage.folder / "schedule"))
        )

    def start(self) -> None:
        """Start both."""
        self.worker.start()
        self.beat.start()

    def stop(self) -> None:
        """End both."""
        self.beat.stop()
        self.worker.stop()

    def kill_worker(self) -> None:
        """kill -9 of the worker and the process in which it works, and start it again."""
        self.worker.kill(with_offspring=True)
        self.worker.start()


def measure_kills(stage: Stage, given: Any) -> dict[str, Any]:
    """kill -9 of everything, evenly over the sending, each after the recovery from the one before."""
    chance = random.Random(given.seed)
    recipients = max(40, round(RECIPIENTS * given.scale / BOTS))
    total = recipients * BOTS
    members = gather(stage, name="killed", bots=BOTS, recipients=recipients)
    background = Background(stage)
    background.start()
    try:
        stage.start_runbots([each.token for each in members])
        schedule = [KINDS[number % len(KINDS)] for number in range(given.kills)]
        chance.shuffle(schedule)
        # Freezing is Celery's: the first blow falls there.
        schedule.remove("celery")
        schedule.insert(0, "celery")
        say(f"{total} recipients of {BOTS} bots, seed {given.seed}, kills: {' '.join(schedule)}")
        began = time.time()
        broadcast_id = start(members, error_percent=0, errors_in_row=0)
        _kill_all(stage, background, members, broadcast_id, schedule, chance, total=total, began=began)
        is_over = _await_end(stage, broadcast_id)
        took = time.time() - began
    finally:
        background.stop()
    stage.stop_runbots()
    connections.close_all()
    retire(members)
    found = _judge(stage, members, broadcast_id)
    if not is_over:
        found.faults.append("it did not finish")
    _show(found, total, took, schedule)
    return {
        "is_met": found.is_true,
        "recipients": total,
        "kills": dict(Counter(schedule)),
        "seconds": took,
        "received": found.received,
        "by_state": dict(found.by_state),
        "received_twice": found.twice,
        "sent_but_not_received": found.not_received,
        "received_but_neither_sent_nor_unknown": found.not_in_ledger,
        "still_open": found.open,
        "without_a_reason": found.without_reason,
        "faults": found.faults[:100],
    }


def _kill_all(
    stage: Stage,
    background: Background,
    members: Sequence[Member],
    broadcast_id: UUID,
    schedule: Sequence[str],
    chance: random.Random,
    *,
    total: int,
    began: float,
) -> None:
    for number, kind in enumerate(schedule):
        if number:
            # The blow falls at any moment of a share of the sending; in calm, after a while all the same.
            _await_sent(stage, members, int(total * (number - chance.random() * 0.5) / len(schedule)))
            if chance.random() < 0.3:
                _do(chance.choice(DEEDS), members, broadcast_id, chance)
        time.sleep(chance.uniform(0, 0.4))
        before, at = _sent(stage, members), time.time()
        _kill(stage, background, kind)
        if number and not _await_more(stage, members, broadcast_id, before, total):
            message = f"nothing goes out {LONGEST_SILENCE:.0f} s after a kill of {kind}"
            raise TimeoutError(message)
        say(
            f"  {at - began:6.1f} s  kill {number + 1}: {kind}, {before} sent; going on after {time.time() - at:.1f} s"
        )


def _kill(stage: Stage, background: Background, kind: str) -> None:
    """Kill one part, and bring it back as its keeper would."""
    if kind == "worker":
        for each in stage.runbots.offspring():
            each.kill()
    elif kind == "supervisor":
        stage.runbots.kill()
        stage.runbots.start()
    elif kind == "celery":
        background.kill_worker()
    elif kind == "backend":
        # PostgreSQL sends everybody home and recovers by itself.
        backends = [each for each in stage.postgres.offspring() if _serves_bots(each)]
        if not backends:
            message = "no backend serves the bots"
            raise RuntimeError(message)
        backends[0].kill()
    else:
        stage.postgres.kill(with_offspring=True)
        stage.restart_postgres()


def _serves_bots(process: psutil.Process) -> bool:
    try:
        words = " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False
    return "bot_runtime" in words


def _do(deed: str, members: Sequence[Member], broadcast_id: UUID, chance: random.Random) -> None:
    """What staff may do at any moment; a database that is away is no reason to stop."""
    bot_ids = [each.id for each in members]
    # Ours may have died with the database.
    connections.close_all()
    with suppress(DatabaseError, BroadcastError):
        if deed == "restart":
            restart_bot(bot_id=chance.choice(bot_ids))
            return
        with in_bots(bot_ids):
            if deed == "rate":
                set_rate(broadcast_id=broadcast_id, rate=chance.choice((20.0, 25.0, None)), by=_STAFF)
                return
            pause_broadcast(broadcast_id=broadcast_id, by=_STAFF)
        time.sleep(chance.uniform(0.1, 1.0))
        with in_bots(bot_ids):
            resume_broadcast(broadcast_id=broadcast_id, by=_STAFF)


def _sent(stage: Stage, members: Sequence[Member]) -> int:
    answers = stage.telegram.answers()
    return sum(answers[each.token] for each in members)


def _await_sent(stage: Stage, members: Sequence[Member], count: int) -> None:
    with suppress(TimeoutError):
        stage.wait_until(lambda: _sent(stage, members) >= count, LONGEST_SILENCE, "too slow")


def _await_more(stage: Stage, members: Sequence[Member], broadcast_id: UUID, before: int, total: int) -> bool:
    """Whether something more goes out, or all of it is out."""
    try:
        stage.wait_until(
            lambda: (
                _sent(stage, members) > before or before >= total or _state(stage, broadcast_id) == "finished"
            ),
            LONGEST_SILENCE,
            "silence",
        )
    except TimeoutError:
        return False
    return True


def _state(stage: Stage, broadcast_id: UUID) -> str:
    """Where the broadcast stands; "" while the database is away."""
    try:
        with stage.connect() as owner:
            row = owner.execute("SELECT state FROM broadcasts WHERE id = %s", [broadcast_id]).fetchone()
    except psycopg.Error:
        return ""
    return str(row[0]) if row else ""


def _await_end(stage: Stage, broadcast_id: UUID) -> bool:
    try:
        stage.wait_until(lambda: _state(stage, broadcast_id) == "finished", LONGEST_END, "not finished")
    except TimeoutError:
        return False
    return True


def _judge(stage: Stage, members: Sequence[Member], broadcast_id: UUID) -> Judgement:
    """The sandbox's own record against the ledger."""
    found = Judgement()
    with stage.connect() as owner:
        for member in members:
            rows = owner.execute(
                "SELECT person.telegram_id, turn.state, turn.reason, turn.telegram_message_id"
                " FROM broadcast_recipients AS turn"
                " JOIN profiles AS person ON person.bot_id = turn.bot_id AND person.id = turn.profile_id"
                " WHERE turn.bot_id = %s AND turn.broadcast_id = %s",
                [member.id, broadcast_id],
            ).fetchall()
            _judge_one(found, stage, member, rows)
            figures = owner.execute(
                "SELECT total, sent, unknown, failed, blocked, held, erased, released, deferred"
                " FROM broadcast_shares WHERE bot_id = %s AND broadcast_id = %s",
                [member.id, broadcast_id],
            ).fetchone()
            states = Counter(state for _, state, _, _ in rows)
            names = ("sent", "unknown", "failed", "blocked", "held", "erased", "released", "deferred")
            counted = (len(rows), *(states[name] for name in names))
            found.wrong_figures += found.note(
                f"shares whose figures are wrong: {figures} for {counted}",
                int(figures != counted),
                member.slug,
            )
    return found


def _judge_one(found: Judgement, stage: Stage, member: Member, rows: Sequence[tuple[Any, ...]]) -> None:
    got = stage.telegram.received(member.token, containing=SIGN)
    numbers = {
        said.chat_id: said.message_id for said in stage.telegram.record(member.token) if SIGN in said.text
    }
    by_state: dict[str, set[int]] = {}
    for chat, state, _, _ in rows:
        by_state.setdefault(state, set()).add(chat)
    sent, unknown = by_state.get("sent", set()), by_state.get("unknown", set())
    twice = [chat for chat, count in got.items() if count > 1]
    missing, stray = sent - got.keys(), got.keys() - sent - unknown
    still_open = [row for row in rows if row[1] in OUTSTANDING]
    mute = [row for row in rows if row[1] not in OUTSTANDING | {"sent"} and not row[2]]
    wrong = [row for row in rows if row[1] == "sent" and numbers.get(row[0]) != row[3]]
    found.recipients += len(rows)
    found.received += len(got)
    found.by_state.update({state: len(chats) for state, chats in by_state.items()})
    found.twice += found.note("got it more than once", len(twice), twice[:1])
    found.not_received += found.note(
        "are sent by the ledger and got nothing", len(missing), list(missing)[:1]
    )
    found.not_in_ledger += found.note(
        "got it and are neither sent nor unknown", len(stray), [row for row in rows if row[0] in stray][:1]
    )
    found.open += found.note("are still open", len(still_open), still_open[:1])
    found.without_reason += found.note("were not sent for no reason", len(mute), mute[:1])
    found.wrong_number += found.note("are kept with another message id", len(wrong), wrong[:1])


def _show(found: Judgement, total: int, took: float, schedule: Sequence[str]) -> None:
    table(
        f"{total} recipients, {took:.0f} s, {len(schedule)} times kill -9: {dict(Counter(schedule))}",
        ["promise", "measured", "target", "verdict"],
        [
            ["in the ledger", found.recipients, total, verdict(found.recipients == total)],
            ["received twice", found.twice, 0, verdict(not found.twice)],
            ["sent by the ledger, not received", found.not_received, 0, verdict(not found.not_received)],
            [
                "received, neither sent nor unknown by the ledger",
                found.not_in_ledger,
                0,
                verdict(not found.not_in_ledger),
            ],
            ["still open", found.open, 0, verdict(not found.open)],
            ["neither sent nor with a reason", found.without_reason, 0, verdict(not found.without_reason)],
            ["figures of shares that are wrong", found.wrong_figures, 0, verdict(not found.wrong_figures)],
        ],
    )
    table(
        "The ledger",
        ["state", "recipients"],
        [*map(list, found.by_state.most_common()), ["received", found.received]],
    )
    if found.recipients != total:
        found.faults.append(f"{found.recipients} of {total} are in the ledger")
    for fault in found.faults[:20]:
        say(f"  fault: {fault}")


def _child(stage: Stage, name: str, *arguments: str) -> Child:
    program = stage.python(name, *arguments, role="runtime", stop_seconds=20)
    ports = {"CELERY_METRICS_PORT": str(free_port()), "BROADCAST_SWEEP_SCHEDULE": "3"}
    return Child(replace(program, env={**program.env, **ports}), stage.folder)
