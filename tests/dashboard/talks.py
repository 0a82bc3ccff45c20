"""Conversations for the inbox, as rows: who said what, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bots.models import Bot
from core.clock import clock
from core.ids import new_id
from core.tenancy import in_bot
from events.models import Event
from mailbox.models import OutboundMessage
from profiles.models import Profile
from sessions_app.models import Conversation, Draft, InboxItem, InboxNote, Message, Session
from tests.cast import make_profile


@dataclass(frozen=True)
class Talk:
    """One person's conversation with a bot."""

    bot: Bot
    person: Profile
    id: UUID

    @property
    def page(self) -> str:
        return f"/admin/inbox/{self.bot.id}/{self.id}/"

    def says(self, *texts: str, role: str = "user", **fields: Any) -> list[Message]:
        """Something is said now, or `at` a time; a second lies between one and the next."""
        at: datetime = fields.pop("at", None) or clock.now()
        rows = [
            Message(
                id=new_id(),
                bot=self.bot,
                conversation_id=self.id,
                role=role,
                text=text,
                created_at=at + timedelta(seconds=number),
                **fields,
            )
            for number, text in enumerate(texts)
        ]
        with in_bot(self.bot.id):
            Message.objects.bulk_create(rows)
            Profile.objects.for_bot(self.bot.id).filter(id=self.person.id).update(last_seen_at=at)
        return rows

    def answers(self, *texts: str, **fields: Any) -> list[Message]:
        return self.says(*texts, role="bot", **fields)

    def session(self, **fields: Any) -> Session:
        with in_bot(self.bot.id):
            session = Session(
                id=new_id(),
                bot=self.bot,
                conversation_id=self.id,
                **{"kind": "natasha", "started_at": clock.now(), **fields},
            )
            session.save(force_insert=True)
        return session

    def item(self, **fields: Any) -> None:
        """What the team has to do with it."""
        with in_bot(self.bot.id):
            InboxItem.objects.for_bot(self.bot.id).filter(conversation_id=self.id).delete()
            InboxItem(
                id=new_id(), bot=self.bot, conversation_id=self.id, changed_at=clock.now(), **fields
            ).save(force_insert=True)

    def draft(self, text: str) -> Draft:
        with in_bot(self.bot.id):
            draft = Draft(
                id=new_id(),
                bot=self.bot,
                conversation_id=self.id,
                inbound_id=new_id(),
                text=text,
                created_at=clock.now(),
            )
            draft.save(force_insert=True)
        return draft

    def items(self, *fields: str) -> list[Any]:
        return self._rows(InboxItem, fields, conversation_id=self.id)

    def notes(self) -> list[str]:
        return self._rows(InboxNote, ("text",), conversation_id=self.id)

    def said(self, *fields: str) -> list[Any]:
        return self._rows(Message, fields or ("text",), conversation_id=self.id)

    def posts(self, *fields: str) -> list[Any]:
        return self._rows(OutboundMessage, fields or ("params",), chat_id=self.person.telegram_id)

    def events(self, kind: str) -> list[Any]:
        return self._rows(Event, ("payload",), profile_id=self.person.id, kind=kind)

    def _rows(self, model: Any, fields: tuple[str, ...], **where: Any) -> list[Any]:
        with in_bot(self.bot.id):
            rows = model.objects.for_bot(self.bot.id).filter(**where).order_by("id")
            return list(rows.values_list(*fields, flat=len(fields) == 1))


def make_talk(bot: Bot, **fields: Any) -> Talk:
    """Somebody with the bot, who has not said anything yet."""
    person = make_profile(bot, **fields)
    with in_bot(bot.id):
        conversation = Conversation(
            id=new_id(),
            bot=bot,
            profile_id=person.id,
            chat_id=person.telegram_id,
            created_at=clock.now(),
        )
        conversation.save(force_insert=True)
    return Talk(bot, person, conversation.id)
