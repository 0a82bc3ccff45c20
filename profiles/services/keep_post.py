from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from core.ids import new_id
from profiles.models import ChannelPost, LinkedChannel
from profiles.plain import plain_text
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
    """Keep a post for everybody who has consented and whose channel it stands in; how many that are.

    The same post again is one post, and one row of activity. An edited one replaces what was said before, and is
    not replaced by it when Telegram repeats itself.
    """
    said = plain_text(text, _LONGEST)
    links = LinkedChannel.objects.for_bot(bot_id).filter(
        channel_id=channel_id, profile__bot_id=bot_id, profile__consented_at__isnull=False
    )
    people = list(links.order_by("profile_id").values_list("profile_id", flat=True)) if said else []
    for profile_id in people:
        post = ChannelPost(
            id=new_id(),
            bot_id=bot_id,
            profile_id=profile_id,
            channel_id=channel_id,
            telegram_message_id=message_id,
            text=said,
            posted_at=posted_at,
            edited_at=edited_at,
        )
        if _replace(post):
            continue
        ChannelPost.objects.bulk_create([post], ignore_conflicts=True)
        _forget_older(bot_id, profile_id)
        log_activity(
            bot_id=bot_id,
            profile_id=profile_id,
            kind="channel_post",
            details={"channel": channel_id, "post": message_id},
            activity_id=uuid5(profile_id, f"post:{channel_id}:{message_id}"),
        )
    return len(people)


def _replace(post: ChannelPost) -> bool:
    """Take over an edit of a post that is there; whether it is there."""
    rows = ChannelPost.objects.for_bot(post.bot_id).filter(
        profile_id=post.profile_id,
        channel_id=post.channel_id,
        telegram_message_id=post.telegram_message_id,
    )
    known = rows.select_for_update().first()
    if known is None:
        return False
    is_newer = post.edited_at is not None and (known.edited_at is None or known.edited_at <= post.edited_at)
    if is_newer:
        rows.update(text=post.text, edited_at=post.edited_at)
    return True


def _forget_older(bot_id: UUID, profile_id: UUID) -> None:
    posts = ChannelPost.objects.for_bot(bot_id).filter(profile_id=profile_id)
    older = list(
        posts.order_by("-posted_at", "-telegram_message_id").values_list("id", flat=True)[MOST_POSTS:]
    )
    if older:
        posts.filter(id__in=older).delete()
