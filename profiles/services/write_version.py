from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Max

from core.clock import clock
from core.ids import new_id
from events.services.record_event import record_event
from profiles.models import Profile, ProfileVersion
from profiles.plain import plain_line


def write_version(
    *,
    person: Profile,
    summary: str,
    streams: Sequence[str],
    origin: str,
    what_changed: str = "",
    run_id: UUID | None = None,
    author_id: int | None = None,
    fields: Sequence[str] = (),
) -> list[str]:
    """Put a summary and streams in force for a person whose row the caller has locked; names of what changed.

    A state that differs is the next version; one that was there before versions were kept becomes the first. The
    profile counts as refreshed either way. `fields` are other columns that the caller has changed, for the event.
    """
    now = clock.now()
    new = {"psychological_summary": summary, "streams": list(streams)}
    changed = [name for name, value in new.items() if getattr(person, name) != value]
    number = _number(person) if changed else None
    for name in changed:
        setattr(person, name, new[name])
    person.profile_updated_at = now
    person.save(update_fields=[*changed, "profile_updated_at"])
    if number is not None:
        _write(
            person,
            number,
            what_changed=plain_line(what_changed, 600),
            origin=origin,
            run_id=run_id,
            author_id=author_id,
            created_at=now,
        )
    changed += fields
    record_event(
        bot_id=person.bot_id,
        kind="profile.updated",
        profile_id=person.id,
        payload={
            "fields": changed,
            "version": number,
            "origin": origin,
            **({"by": author_id} if author_id is not None else {}),
        },
    )
    return changed


def _number(person: Profile) -> int:
    """The number of the next version, after what was there before the first is kept too."""
    versions = ProfileVersion.objects.for_bot(person.bot_id).filter(profile_id=person.id)
    latest = versions.aggregate(latest=Max("number"))["latest"]
    if latest is None and person.psychological_summary:
        # Nobody knows who wrote it.
        _write(person, 1, origin="", created_at=person.profile_updated_at or person.created_at)
        latest = 1
    return (latest or 0) + 1


def _write(person: Profile, number: int, **fields: object) -> None:
    ProfileVersion(
        id=new_id(),
        bot_id=person.bot_id,
        profile_id=person.id,
        number=number,
        psychological_summary=person.psychological_summary,
        streams=list(person.streams),
        **fields,
    ).save(force_insert=True)
