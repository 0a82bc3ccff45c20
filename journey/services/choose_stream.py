from __future__ import annotations

from uuid import UUID

from core.clock import clock
from events.services.record_event import record_event
from journey.models import Readiness
from profiles.models import Stream
from profiles.services.set_marker import set_marker


def choose_stream(*, bot_id: UUID, profile_id: UUID, slug: str, correlation_id: str = "") -> bool:
    """The person is interested in a stream: a marker, and the readiness that led to it. False if it is not offered."""
    if not Stream.objects.filter(slug=slug, is_offered=True).exists():
        return False
    set_marker(bot_id=bot_id, profile_id=profile_id, name="interested_stream", value=slug)
    latest = Readiness.objects.for_bot(bot_id).filter(profile_id=profile_id).order_by("-created_at").first()
    if latest is not None:
        latest.chosen, latest.chosen_at = slug, clock.now()
        latest.save(update_fields=["chosen", "chosen_at"])
    record_event(
        bot_id=bot_id,
        kind="stream.chosen",
        profile_id=profile_id,
        payload={"stream": slug},
        correlation_id=correlation_id,
    )
    return True
