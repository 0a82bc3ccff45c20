from __future__ import annotations

from uuid import UUID

from profiles.contracts import ChannelLine, ChannelsOf, PostLine
from profiles.models import ChannelPost, LinkedChannel


def channels_of(*, bot_id: UUID, profile_id: UUID, posts: int = 20) -> ChannelsOf:
    """The channels that are a person's own, and the newest of their posts that are kept, newest first."""
    links = LinkedChannel.objects.for_bot(bot_id).filter(profile_id=profile_id).order_by("linked_at", "id")
    kept = ChannelPost.objects.for_bot(bot_id).filter(profile_id=profile_id).order_by("-posted_at", "-id")
    return ChannelsOf(
        tuple(ChannelLine(*row) for row in links.values_list("channel_id", "title", "linked_at")),
        tuple(
            PostLine(*row) for row in kept.values_list("channel_id", "text", "posted_at", "edited_at")[:posts]
        ),
    )
