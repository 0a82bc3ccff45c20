from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.clock import clock
from events.services.record_event import record_event
from profiles.errors import ProfileError
from profiles.knowledge import locked_person
from profiles.services.mark_funnel import Flag


def set_flags(*, bot_id: UUID, profile_id: UUID, flags: Mapping[Flag, bool], author_id: int) -> bool:
    """Staff put right how far a person has come; flags that are not named stay. False where nothing is new.

    Raises ProfileError `flags` for somebody who would have completed a journey that they never started.
    """
    with transaction.atomic():
        person = locked_person(bot_id=bot_id, profile_id=profile_id)
        if person is None:
            return False
        changed = [flag for flag, value in flags.items() if getattr(person, f"has_{flag}") != value]
        for flag in changed:
            setattr(person, f"has_{flag}", flags[flag])
            setattr(person, f"{flag}_at", clock.now() if flags[flag] else None)
        if person.has_completed_journey and not person.has_started_journey:
            raise ProfileError("flags", _("A journey that was not started cannot be completed."))
        if not changed:
            return False
        person.save(update_fields=[name for flag in changed for name in (f"has_{flag}", f"{flag}_at")])
        record_event(
            bot_id=bot_id,
            kind="profile.flags_set",
            profile_id=profile_id,
            payload={"flags": {flag: flags[flag] for flag in changed}, "by": author_id},
        )
    return True
