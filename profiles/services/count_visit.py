from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from core.clock import clock
from events.services.record_event import record_event
from profiles.knowledge import locked_person
from profiles.models import ActivityLog
from profiles.services.log_activity import log_activity
from profiles.services.mark_funnel import mark_funnel

# An impatient finger is one visit, and nobody fills the log by asking for a link again and again.
_ONE_VISIT = timedelta(minutes=1)
_KIND = "platform_visit"


def count_visit(*, bot_id: UUID, profile_id: UUID, stream: str = "") -> bool:
    """Somebody followed their link to the platform; whether it counts.

    It does not where the person was erased or does not agree any more, nor twice within a minute.
    """
    if locked_person(bot_id=bot_id, profile_id=profile_id) is None:
        return False
    just_now = ActivityLog.objects.for_bot(bot_id).filter(
        profile_id=profile_id, kind=_KIND, created_at__gt=clock.now() - _ONE_VISIT
    )
    details = {"stream": stream} if stream else {}
    if just_now.filter(details=details).exists():
        return False
    log_activity(bot_id=bot_id, profile_id=profile_id, kind=_KIND, details=details)
    record_event(bot_id=bot_id, kind="platform.visited", profile_id=profile_id, payload=details)
    mark_funnel(bot_id=bot_id, profile_id=profile_id, flag="visited_platform")
    return True
