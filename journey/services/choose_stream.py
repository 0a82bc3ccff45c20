from __future__ import annotations

from uuid import UUID

from core.clock import clock
from events.services.record_event import record_event
from journey.models import Readiness
from profiles.models import Profile, Stream
from profiles.services.set_marker import set_marker

MARKER = "interested_stream"


def choose_stream(*, bot_id: UUID, profile_id: UUID, slug: str, correlation_id: str = "") -> bool:
    """The person is interested in a stream: a marker, and the readiness that led to it.

    False, and nothing happens, if it is not offered, or the person is gone. Choosing it again changes nothing.
    """
    if not Stream.objects.filter(slug=slug, is_offered=True).exists():
        return False
    people = Profile.objects.for_bot(bot_id).select_for_update(no_key=True).filter(id=profile_id)
    markers = people.values_list("markers", flat=True).first()
    if markers is None:
        return False
    rows = Readiness.objects.for_bot(bot_id).filter(profile_id=profile_id).order_by("-created_at", "-id")
    latest = rows.values_list("id", "chosen").first()
    if markers.get(MARKER) == slug and (latest is None or latest[1] == slug):
        return True
    set_marker(bot_id=bot_id, profile_id=profile_id, name=MARKER, value=slug)
    if latest is not None:
        chosen = Readiness.objects.for_bot(bot_id).filter(id=latest[0])
        chosen.update(chosen=slug, chosen_at=clock.now())
    record_event(
        bot_id=bot_id,
        kind="stream.chosen",
        profile_id=profile_id,
        payload={"stream": slug},
        correlation_id=correlation_id,
    )
    return True
