from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from core.clock import clock
from mailbox.contracts import Claimed, Hand, Haul
from mailbox.statements import SQL

# How many messages in a row are answered together at most.
LONGEST_BURST = 10


def claim(*, hand: Hand, busy: Collection[int], lanes: int, burst_wait: float) -> Haul:
    """Take the heads of up to `lanes` free lanes in hand, each with the burst that it begins, oldest first.

    `busy` are the lanes in hand already. Free text waits `burst_wait` seconds for what follows it, three times
    as long at most.
    """
    now, scan = clock.now(), max(200, lanes * 4)
    rows = SQL["claim"].rows(
        {
            "bot_id": hand.bot_id,
            "epoch": hand.epoch,
            "busy": list(busy),
            "lanes": lanes,
            "scan": scan,
            "burst": LONGEST_BURST,
            "now": now,
            "patience": now - timedelta(seconds=3 * burst_wait),
        }
    )
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
