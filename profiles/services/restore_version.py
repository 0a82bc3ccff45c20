from __future__ import annotations

from uuid import UUID

from core.clock import clock
from events.services.record_event import record_event
from profiles.models import Profile, ProfileVersion
from profiles.services.keep_portrait import add_version


def restore_version(*, bot_id: UUID, profile_id: UUID, version_id: UUID, author_id: int | None) -> bool:
    """Put an earlier summary in force again, as a new version. False where there is no such version of theirs."""
    version = ProfileVersion.objects.for_bot(bot_id).filter(profile_id=profile_id, id=version_id).first()
    if version is None:
        return False
    return _put(
        bot_id=bot_id,
        profile_id=profile_id,
        summary=version.psychological_summary,
        streams=list(version.streams),
        origin="restored",
        author_id=author_id,
    )


def edit_summary(*, bot_id: UUID, profile_id: UUID, summary: str, author_id: int | None) -> bool:
    """Staff write a person's summary themselves; what was before stays as a version."""
    person = Profile.objects.for_bot(bot_id).filter(id=profile_id).first()
    if person is None:
        return False
    return _put(
        bot_id=bot_id,
        profile_id=profile_id,
        summary=summary.strip(),
        streams=list(person.streams),
        origin="staff",
        author_id=author_id,
    )


def _put(
    *,
    bot_id: UUID,
    profile_id: UUID,
    summary: str,
    streams: list[str],
    origin: str,
    author_id: int | None,
) -> bool:
    person = Profile.objects.for_bot(bot_id).select_for_update().filter(id=profile_id).first()
    if person is None:
        return False
    number = add_version(
        person, summary=summary, streams=streams, what_changed="", origin=origin, author_id=author_id
    )
    person.psychological_summary, person.streams = summary, streams
    person.profile_updated_at = clock.now()
    person.save(update_fields=["psychological_summary", "streams", "profile_updated_at"])
    record_event(
        bot_id=bot_id,
        kind="profile.updated",
        profile_id=profile_id,
        payload={"fields": ["psychological_summary", "streams"], "version": number, "origin": origin},
    )
    return True
