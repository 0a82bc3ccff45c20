from __future__ import annotations

from uuid import UUID

from bots.models import Bot
from core.tenancy import in_bot
from events.services.record_event import record_event
from profiles.models import Profile, Stream
from profiles.platform import PlatformVisit
from profiles.services.log_activity import log_activity
from profiles.services.mark_funnel import mark_funnel


def count_visit(*, visit: PlatformVisit) -> None:
    """Somebody followed their link to the platform; who was erased meanwhile is nobody."""
    with in_bot(visit.bot_id):
        people = Profile.objects.for_bot(visit.bot_id).filter(id=visit.profile_id, consented_at__isnull=False)
        if not people.exists():
            return
        details = {"stream": visit.stream} if visit.stream else {}
        log_activity(bot_id=visit.bot_id, profile_id=visit.profile_id, kind="platform_visit", details=details)
        record_event(
            bot_id=visit.bot_id, kind="platform.visited", profile_id=visit.profile_id, payload=details
        )
        mark_funnel(bot_id=visit.bot_id, profile_id=visit.profile_id, flag="visited_platform")


def address_of(*, bot_id: UUID, stream: str) -> str:
    """Where a link leads: the stream's own page, else the bot's platform; "" where there is neither."""
    page = Stream.objects.filter(slug=stream, is_offered=True).values_list("url", flat=True).first()
    platform = Bot.objects.filter(id=bot_id).values_list("platform_url", flat=True).first()
    address = page or platform or ""
    return address if address.startswith(("https://", "http://")) else ""
