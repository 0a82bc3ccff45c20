from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog

from profiles.contracts import Found, NewPortrait
from profiles.knowledge import locked_person
from profiles.models import Profile, Stream
from profiles.plain import plain_line, plain_text
from profiles.services.keep_findings import keep_findings
from profiles.services.write_version import write_version

log = structlog.get_logger(__name__)

LONGEST_SUMMARY = 6_000
_LONGEST_LINE = 200


def keep_portrait(
    *, bot_id: UUID, profile_id: UUID, portrait: NewPortrait, origin: str, run_id: UUID | None = None
) -> bool:
    """Keep how somebody who has consented is seen now; whether anything changed. What was before stays as a version.

    An empty summary keeps the old one. Streams that are not offered are left out, with one log event; where that
    leaves none, the old ones stay. The profile counts as refreshed either way.
    """
    person = locked_person(bot_id=bot_id, profile_id=profile_id)
    if person is None:
        return False
    kept = keep_findings(
        bot_id=bot_id,
        profile_id=profile_id,
        found=[Found("interest", each) for each in portrait.interests],
        origin="rotation",
    )
    fields = [*_keep_manner(person, portrait), *(["interests"] if kept.new else [])]
    summary = plain_text(portrait.summary, LONGEST_SUMMARY)
    changed = write_version(
        person=person,
        summary=summary or person.psychological_summary,
        streams=_streams(person, portrait, is_new=bool(summary)),
        what_changed=portrait.what_changed,
        origin=origin,
        run_id=run_id,
        fields=fields,
    )
    return bool(changed)


def _keep_manner(person: Profile, portrait: NewPortrait) -> list[str]:
    said = {
        "chat_style": plain_line(portrait.chat_style, _LONGEST_LINE),
        "personality": plain_line(portrait.personality, _LONGEST_LINE),
    }
    changed = [name for name, value in said.items() if value and getattr(person, name) != value]
    for name in changed:
        setattr(person, name, said[name])
    if changed:
        person.save(update_fields=changed)
    return changed


def _streams(person: Profile, portrait: NewPortrait, *, is_new: bool) -> list[str]:
    """None may be the answer, but not of a model that has said nothing, or named only what does not exist."""
    fitting = offered(portrait.streams)
    if len(fitting) < len(set(portrait.streams)):
        log.warning("portrait.streams_unknown", unknown=len(set(portrait.streams)) - len(fitting))
    is_answer = bool(fitting) or (is_new and not portrait.streams)
    return fitting if is_answer else list(person.streams)


def offered(slugs: Sequence[str]) -> list[str]:
    """Those of the slugs that staff offer, each once, in their order."""
    named = list(dict.fromkeys(each for each in slugs if each.isprintable()))
    known = set(Stream.objects.filter(slug__in=named, is_offered=True).values_list("slug", flat=True))
    return [each for each in named if each in known]
