from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from core.clock import clock
from core.ids import new_id
from events.services.record_event import record_event
from journey.contracts import StreamReadiness
from journey.models import Readiness
from profiles.models import Profile


def keep_readiness(
    *, bot_id: UUID, profile_id: UUID, streams: Sequence[StreamReadiness], digest: str
) -> UUID | None:
    """Keep what a person is ready for now, beside what was found before; the profile holds the newest percents.

    The id of what is kept; None, and nothing happens, where the person is gone.
    """
    percents = {each.slug: each.percent for each in streams}
    # First of all: it locks the person's row, so that they are not erased in between.
    if not Profile.objects.for_bot(bot_id).filter(id=profile_id).update(readiness=percents):
        return None
    row = Readiness(
        id=new_id(),
        bot_id=bot_id,
        profile_id=profile_id,
        streams=[
            {"slug": each.slug, "percent": each.percent, "reason": each.reason, "quote": each.quote}
            for each in streams
        ],
        digest=digest,
        created_at=clock.now(),
    )
    row.save(force_insert=True)
    record_event(bot_id=bot_id, kind="readiness.analysed", profile_id=profile_id, payload=percents)
    return row.id
