from __future__ import annotations

from uuid import UUID

from core.clock import clock
from core.ids import new_id
from profiles.contracts import Face, Found
from profiles.findings import tidy
from profiles.models import LinkedChannel, Profile
from profiles.services.keep_findings import keep_findings


def keep_look_up(*, bot_id: UUID, profile_id: UUID, face: Face) -> None:
    """Keep what Telegram says of somebody who has consented: bio, picture, birthday, their own channel."""
    person = (
        Profile.objects.for_bot(bot_id)
        .select_for_update()
        .filter(id=profile_id, consented_at__isnull=False)
        .first()
    )
    if person is None:
        return
    person.bio = tidy(face.bio)
    person.photo_id, person.photo_file_id = face.photo_id[:100], face.photo_file_id[:200]
    person.looked_up_at = clock.now()
    person.save(update_fields=["bio", "photo_id", "photo_file_id", "looked_up_at"])
    birthday = _birthday(face)
    if birthday:
        keep_findings(
            bot_id=bot_id, profile_id=profile_id, found=[Found("birthday", birthday)], origin="telegram"
        )
    if face.channel_id is not None:
        link_channel(
            bot_id=bot_id, profile_id=profile_id, channel_id=face.channel_id, title=face.channel_title
        )


def link_channel(*, bot_id: UUID, profile_id: UUID, channel_id: int, title: str) -> None:
    """A channel is the person's own: where the bot is a member, its posts are kept."""
    row = LinkedChannel(
        id=new_id(),
        bot_id=bot_id,
        profile_id=profile_id,
        channel_id=channel_id,
        title=tidy(title, 128),
        linked_at=clock.now(),
    )
    LinkedChannel.objects.bulk_create([row], ignore_conflicts=True)


def unlink_channel(*, bot_id: UUID, profile_id: UUID, channel_id: int) -> None:
    """It is not theirs after all; what was kept of it goes too."""
    person = Profile.objects.for_bot(bot_id).filter(id=profile_id).first()
    if person is not None:
        person.channels.filter(channel_id=channel_id).delete()
        person.posts.filter(channel_id=channel_id).delete()


def _birthday(face: Face) -> str:
    if face.birth_day is None or face.birth_month is None:
        return ""
    year = f"{face.birth_year:04d}" if face.birth_year else "-"
    return f"{year}-{face.birth_month:02d}-{face.birth_day:02d}"
