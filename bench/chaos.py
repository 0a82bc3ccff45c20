"""Kills everything at random while people write, and judges what became of each message.

`python bench/chaos.py` also restarts single bots under load. PostgreSQL writes every commit to disk here.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.judgement import Judgement, Offered, judge
from bench.report import parser, percentile, say, table, verdict, write
from bench.stage import Stage, open_stage

if TYPE_CHECKING:
    from uuid import UUID

    from bench.crowd import Member

KINDS = ("worker", "supervisor", "postgres", "valkey")
# So many updates leave at once, and so many seconds lie between two such handfuls.
HANDFUL_SECONDS = 0.1
# An answer must come so soon after a kill, or the product counts as dead.
LONGEST_SILENCE = 90.0
# A delay that a restart of another bot may not cause, seconds.
LONGEST_DELAY = 1.0
# Of a kill's share of updates, so much comes at once, and so many seconds later at most the blow falls.
AT_ONCE = 0.3
LONGEST_AIM = 0.4


class Crowd:
    """Offers updates to all bots in turn and remembers each."""

    def __init__(
        self, stage: Stage, members: Sequence[Member], update: Callable[[int], dict[str, Any]]
    ) -> None:
        self._telegram = stage.telegram
        self._members = members
        self._update = update
        self._chance = random.Random(4)
        self.offered: dict[str, list[Offered]] = {each.token: [] for each in members}

    def write(self, count: int) -> None:
        """So many people, picked at random, write one message each; some of them twice in a row."""
        batches: dict[str, list[dict[str, Any]]] = {}
        for _ in range(count):
            member = self._chance.choice(self._members)
            batches.setdefault(member.token, []).append(self._update(self._chance.choice(member.chats)))
        for token, updates in batches.items():
            self._offer(token, updates)

    def write_to(self, token: str, chat_id: int) -> None:
        """This person writes one message to this bot."""
        self._offer(token, [self._update(chat_id)])

    def _offer(self, token: str, updates: list[dict[str, Any]]) -> None:
        ids = self._telegram.offer(token, updates)
        for update_id, each in zip(ids, updates, strict=True):
            message = each["message"]
            self.offered[token].append(Offered(update_id, message["chat"]["id"], message["text"]))

    @property
    def count(self) -> int:
        return sum(map(len, self.offered.values()))


def main() -> int:
    options = parser(__doc__ or "")
    options.add_argument("--updates", type=int, default=10_000, help="at least so many")
    options.add_argument("--bots", type=int, default=10)
    options.add_argument("--chats", type=int, default=20, help="people a bot")
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--pause", type=float, default=6.5, help="seconds between kills, about")
    options.add_argument("--seed", type=int, default=None, help="of the order and the moments of kills")
    options.add_argument("--only", choices=["restarts", "kills"])
    given = options.parse_args()
    seed = given.seed if given.seed is not None else random.randrange(10_000)
    figures: dict[str, Any] = {"bench": "chaos", "seed": seed, "is_met": True}
    with open_stage(keep_logs=given.logs) as stage:
        stage.enter_django()
        for part, run in (("restarts", run_restarts), ("kills", run_kills)):
            if given.only in (None, part):
                figures[part] = run(stage, given, random.Random(seed))
                figures["is_met"] = figures["is_met"] and figures[part]["is_met"]
    write(given.json, figures)
    return 0 if figures["is_met"] else 1


def run_kills(stage: Stage, given: Any, chance: random.Random) -> dict[str, Any]:
    """kill -9 of everything, evenly over the run, each after the recovery from the one before."""
    members, crowd = _gather(stage, name="killed", bots=given.bots, people=given.chats)
    schedule = [KINDS[number % len(KINDS)] for number in range(given.kills)]
    chance.shuffle(schedule)
    say(f"{given.updates} updates over {given.bots} bots, kills: {' '.join(schedule)}")
    share = given.updates // (given.kills + 1)
    handful = max(1, round(share / given.pause * HANDFUL_SECONDS))
    started, kills = time.time(), []
    for number, kind in enumerate(schedule, 1):
        evenly = int(chance.uniform(0.1, 0.5) * share)
        _write_until(crowd, (number - 1) * share + evenly, handful)
        # The blow falls while as many as possible are in hand, at any moment of their walk.
        crowd.write(int(AT_ONCE * share))
        time.sleep(chance.uniform(0, LONGEST_AIM))
        at = time.time()
        _kill(
            stage,
            members,
            kind,
            lambda: crowd.write(handful),
        )
        kills.append((kind, at))
        say(
            f"  {at - started:6.1f} s  kill {number}: {kind}, all bots answer again after {time.time() - at:.1f} s"
        )
        _write_until(crowd, number * share, handful)
    _write_until(crowd, given.updates, handful)
    is_settled = _settle(stage, members, crowd.count)
    took = time.time() - started
    stage.stop_runbots()
    found = _judge(stage, members, crowd)
    silences = _silences(stage, members, kills)
    _show_kills(found, silences, took)
    return {
        "is_met": found.is_true and is_settled,
        "updates": found.updates,
        "turns": found.turns,
        "kills": dict(Counter(schedule)),
        "seconds": took,
        "silences_seconds": {kind: [round(each, 2) for each in there] for kind, there in silences.items()},
        "handled_exactly_once": found.handled_once,
        "order_broken": found.out_of_order,
        "replies": found.replies,
        "replies_lost": found.lost,
        "sent_again": found.resent,
        "repeats_seen": found.repeats,
        "repeated_more_than_once": found.repeated_more_than_once,
        "buried": found.buried,
        "faults": found.faults[:100],
    }


def run_restarts(stage: Stage, given: Any, _chance: random.Random) -> dict[str, Any]:
    """One bot after the other is restarted while people write to all of them at an even pace."""
    from bench.crowd import retire  # noqa: PLC0415 - after Stage.enter_django
    from bots.services.restart_bot import restart_bot  # noqa: PLC0415

    rate, calm, restarts, gap = 50, 10.0, 8, 3.0
    seconds = calm + restarts * gap
    members, crowd = _gather(
        stage, name="restarted", bots=given.bots, people=int(rate * seconds / given.bots) + 1
    )
    # Each person writes once, so that every answer belongs to one message.
    queue = [
        (each.token, chat)
        for chats in zip(*(m.chats for m in members), strict=True)
        for each, chat in zip(members, chats, strict=True)
    ]
    say(f"{rate} updates a second over {given.bots} bots; {restarts} restarts of single bots")
    started, sent = time.monotonic(), 0
    restarted: list[tuple[Member, float]] = []
    while sent < len(queue):
        now = time.monotonic() - started
        if len(restarted) < restarts and now > calm + len(restarted) * gap:
            victim = members[len(restarted) % len(members)]
            restart_bot(bot_id=victim.id)
            restarted.append((victim, time.time()))
        while sent < len(queue) and sent < now * rate:
            token, chat = queue[sent]
            crowd.write_to(token, chat)
            sent += 1
        time.sleep(0.005)
    is_settled = _settle(stage, members, sent)
    stage.stop_runbots()
    retire(members)
    found = _judge(stage, members, crowd)
    return _show_restarts(stage, members, restarted, found, is_settled=is_settled, gap=gap)


def _gather(stage: Stage, *, name: str, bots: int, people: int) -> tuple[list[Member], Crowd]:
    from bench import crowd  # noqa: PLC0415 - it needs the models

    members = crowd.gather(stage, name=name, bots=bots, people=people)
    stage.start_runbots([each.token for each in members])
    return members, Crowd(stage, members, crowd.update)


def _write_until(crowd: Crowd, count: int, handful: int) -> None:
    while crowd.count < count:
        crowd.write(min(handful, count - crowd.count))
        time.sleep(HANDFUL_SECONDS)


def _kill(stage: Stage, members: Sequence[Member], kind: str, write_on: Callable[[], None]) -> None:
    """Kill one part, bring it back as its keeper would; return when each bot answers again.

    Raises TimeoutError.
    """
    epochs = _epochs(stage) if kind != "postgres" else {}
    if kind == "worker":
        for each in stage.runbots.offspring():
            each.kill()
    elif kind == "supervisor":
        stage.runbots.kill()
        stage.runbots.start()
    elif kind == "postgres":
        stage.postgres.kill(with_offspring=True)
        stage.restart_postgres()
    else:
        stage.valkey.kill()
        stage.restart_valkey()
    if kind in ("worker", "supervisor"):
        # Those that the dead one's worker still answers are no sign of the new one's life.
        _await(lambda: all(_epochs(stage)[each.id] > epochs[each.id] for each in members), kind, write_on)
    before = stage.telegram.answers()
    _await(
        lambda: all(stage.telegram.answers()[each.token] > before[each.token] for each in members),
        kind,
        write_on,
    )


def _await(is_so: Callable[[], bool], kind: str, write_on: Callable[[], None]) -> None:
    until = time.monotonic() + LONGEST_SILENCE
    while not is_so():
        if time.monotonic() > until:
            message = f"not all bots answer {LONGEST_SILENCE:.0f} s after a kill of {kind}"
            raise TimeoutError(message)
        write_on()
        time.sleep(HANDFUL_SECONDS)


def _epochs(stage: Stage) -> dict[UUID, int]:
    with stage.connect() as owner:
        return dict(owner.execute("SELECT bot_id, lease_epoch FROM bot_statuses").fetchall())


def _settle(stage: Stage, members: Sequence[Member], updates: int, seconds: float = 180.0) -> bool:
    """Wait until nothing is open any more; False when something stays open."""
    query = (
        "SELECT (SELECT count(*) FROM inbound_updates"
        "  WHERE bot_id = ANY (%(bots)s) AND settled_at IS NOT NULL AND update_id IS NOT NULL),"
        " (SELECT count(*) FROM outbound_messages WHERE bot_id = ANY (%(bots)s) AND settled_at IS NULL)"
    )
    bots = {"bots": [each.id for each in members]}
    with stage.connect() as owner:
        try:
            stage.wait_until(
                lambda: owner.execute(query, bots).fetchone() == (updates, 0), seconds, "still open"
            )
        except TimeoutError:
            return False
    return True


def _silences(
    stage: Stage, members: Sequence[Member], kills: Sequence[tuple[str, float]]
) -> dict[str, list[float]]:
    """The longest time without any answer between each kill and the next, by what was killed, in seconds."""
    answered = sorted(
        said.at for each in members for said in stage.telegram.record(each.token) if said.is_answer
    )
    found: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for (kind, at), (_, until) in zip(kills, [*kills[1:], ("", answered[-1])], strict=True):
        moments = [at, *(each for each in answered if at < each <= until)]
        found[kind].append(max((late - early for early, late in pairwise(moments)), default=0.0))
    return found


def _judge(stage: Stage, members: Sequence[Member], crowd: Crowd) -> Judgement:
    found = Judgement()
    with stage.connect() as owner:
        for each in members:
            found.add(judge(owner, each.id, crowd.offered[each.token], stage.telegram.record(each.token)))
    return found


def _show_kills(found: Judgement, silences: dict[str, list[float]], took: float) -> None:
    table(
        f"{found.updates} updates in {found.turns} turns, {took:.0f} s, "
        f"{sum(map(len, silences.values()))} times kill -9",
        ["killed", "times", "longest silence after it, median s", "at most, s"],
        [[kind, len(each), percentile(each, 0.5), max(each, default=0.0)] for kind, each in silences.items()],
    )
    table(
        "What became of the updates",
        ["promise", "measured", "target", "verdict"],
        [
            [
                "handled exactly once",
                found.handled_once,
                found.updates,
                verdict(found.handled_once == found.updates),
            ],
            ["chats or replies out of order", found.out_of_order, 0, verdict(not found.out_of_order)],
            [f"replies lost (of {found.replies})", found.lost, 0, verdict(not found.lost)],
            [
                "replies seen twice",
                found.repeats,
                f"<= {found.resent} in flight",
                verdict(found.repeats <= found.resent),
            ],
            [
                "replies seen more often",
                found.repeated_more_than_once,
                0,
                verdict(not found.repeated_more_than_once),
            ],
            ["buried", found.buried, 0, verdict(not found.buried)],
        ],
    )
    for fault in found.faults[:20]:
        say(f"  fault: {fault}")


def _show_restarts(
    stage: Stage,
    members: Sequence[Member],
    restarted: Sequence[tuple[Member, float]],
    found: Judgement,
    *,
    is_settled: bool,
    gap: float,
) -> dict[str, Any]:
    calm: list[float] = []
    others: list[float] = []
    own: list[float] = []
    first = restarted[0][1]
    for member in members:
        asked: dict[int, float] = {}
        for said in stage.telegram.record(member.token):
            if not said.is_answer:
                asked[said.chat_id] = said.at
                continue
            offered = asked.pop(said.chat_id, None)
            if offered is None:
                continue
            is_own = any(victim.id == member.id and -1 < offered - at < gap for victim, at in restarted)
            (own if is_own else calm if offered < first - 1 else others).append(said.at - offered)
    is_met = found.is_true and is_settled and max(others, default=9.0) <= LONGEST_DELAY
    rows = [
        [name, len(each), *(percentile(each, share) * 1000 for share in (0.5, 0.95, 0.99, 1.0))]
        for name, each in (
            ("before any restart", calm),
            ("the other nine", others),
            ("the restarted one", own),
        )
    ]
    table(
        f"{len(restarted)} restarts of one bot among {len(members)}, {found.updates} updates: "
        f"{found.updates - found.handled_once} lost, {found.out_of_order} out of order, "
        f"{found.repeats} replies seen twice; {verdict(is_met)}",
        ["from update to answer, ms", "answers", "p50", "p95", "p99", "longest"],
        rows,
    )
    for fault in found.faults[:20]:
        say(f"  fault: {fault}")
    return {
        "is_met": is_met,
        "updates": found.updates,
        "lost": found.updates - found.handled_once,
        "restarts": len(restarted),
        "repeats_seen": found.repeats,
        "longest_delay_of_others_seconds": max(others, default=0.0),
        "longest_delay_of_restarted_seconds": max(own, default=0.0),
        "longest_delay_before_seconds": max(calm, default=0.0),
        "faults": found.faults[:100],
    }


if __name__ == "__main__":
    raise SystemExit(main())
