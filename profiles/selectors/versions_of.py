from __future__ import annotations

from itertools import pairwise
from uuid import UUID

from profiles.contracts import VersionLine
from profiles.differences import differences
from profiles.models import ProfileVersion


def versions_of(*, bot_id: UUID, profile_id: UUID, limit: int = 20) -> list[VersionLine]:
    """The latest versions of a person's summary, newest first, each with what differs from the one before it."""
    rows = ProfileVersion.objects.for_bot(bot_id).filter(profile_id=profile_id).select_related("author")
    # One more than is shown: the last one shown differs from it.
    versions: list[ProfileVersion | None] = [*rows.order_by("-number")[: limit + 1]]
    if len(versions) <= limit:
        versions.append(None)
    return [_line(version, before) for version, before in pairwise(versions) if version is not None]


def _line(version: ProfileVersion, before: ProfileVersion | None) -> VersionLine:
    streams = tuple(map(str, version.streams))
    known = tuple(map(str, before.streams)) if before else ()
    return VersionLine(
        id=version.id,
        number=version.number,
        summary=version.psychological_summary,
        streams=streams,
        what_changed=version.what_changed,
        origin=version.origin,
        author=version.author.get_username() if version.author else "",
        created_at=version.created_at,
        # Of the first everything is new, which says nothing.
        changes=differences(before.psychological_summary, version.psychological_summary) if before else (),
        streams_added=tuple(each for each in streams if each not in known) if before else (),
        streams_removed=tuple(each for each in known if each not in streams),
    )
