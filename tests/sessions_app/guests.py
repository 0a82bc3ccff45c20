"""Somebody in a private chat, as the services of this room meet them: by visits that are really in hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from bots.models import Bot
from bots.services.acquire_lease import acquire_lease
from core.clock import clock
from core.tenancy import in_bot
from events.models import Event
from mailbox.contracts import Arrival, Hand
from mailbox.models import InboundUpdate, OutboundMessage
from mailbox.services.accept import accept
from mailbox.services.claim import claim
from profiles.contracts import Act, Sighting
from profiles.models import Profile
from sessions_app.contracts import Arriving, Tap, Visit, Words
from sessions_app.models import Message, Session
from sessions_app.services.enter import enter
from tests.cast import make_profile

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Guest:
    """One person with one bot, and the hand in which their updates are."""

    bot: Bot
    hand: Hand
    telegram_id: int

    def comes(self, *texts: str, tap: str = "", is_tap_gone: bool = False) -> Visit:
        """A visit with these words, or with a tapped button; its updates are taken in hand."""
        arrivals = [
            Arrival(
                update_id=next(_numbers),
                kind="callback_query" if tap else "message",
                lane=self.telegram_id,
                user_id=self.telegram_id,
                may_wait=not tap,
                payload=b"{her words}",
                due_at=clock.now(),
            )
            for _ in texts or ("",)
        ]
        sighting = Sighting(
            telegram_id=self.telegram_id,
            first_name="Vera",
            # As nobody else is called: what is left of them can be looked for.
            last_name=f"Orlova {self.telegram_id}",
            username="vera",
            language="en",
            acts=tuple(Act(each.id, "message") for each in arrivals),
        )
        with in_bot(self.bot.id):
            accept(bot_id=self.bot.id, arrivals=arrivals)
            claim(hand=self.hand, busy=(), lanes=9, burst_wait=0.0)
            (arrived,) = enter([Arriving(self.telegram_id, sighting)])
        return Visit(
            hand=self.hand,
            bot_slug=self.bot.slug,
            chat_id=self.telegram_id,
            sighting=sighting,
            person=arrived.person,
            conversation_id=arrived.conversation_id,
            session=arrived.session,
            words=tuple(
                Words(each.id, text, next(_numbers)) for each, text in zip(arrivals, texts, strict=False)
            ),
            tap=Tap("4711", tap, None if is_tap_gone else 321) if tap else None,
            inbound_ids=tuple(each.id for each in arrivals),
            awaits=arrived.awaits,
            mode=arrived.mode,
        )

    def asks(self, service: Callable[..., None], *texts: str, tap: str = "", **arguments: Any) -> Visit:
        """Come and be served; the visit."""
        visit = self.comes(*texts, tap=tap)
        self.is_served(service, visit, **arguments)
        return visit

    def is_served(self, service: Callable[..., None], visit: Visit, **arguments: Any) -> None:
        with in_bot(self.bot.id):
            service(visit=visit, **arguments)

    def heard(self) -> list[str]:
        """What the bot has said, oldest first: Telegram HTML."""
        return [params["text"] for params in self.posts("params") if "text" in params]

    def buttons(self) -> list[str]:
        """The data of the buttons under what was said last."""
        (*_, last) = [params for params in self.posts("params") if "text" in params]
        rows = last.get("reply_markup", {}).get("inline_keyboard", [])
        return [button["callback_data"] for row in rows for button in row]

    def posts(self, *fields: str) -> list[Any]:
        return self._rows(OutboundMessage, fields, "seq")

    def updates(self, *fields: str) -> list[Any]:
        return self._rows(InboundUpdate, fields, "seq")

    def sessions(self, *fields: str) -> list[Any]:
        return self._rows(Session, fields, "started_at")

    def said(self, *fields: str) -> list[Any]:
        """Messages as they are kept."""
        return self._rows(Message, fields or ("role", "text"), "created_at")

    def events(self, *fields: str) -> list[Any]:
        return self._rows(Event, fields or ("kind",), "created_at")

    def profile(self) -> Profile:
        with in_bot(self.bot.id):
            return Profile.objects.for_bot(self.bot.id).get(telegram_id=self.telegram_id)

    def session_id(self) -> UUID:
        """The session that was begun last."""
        session_id: UUID = self.sessions("id")[-1]
        return session_id

    def _rows(self, model: Any, fields: Sequence[str], order: str) -> list[Any]:
        with in_bot(self.bot.id):
            rows = model.objects.for_bot(self.bot.id).order_by(order, "id")
            return list(rows.values_list(*fields, flat=len(fields) == 1))


def make_guest(bot: Bot, *, has_consented: bool = True, **fields: Any) -> Guest:
    """Somebody with the bot; a stranger where `has_consented` is False."""
    lease = acquire_lease(bot_id=bot.id, holder=f"test:{next(_numbers)}", seconds=-1.0)
    assert lease is not None
    telegram_id = 600_000_000 + next(_numbers)
    if has_consented:
        make_profile(bot, telegram_id=telegram_id, first_name="Vera", **fields)
    return Guest(bot, Hand(bot.id, lease.epoch), telegram_id)


def taken_over(guest: Guest) -> Guest:
    """The same person, in the hand of a later holder of the lease."""
    lease = acquire_lease(bot_id=guest.bot.id, holder=f"test:{next(_numbers)}", seconds=-1.0)
    assert lease is not None
    return replace(guest, hand=Hand(guest.bot.id, lease.epoch))
