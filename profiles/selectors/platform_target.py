from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from bots.models import Bot
from profiles.contracts import PlatformTarget
from profiles.models import Profile, Stream


def platform_target(*, bot_id: UUID, profile_id: UUID, stream: str = "") -> PlatformTarget | None:
    """Where a person's link leads: the page of a stream on offer, else the bot's platform. None without the bot."""
    bot = Bot.objects.filter(id=bot_id).values_list("platform_url", "language").first()
    if bot is None:
        return None
    platform, language = bot
    spoken = Profile.objects.for_bot(bot_id).filter(id=profile_id).values_list("language", flat=True).first()
    page = Stream.objects.filter(slug=stream, is_offered=True).values_list("url", flat=True).first()
    url = next((each for each in (page, platform) if each and _is_web(each)), "")
    return PlatformTarget(url, spoken or language)


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
