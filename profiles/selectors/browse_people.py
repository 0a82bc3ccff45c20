"""People of some bots as cards, the most recently seen first, narrowed by what is known of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from core.clock import clock
from profiles.models import Profile
from profiles.selectors.due_profiles import FRESH_FOR
from profiles.statements import SQL
from profiles.terms import Term

Key = tuple[UUID, UUID]

PAGE: Final = 36
# How many people of all bots together are looked at in one go, and in how many before the page comes as it is.
STRETCHES: Final = (600, 8_000)
CONDITIONS: Final = frozenset({"reachable", "paused", "blocked", "ignored", "stranger", "underage"})
PORTRAITS: Final = frozenset({"fresh", "stale", "none"})

_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)
_LAST_ID: Final = UUID(int=2**128 - 1)

_ANYBODY: Final = Term()


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Who is looked for; what is empty or None narrows nothing, and "" among words is what is not known."""

    stages: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    has_started: bool | None = None
    has_completed: bool | None = None
    has_visited: bool | None = None
    has_purchased: bool | None = None
    condition: str = ""  # one of CONDITIONS
    portrait: str = ""  # one of PORTRAITS
    marker: str = ""
    value: str | None = None
    seen_since: datetime | None = None
    seen_before: datetime | None = None
    term: Term = _ANYBODY
    # Only these, as (bot, profile), where somebody knows already who it may be.
    known: Collection[Key] | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether anybody is passed over, but for when they were seen."""
        return self != PeopleFilter(seen_since=self.seen_since, seen_before=self.seen_before)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the order: when somebody was seen, and who it is."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class PersonCard:
    """One person of one bot as a card shows them. Nothing that they said."""

    bot_id: UUID
    id: UUID
    telegram_id: int
    first_name: str
    last_name: str
    username: str
    language: str
    gender: str
    age: int | None
    journey_stage: str
    streams: Sequence[str]
    readiness: Mapping[str, Any]
    photo_id: str
    is_active: bool
    is_underage: bool
    consented_at: datetime | None
    paused_at: datetime | None
    blocked_at: datetime | None
    has_purchased_stream: bool
    last_seen_at: datetime
    profile_updated_at: datetime | None

    @property
    def may_be_refreshed(self) -> bool:
        """Whether a portrait may be made of them: they agree, are of age, and are reached."""
        return self.consented_at is not None and self.is_active and not self.is_underage


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Who was found, and where to look on, None where nobody follows.

    A page may hold less than was asked for, even nobody, and have a place: it stopped looking for somebody rare.
    """

    people: tuple[PersonCard, ...]
    older: Place | None


def browse_people(
    *,
    bot_ids: Sequence[UUID],
    asked: PeopleFilter,
    before: Place | None = None,
    limit: int = PAGE,
    stretches: Sequence[int] = STRETCHES,
) -> PeoplePage:
    """The people of these bots who fit, from `before` on, which is the place of the page before for the same question.

    Whatever is asked for, a page looks at a bounded number of people.
    """
    if not bot_ids:
        return PeoplePage((), None)
    known = _known(bot_ids, asked)
    if known is not None:
        stretches = (len(known) + 1,)
    elif not asked.is_narrow:
        stretches = (limit + 1,)
    found: list[PersonCard] = []
    place = before or Place(
        asked.seen_before or _LATEST, _LAST_ID if asked.seen_before is None else UUID(int=0)
    )
    params = _params(bot_ids, asked, known)
    for stretch in stretches:
        rows = SQL["browse_people"].rows(
            {
                **params,
                "before_at": place.at,
                "before_id": place.id,
                # Of each bot so many; one of many bots is looked through no further than a page.
                "stretch": stretch if known is not None else max(limit + 1, stretch // len(bot_ids)),
                "most": limit - len(found) + 1,
            }
        )
        cards = [PersonCard(*row[2:]) for row in rows if row.id is not None]
        if len(found) + len(cards) > limit:
            found += cards[: limit - len(found)]
            return PeoplePage(tuple(found), Place(found[-1].last_seen_at, found[-1].id))
        found += cards
        if rows[0].edge_id is None:
            return PeoplePage(tuple(found), None)
        place = Place(rows[0].edge_at, rows[0].edge_id)
        if len(found) == limit:
            break
    return PeoplePage(tuple(found), place)


def _known(bot_ids: Sequence[UUID], asked: PeopleFilter) -> Collection[Key] | None:
    """The only people whom it may be, if that is known beforehand."""
    number = asked.term.telegram_id
    if number is None:
        return asked.known
    people = Profile.objects.filter(bot_id__in=bot_ids, telegram_id=number).values_list("bot_id", "id")
    return [key for key in people if asked.known is None or key in asked.known]


def _params(bot_ids: Sequence[UUID], asked: PeopleFilter, known: Collection[Key] | None) -> dict[str, Any]:
    return {
        "bot_ids": list(bot_ids),
        "is_known": known is not None,
        "known_bots": [bot_id for bot_id, _id in known or ()],
        "known_ids": [profile_id for _bot, profile_id in known or ()],
        "stages": list(asked.stages) or None,
        "genders": list(asked.genders) or None,
        "languages": list(asked.languages) or None,
        "streams": list(asked.streams) or None,
        "started": asked.has_started,
        "completed": asked.has_completed,
        "visited": asked.has_visited,
        "purchased": asked.has_purchased,
        "condition": asked.condition,
        "portrait": asked.portrait,
        "fresh_since": clock.now() - FRESH_FOR,
        "marker": asked.marker,
        "value": None if asked.value is None else asked.value.lower(),
        "word": asked.term.word,
        "is_username": asked.term.is_username,
        "seen_since": asked.seen_since or _EARLIEST,
    }
