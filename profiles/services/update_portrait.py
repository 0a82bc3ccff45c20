from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from core.clock import clock
from events.services.record_event import record_event
from profiles.models import Profile


def update_portrait(
    *, bot_id: UUID, profile_id: UUID, metaphysical: Mapping[str, object] | None = None, **found: object
) -> None:
    """Write what a session found out into the person's profile; empty findings leave what was known before.

    `found` are fields of the profile: psychotype, strengths, challenges, journey_stage.
    """
    changes: dict[str, object] = {name: value for name, value in found.items() if value}
    if metaphysical is not None:
        changes["metaphysical_profile"] = dict(metaphysical)
    Profile.objects.for_bot(bot_id).filter(id=profile_id).update(**changes, profile_updated_at=clock.now())
    record_event(
        bot_id=bot_id, kind="profile.updated", profile_id=profile_id, payload={"fields": sorted(changes)}
    )
