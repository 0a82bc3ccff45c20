from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from core.clock import clock
from mailbox.contracts import JOB_LANES, Claimed, Hand, Haul
from mailbox.statements import SQL

# How many messages in a row are answered together at most.
LONGEST_BURST = 10
# Work of our own that may be under way at once: each of it holds a lane for as long as its model thinks.
MOST_JOBS = 8
# How often a claim looks on behind rows of which it can take none: what waits far behind is found a little later.
MOST_LOOKS = 10


def claim(
    *,
    hand: Hand,
    busy: Collection[int],
    lanes: int,
    burst_wait: float,
    most_jobs: int = MOST_JOBS,
    most_texts: int | None = None,
) -> Haul:
    """Take the heads of up to `lanes` free lanes in hand, each with the burst that it begins, oldest first.

    `busy` are the lanes in hand already. Free text waits `burst_wait` seconds for what follows it, three times
    as long at most. People come before work of our own, of which `most_jobs` are in hand at once at most.
    No more than `most_texts` of the lanes begin with free text.
    """
    now, scan = clock.now(), max(200, lanes * 4)
    look: dict[str, Any] = {
        "bot_id": hand.bot_id,
        "epoch": hand.epoch,
        "busy": list(busy),
        "after": 0,
        "lanes": lanes,
        "job_lanes": JOB_LANES,
        "job_room": max(0, most_jobs - sum(lane >= JOB_LANES for lane in busy)),
        "text_room": lanes if most_texts is None else most_texts,
        "scan": scan,
        "burst": LONGEST_BURST,
        "now": now,
        "patience": now - timedelta(seconds=3 * burst_wait),
    }
    for _ in range(MOST_LOOKS):
        rows = SQL["claim"].rows(look)
        if rows:
            break
        # Rows that cannot be taken yet must not hide those behind them.
        (passed,) = SQL["passed_over"].rows(look)
        if passed.seen < scan:
            break
        look["busy"], look["after"] = look["busy"] + passed.lanes, passed.upto
    bursts: dict[int, list[Claimed]] = {}
    in_lane: dict[int, int] = {}
    for *row, lane_rows, _ in sorted(rows, key=lambda each: each.seq):
        taken = Claimed(*row)
        bursts.setdefault(taken.lane, []).append(taken)
        in_lane[taken.lane] = lane_rows
    return Haul(
        bursts=list(bursts.values()),
        followed=frozenset(lane for lane, burst in bursts.items() if in_lane[lane] > len(burst)),
        is_cut=any(row.seen >= scan for row in rows),
    )
