from __future__ import annotations

from uuid import UUID

from core.clock import clock
from core.ids import new_id
from events.services.record_event import record_event
from profiles.knowledge import locked_person
from profiles.models import ChannelPost, LinkedChannel
from profiles.plain import plain_line


def link_channel(
    *, bot_id: UUID, profile_id: UUID, channel_id: int, title: str = "", author_id: int | None = None
) -> bool:
    """A channel is the person's own: where the bot is a member, its posts are kept. False if that was known.

    Of somebody who is gone or has not consented nothing is kept: False.
    """
    if locked_person(bot_id=bot_id, profile_id=profile_id) is None:
        return False
    links = LinkedChannel.objects.for_bot(bot_id).filter(profile_id=profile_id, channel_id=channel_id)
    name = plain_line(title, 128)
    if links.exists():
        if name:
            links.update(title=name)
        return False
    LinkedChannel(
        id=new_id(),
        bot_id=bot_id,
        profile_id=profile_id,
        channel_id=channel_id,
        title=name,
        linked_at=clock.now(),
    ).save(force_insert=True)
    _record("channel.linked", bot_id, profile_id, channel_id, author_id)
    return True


def unlink_channel(*, bot_id: UUID, profile_id: UUID, channel_id: int, author_id: int | None = None) -> bool:
    """It is not theirs after all; what was kept of it goes too. False if it was not linked."""
    links = LinkedChannel.objects.for_bot(bot_id).filter(profile_id=profile_id, channel_id=channel_id)
    if not links.delete()[0]:
        return False
    ChannelPost.objects.for_bot(bot_id).filter(profile_id=profile_id, channel_id=channel_id).delete()
    _record("channel.unlinked", bot_id, profile_id, channel_id, author_id)
    return True


def replace_channel(*, bot_id: UUID, profile_id: UUID, channel_id: int, title: str = "") -> None:
    """The person's profile names this channel as their own now; those before are theirs no more, their posts stay."""
    link_channel(bot_id=bot_id, profile_id=profile_id, channel_id=channel_id, title=title)
    links = LinkedChannel.objects.for_bot(bot_id).filter(profile_id=profile_id)
    for other in links.exclude(channel_id=channel_id).values_list("channel_id", flat=True):
        links.filter(channel_id=other).delete()
        _record("channel.unlinked", bot_id, profile_id, other, None)


def _record(kind: str, bot_id: UUID, profile_id: UUID, channel_id: int, author_id: int | None) -> None:
    by = {} if author_id is None else {"by": author_id}
    record_event(bot_id=bot_id, kind=kind, profile_id=profile_id, payload={"channel": channel_id, **by})
