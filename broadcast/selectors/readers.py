"""People as readers of a broadcast that was not sent to them: in previews and tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bots.models import Bot
from broadcast.contracts import Candidate
from broadcast.states import RecipientState
from core.ids import new_id
from profiles.models import Profile

COLUMNS: Final = (
    "id",
    "bot_id",
    "telegram_id",
    "first_name",
    "language",
    "timezone",
    "journey_stage",
    "markers",
    "created_at",
)


@dataclass(frozen=True, slots=True)
class Tester:
    """One of a bot's admins who has written to it, so that it may write to them."""

    bot_id: UUID
    bot_name: str
    telegram_id: int
    first_name: str


def reader(person: Profile) -> Candidate:
    """A person as a recipient whom no ledger holds."""
    return Candidate(
        recipient_id=new_id(),
        state=RecipientState.WAITING.value,
        variant=None,
        tries=0,
        profile_id=person.id,
        telegram_id=person.telegram_id,
        first_name=person.first_name,
        language=person.language,
        timezone=person.timezone,
        journey_stage=person.journey_stage,
        interested_stream=str(person.markers.get("interested_stream") or ""),
        created_at=person.created_at,
        may=True,
        is_active=True,
        is_paused=False,
        in_distress=False,
        lately=(),
    )


def nobody() -> Candidate:
    """A reader of whom nothing is known: each variable says what stands for it."""
    return Candidate(
        recipient_id=new_id(),
        state=RecipientState.WAITING.value,
        variant=None,
        tries=0,
        profile_id=None,
        telegram_id=0,
        first_name="",
        language="",
        timezone="",
        journey_stage="",
        interested_stream="",
        created_at=None,
        may=True,
        is_active=True,
        is_paused=False,
        in_distress=False,
        lately=(),
    )


def testers_of(*, bot_ids: Sequence[UUID]) -> list[Tester]:
    """The admins of these bots to whom a test can be sent; two queries."""
    bots = list(
        Bot.objects.filter(id__in=bot_ids)
        .order_by("name", "id")
        .values_list("id", "name", "owner_telegram_id", "admin_telegram_ids")
    )
    admins = {
        bot_id: {each for each in (*others, owner) if each is not None}
        for bot_id, _name, owner, others in bots
    }
    everybody = {each for ids in admins.values() for each in ids}
    rows = Profile.objects.filter(bot_id__in=list(admins), telegram_id__in=everybody, is_active=True)
    known = {
        (bot_id, telegram_id): name
        for bot_id, telegram_id, name in rows.values_list("bot_id", "telegram_id", "first_name")
    }
    return [
        Tester(bot_id, name, telegram_id, known[bot_id, telegram_id])
        for bot_id, name, _owner, _others in bots
        for telegram_id in sorted(admins[bot_id])
        if (bot_id, telegram_id) in known
    ]
