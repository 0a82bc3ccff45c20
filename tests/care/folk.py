"""People whom a round or a first word may reach."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bots.models import Bot, BotStatus
from core.clock import clock
from core.ids import new_id
from core.tenancy import in_bot
from profiles.models import ActivityLog, Profile
from sessions_app.models import Conversation, Message, Role, Session
from tests.cast import make_profile


def talker(bot: Bot, *words: str, **fields: Any) -> Profile:
    """Somebody who has consented and said these words; with a conversation."""
    person = make_profile(bot, **fields)
    with in_bot(bot.id):
        talk = Conversation.objects.create(
            bot=bot, profile=person, chat_id=person.telegram_id, created_at=clock.now()
        )
        for text in words:
            row = new_id()
            ActivityLog.objects.create(
                id=row, bot=bot, profile=person, kind="message", created_at=clock.now()
            )
            Message.objects.create(
                bot=bot,
                conversation=talk,
                role=Role.USER,
                text=text,
                inbound_id=row,
                created_at=clock.now(),
            )
    return person


def in_session(bot: Bot, *, silent_for: timedelta = timedelta(0), **fields: Any) -> Profile:
    """Somebody in an open session who was last seen so long ago."""
    person = talker(bot, "I wait.", last_seen_at=clock.now() - silent_for, **fields)
    with in_bot(bot.id):
        talk = Conversation.objects.for_bot(bot.id).get(profile=person)
        Session.objects.create(
            bot=bot, conversation=talk, kind="natasha", state="active", started_at=clock.now()
        )
    return person


def running(bot: Bot) -> Bot:
    """The bot is seen to run."""
    BotStatus.objects.filter(bot=bot).update(state="running")
    return bot


def again(person: Profile) -> Profile:
    with in_bot(person.bot_id):
        return Profile.objects.for_bot(person.bot_id).get(id=person.id)
