from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from core.ids import new_id
from profiles.models import ChannelPost, LinkedChannel
from profiles.services.log_activity import log_activity

# The newest posts of a person that are kept.
MOST_POSTS = 50
_LONGEST = 4096


def keep_post(
    *,
    bot_id: UUID,
    channel_id: int,
    message_id: int,
    text: str,
    posted_at: datetime,
    edited_at: datetime | None = None,
) -> int:
    """Keep a post for everybody whose channel it stands in; how many that are. An edited one replaces itself."""
    links = LinkedChannel.objects.for_bot(bot_id).filter(
        channel_id=channel_id, profile__consented_at__isnull=False
    )
    people = list(links.values_list("profile_id", flat=True))
    for profile_id in people:
        post = ChannelPost(
            id=new_id(),
            bot_id=bot_id,
            profile_id=profile_id,
            channel_id=channel_id,
            telegram_message_id=message_id,
            text=text.replace("\x00", "")[:_LONGEST],
            posted_at=posted_at,
            edited_at=edited_at,
        )
        ChannelPost.objects.bulk_create(
            [post],
            update_conflicts=True,
            unique_fields=["bot", "profile", "channel_id", "telegram_message_id"],
            update_fields=["text", "edited_at"],
        )
        _forget_older(bot_id, profile_id)
        log_activity(
            bot_id=bot_id,
            profile_id=profile_id,
            kind="channel_post",
            activity_id=uuid5(profile_id, f"post:{channel_id}:{message_id}"),
        )
    return len(people)


def _forget_older(bot_id: UUID, profile_id: UUID) -> None:
    posts = ChannelPost.objects.for_bot(bot_id).filter(profile_id=profile_id)
    older = list(posts.order_by("-posted_at", "-id").values_list("id", flat=True)[MOST_POSTS:])
    if older:
        ChannelPost.objects.for_bot(bot_id).filter(id__in=older).delete()
