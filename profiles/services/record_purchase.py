from __future__ import annotations

from uuid import UUID

from events.services.record_event import record_event
from profiles.models import Profile, Stream
from profiles.services.mark_funnel import mark_funnel


def record_purchase(*, bot_id: UUID, profile_id: UUID, slug: str, correlation_id: str = "") -> bool:
    """A person has joined a stream: noted once per stream. False where the stream or the person does not exist."""
    person = Profile.objects.for_bot(bot_id).select_for_update(no_key=True).filter(id=profile_id).first()
    if person is None or not Stream.objects.filter(slug=slug).exists():
        return False
    known = person.markers.get("purchased_streams")
    purchased = [str(each) for each in known] if isinstance(known, list) else []
    if slug not in purchased:
        person.markers = {**person.markers, "purchased_streams": [*purchased, slug]}
        person.save(update_fields=["markers"])
        record_event(
            bot_id=bot_id,
            kind="stream.purchased",
            profile_id=profile_id,
            payload={"stream": slug},
            correlation_id=correlation_id,
        )
    mark_funnel(bot_id=bot_id, profile_id=profile_id, flag="purchased_stream", correlation_id=correlation_id)
    return True
