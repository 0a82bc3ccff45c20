from __future__ import annotations

import hashlib
from uuid import UUID

from django.utils.translation import gettext as _

from profiles.errors import ProfileError
from profiles.knowledge import locked_person
from profiles.models import ProfileVersion
from profiles.plain import plain_text
from profiles.services.keep_portrait import LONGEST_SUMMARY, offered
from profiles.services.write_version import write_version


def restore_version(*, bot_id: UUID, profile_id: UUID, version_id: UUID, author_id: int | None) -> bool:
    """Put an earlier summary in force again, as a new version; its streams as far as they are still offered.

    False where there is no such version of theirs, or where it says what holds anyway.
    """
    person = locked_person(bot_id=bot_id, profile_id=profile_id)
    versions = ProfileVersion.objects.for_bot(bot_id).filter(profile_id=profile_id, id=version_id)
    version = versions.first() if person else None
    if person is None or version is None:
        return False
    streams = offered(version.streams)
    if (person.psychological_summary, person.streams) == (version.psychological_summary, streams):
        return False
    write_version(
        person=person,
        summary=version.psychological_summary,
        streams=streams,
        # Which one it was, for whoever reads the list.
        what_changed=f"v{version.number}",
        origin="restored",
        author_id=author_id,
    )
    return True


def edit_summary(
    *, bot_id: UUID, profile_id: UUID, summary: str, author_id: int | None, seen: str | None = None
) -> bool:
    """Staff write a person's summary themselves; what was before stays as a version. False where nothing is new.

    `seen` is the digest of the summary that they began with: raises ProfileError `summary_changed` where another
    holds by now.
    """
    person = locked_person(bot_id=bot_id, profile_id=profile_id)
    said = plain_text(summary, LONGEST_SUMMARY)
    if person is None or said == person.psychological_summary:
        return False
    if seen is not None and summary_digest(person.psychological_summary) != seen:
        raise ProfileError("summary_changed", _("Somebody has changed the summary meanwhile."))
    write_version(
        person=person, summary=said, streams=list(person.streams), origin="staff", author_id=author_id
    )
    return True


def summary_digest(summary: str) -> str:
    """What tells one summary from another, for a form that has been open for a while."""
    return hashlib.sha256(summary.encode()).hexdigest()[:32]
