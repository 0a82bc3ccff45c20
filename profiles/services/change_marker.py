from __future__ import annotations

from uuid import UUID

from django.db import transaction

from events.services.record_event import record_event
from profiles.knowledge import locked_person
from profiles.markers import marker_name, marker_value
from profiles.models import Stream


def change_marker(*, bot_id: UUID, profile_id: UUID, name: str, value: str, author_id: int) -> bool:
    """Staff set a marker of a person, or remove it with an empty value; False where nothing is new.

    Raises ProfileError for a name or a value that cannot be.
    """
    name = marker_name(name)
    with transaction.atomic():
        person = locked_person(bot_id=bot_id, profile_id=profile_id)
        if person is None:
            return False
        streams = Stream.objects.values_list("slug", flat=True)
        fit = marker_value(name, value, known=person.markers, streams=set(streams))
        markers = {key: held for key, held in person.markers.items() if key != name}
        if fit:
            markers[name] = fit
        if markers == person.markers:
            return False
        person.markers = markers
        person.save(update_fields=["markers"])
        record_event(
            bot_id=bot_id,
            kind="profile.marker_set" if fit else "profile.marker_removed",
            profile_id=profile_id,
            # The name alone: a value may be something that the person said.
            payload={"marker": name, "by": author_id},
        )
    return True
