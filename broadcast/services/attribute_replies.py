from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import UUID

from broadcast.figures import count_in
from broadcast.models import BroadcastShare
from broadcast.statements import SQL
from core.clock import clock

# What somebody says or taps within this time is an answer to the broadcast that they got last.
ATTRIBUTED = timedelta(hours=72)
# What was written while the last look was under way is looked at again.
_OVERLAP = timedelta(minutes=2)


def attribute_replies(*, bot_id: UUID) -> int:
    """Note who has answered a broadcast since the last look; how many. Its cost follows those who were seen since."""
    now = clock.now()
    # One for whom the time is over must still be looked at once after it.
    lately = BroadcastShare.objects.for_bot(bot_id).filter(
        last_sent_at__gt=now - ATTRIBUTED - timedelta(days=1)
    )
    looks = list(
        lately.order_by("broadcast_id").values_list("broadcast_id", "first_sent_at", "replies_until")
    )
    starts = [start for _, first, until in looks if (start := until or first) is not None]
    if not starts:
        return 0
    rows = SQL["replies"].rows(
        {
            "bot_id": bot_id,
            "since": min(starts) - _OVERLAP,
            "not_before": now - ATTRIBUTED - timedelta(days=1),
            "window": ATTRIBUTED,
        }
    )
    counts = Counter(row.broadcast_id for row in rows)
    # Each share once, in the order in which all others lock them, too.
    for broadcast_id in sorted({*counts, *(each for each, *_ in looks)}):
        count_in(bot_id, broadcast_id, {"replied": counts[broadcast_id]}, replies_until=now)
    return len(rows)
