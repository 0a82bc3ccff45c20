from __future__ import annotations

from uuid import UUID

from core.clock import clock
from profiles.contracts import Face, Found
from profiles.findings import ADULT
from profiles.knowledge import locked_person
from profiles.plain import plain_line
from profiles.services.keep_findings import keep_findings
from profiles.services.lift_underage import is_vouched_for
from profiles.services.link_channel import replace_channel
from profiles.services.mark_underage import mark_underage

_LONGEST_BIO = 300
_LONGEST_ID = 100
_LONGEST_FILE_ID = 200


def keep_look_up(*, bot_id: UUID, profile_id: UUID, face: Face) -> None:
    """Keep what Telegram says of somebody who has consented: bio, picture, birthday, their own channel.

    Bio and picture are as they are now, so none means that they were taken away; those that Telegram did not tell
    stay. Who was born less than 18 years ago is coached no more, unless staff have vouched for them.
    """
    person = locked_person(bot_id=bot_id, profile_id=profile_id)
    if person is None:
        return
    if face.bio is not None:
        person.bio = plain_line(face.bio, _LONGEST_BIO)
    if face.photo_id is not None:
        person.photo_id, person.photo_file_id = _photo(face.photo_id, face.photo_file_id)
    person.looked_up_at = clock.now()
    person.save(update_fields=["bio", "photo_id", "photo_file_id", "looked_up_at"])
    if face.channel_id is not None:
        replace_channel(
            bot_id=bot_id, profile_id=profile_id, channel_id=face.channel_id, title=face.channel_title
        )
    if face.birth_day is not None and face.birth_month is not None:
        birthday = f"{_year(face)}-{face.birth_month:02d}-{face.birth_day:02d}"
        kept = keep_findings(
            bot_id=bot_id, profile_id=profile_id, found=[Found("birthday", birthday)], origin="telegram"
        )
        if kept.age is not None and kept.age < ADULT and not is_vouched_for(person):
            mark_underage(bot_id=bot_id, profile_id=profile_id)


def _photo(photo_id: str, file_id: str) -> tuple[str, str]:
    """Ids, whole or not at all: a part of one names another picture, or none."""
    fits = len(photo_id) <= _LONGEST_ID and len(file_id) <= _LONGEST_FILE_ID
    return (photo_id, file_id) if fits else ("", "")


def _year(face: Face) -> str:
    return f"{face.birth_year:04d}" if face.birth_year else "-"
