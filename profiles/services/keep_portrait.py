from __future__ import annotations

from uuid import UUID

import structlog
from django.db.models import Max

from core.clock import clock
from core.ids import new_id
from events.services.record_event import record_event
from profiles.contracts import Found, NewPortrait
from profiles.findings import tidy
from profiles.models import Profile, ProfileVersion, Stream
from profiles.services.keep_findings import keep_findings

log = structlog.get_logger(__name__)


def keep_portrait(
    *, bot_id: UUID, profile_id: UUID, portrait: NewPortrait, origin: str, run_id: UUID | None = None
) -> bool:
    """Keep how a person is seen now; whether anything changed. What was before stays as a version.

    An empty summary keeps the old one. Streams that are not offered are left out. The profile counts as refreshed
    either way.
    """
    person = Profile.objects.for_bot(bot_id).select_for_update().filter(id=profile_id).first()
    if person is None:
        return False
    summary = portrait.summary.strip() or person.psychological_summary
    streams = _offered(portrait.streams)
    changed = [
        name
        for name, is_new in (
            ("psychological_summary", summary != person.psychological_summary),
            ("streams", streams != list(person.streams)),
        )
        if is_new
    ]
    number = 0
    if changed:
        _keep_first_version(person)
        number = add_version(
            person,
            summary=summary,
            streams=streams,
            what_changed=portrait.what_changed,
            origin=origin,
            run_id=run_id,
        )
    person.psychological_summary, person.streams = summary, streams
    person.chat_style = tidy(portrait.chat_style, 200) or person.chat_style
    person.personality = tidy(portrait.personality, 200) or person.personality
    person.profile_updated_at = clock.now()
    person.save(
        update_fields=[
            "psychological_summary",
            "streams",
            "chat_style",
            "personality",
            "profile_updated_at",
        ]
    )
    keep_findings(
        bot_id=bot_id,
        profile_id=profile_id,
        found=[Found("interest", each) for each in portrait.interests],
        origin="rotation",
    )
    record_event(
        bot_id=bot_id,
        kind="profile.updated",
        profile_id=profile_id,
        payload={"fields": changed, "version": number, "origin": origin},
    )
    return bool(changed)


def add_version(
    person: Profile,
    *,
    summary: str,
    streams: list[str],
    what_changed: str,
    origin: str,
    run_id: UUID | None = None,
    author_id: int | None = None,
) -> int:
    """Write the next version of a person's summary; its number. The person's row is locked by the caller."""
    versions = ProfileVersion.objects.for_bot(person.bot_id).filter(profile_id=person.id)
    number = (versions.aggregate(latest=Max("number"))["latest"] or 0) + 1
    ProfileVersion(
        id=new_id(),
        bot_id=person.bot_id,
        profile_id=person.id,
        number=number,
        psychological_summary=summary,
        streams=streams,
        what_changed=tidy(what_changed, 600),
        origin=origin,
        run_id=run_id,
        author_id=author_id,
        created_at=clock.now(),
    ).save(force_insert=True)
    return number


def _keep_first_version(person: Profile) -> None:
    """What was there before versions were kept is the first one."""
    versions = ProfileVersion.objects.for_bot(person.bot_id).filter(profile_id=person.id)
    if person.psychological_summary and not versions.exists():
        add_version(
            person,
            summary=person.psychological_summary,
            streams=list(person.streams),
            what_changed="",
            origin="rotation",
        )


def _offered(slugs: tuple[str, ...]) -> list[str]:
    offered = set(Stream.objects.filter(slug__in=slugs, is_offered=True).values_list("slug", flat=True))
    unknown = [each for each in slugs if each not in offered]
    if unknown:
        log.warning("portrait.unknown_streams", count=len(unknown))
    return [each for each in dict.fromkeys(slugs) if each in offered]
