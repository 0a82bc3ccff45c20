"""What the command that refreshes portraits asks for."""

from __future__ import annotations

from uuid import UUID

from care.services.keep_run import resume_or_want
from core.tenancy import in_bot
from profiles.selectors.profiles_of import profile_of


def begin_run(*, bot_id: UUID, is_for_all: bool) -> UUID | None:
    """The round that the command goes on with, or a new one; None where another one is under way."""
    with in_bot(bot_id):
        return resume_or_want(bot_id=bot_id, trigger="command", is_for_all=is_for_all)


def profile_in(*, bot_id: UUID, telegram_id: int) -> UUID | None:
    """The person's profile in this bot, if they have consented there."""
    with in_bot(bot_id):
        return profile_of(bot_id=bot_id, telegram_id=telegram_id)
