from __future__ import annotations

from uuid import UUID

from events.services.record_event import record_event
from profiles.models import Profile
from profiles.services.log_activity import log_activity


def set_active(*, bot_id: UUID, telegram_id: int, is_active: bool) -> None:
    """The person blocked the bot or came back: whether anything may be sent to them."""
    profile = (
        Profile.objects.for_bot(bot_id)
        .filter(telegram_id=telegram_id)
        .exclude(is_active=is_active)
        .values_list("id", flat=True)
        .first()
    )
    if profile is None:
        return
    Profile.objects.for_bot(bot_id).filter(id=profile).update(is_active=is_active)
    log_activity(
        bot_id=bot_id, profile_id=profile, kind="my_chat_member", details={"is_blocked": not is_active}
    )
    record_event(
        bot_id=bot_id, kind="profile.unblocked" if is_active else "profile.blocked", profile_id=profile
    )
