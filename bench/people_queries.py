"""The queries about people that the product makes while somebody waits, each as a call; to be timed and explained.

Import it after Django was set up: it needs the models.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from bots.models import Bot
from care.hours import Hours
from care.selectors.bot_figures import bot_figures
from care.services import reach_out
from care.services.take_figures import take_figures
from core.clock import clock
from core.ids import new_id
from core.tenancy import in_bots
from journey.selectors.journey_of import journey_of
from journey.selectors.latest_readiness import latest_readiness, readiness_over_time
from profiles.contracts import Act, Sighting
from profiles.selectors.activity_of import activity_counts, activity_of
from profiles.selectors.due_profiles import due_profiles
from profiles.selectors.findings_of import findings_of
from profiles.selectors.posts_of import posts_of
from profiles.selectors.profile_card import profile_card
from profiles.selectors.search_activity import search_activity
from profiles.selectors.versions_of import versions_of
from profiles.services.mark_tried import mark_tried
from sessions_app.contracts import Arriving
from sessions_app.models import Session
from sessions_app.selectors.had_crisis import had_crisis
from sessions_app.selectors.latest_session import latest_session
from sessions_app.selectors.open_session_of import open_session_of
from sessions_app.selectors.recent_acts import recent_acts
from sessions_app.selectors.session_history import session_history
from sessions_app.services.enter import enter


@dataclass(frozen=True, slots=True)
class Someone:
    """A person in a bot, with their chat and a session of theirs."""

    bot_id: UUID
    profile_id: UUID
    chat_id: int
    conversation_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class Query:
    """`run(person)` makes it, in the scope of the person's bot. Of a whole bot, it is asked of the largest.

    A query of staff is made as the web's role, by somebody who may see all bots. For what is done in the background
    nobody waits: it has no target.
    """

    name: str
    run: Callable[[Someone], Any]
    is_of_bot: bool = False
    is_of_staff: bool = False
    is_in_background: bool = False


def some_people(bot_ids: Sequence[UUID], count: int) -> list[Someone]:
    """People with a session, from each bot as its share of all sessions is."""
    with in_bots(bot_ids):
        found = [
            Someone(*row)
            for bot_id in bot_ids
            for row in Session.objects.for_bot(bot_id)
            .order_by("?")
            .values_list(
                "bot_id", "conversation__profile_id", "conversation__chat_id", "conversation_id", "id"
            )[:count]
        ]
    return random.Random(3).sample(found, min(count, len(found)))


def queries(bot_ids: Sequence[UUID]) -> list[Query]:
    """All of them."""
    return [
        Query("recognise and enter, alone", _enter),
        Query("due_profiles, batch of 10", _due, is_of_bot=True),
        Query("due_profiles, everybody", _due_of_all, is_of_bot=True),
        Query("mark_tried, batch of 10", _mark_tried, is_of_bot=True),
        Query("activity_of, the log", lambda one: activity_of(bot_id=one.bot_id, profile_id=one.profile_id)),
        Query(
            "activity_of, the archive",
            lambda one: activity_of(bot_id=one.bot_id, profile_id=one.profile_id, is_archived=True),
        ),
        Query("activity_counts", lambda one: activity_counts(bot_id=one.bot_id, profile_id=one.profile_id)),
        Query(
            "search_activity, of a bot",
            lambda one: search_activity(bot_ids=[one.bot_id]),
            is_of_bot=True,
            is_of_staff=True,
        ),
        Query(
            "search_activity, of ten bots",
            lambda one: search_activity(bot_ids=bot_ids),  # noqa: ARG005
            is_of_bot=True,
            is_of_staff=True,
        ),
        Query(
            "search_activity, a command of a bot",
            lambda one: search_activity(bot_ids=[one.bot_id], text="natasha"),
            is_of_bot=True,
            is_of_staff=True,
        ),
        Query(
            "search_activity, of a person",
            lambda one: search_activity(bot_ids=[one.bot_id], profile_id=one.profile_id),
        ),
        Query("journey_of", lambda one: journey_of(bot_id=one.bot_id, profile_id=one.profile_id)),
        Query("latest_readiness", lambda one: latest_readiness(bot_id=one.bot_id, profile_id=one.profile_id)),
        Query(
            "readiness_over_time",
            lambda one: readiness_over_time(bot_id=one.bot_id, profile_id=one.profile_id),
        ),
        Query("findings_of", lambda one: findings_of(bot_id=one.bot_id, profile_id=one.profile_id)),
        Query(
            "versions_of",
            lambda one: versions_of(bot_id=one.bot_id, profile_id=one.profile_id),
            is_of_staff=True,
        ),
        Query("posts_of", lambda one: posts_of(bot_id=one.bot_id, profile_id=one.profile_id)),
        Query("recent_acts", lambda one: recent_acts(bot_id=one.bot_id, profile_id=one.profile_id)),
        Query("profile_card", lambda one: profile_card(bot_id=one.bot_id, profile_id=one.profile_id)),
        Query("open_session_of", lambda one: open_session_of(bot_id=one.bot_id, chat_id=one.chat_id)),
        Query(
            "latest_session",
            lambda one: latest_session(bot_id=one.bot_id, conversation_id=one.conversation_id),
        ),
        Query("session_history", lambda one: session_history(bot_id=one.bot_id, session_id=one.session_id)),
        Query("had_crisis", _had_crisis),
        *(
            Query(f"proactive care: {kind}", _reaching_out(find), is_of_bot=True)
            for kind, find in reach_out._KINDS.items()
        ),
        # As admins meet it: the figures of large bots were counted by their task.
        Query("/stats", lambda one: bot_figures(bot_id=one.bot_id), is_of_bot=True),
        Query(
            "counting the figures of /stats",
            lambda one: take_figures(bot_id=one.bot_id),
            is_of_bot=True,
            is_in_background=True,
        ),
    ]


def _enter(one: Someone) -> None:
    sighting = Sighting(one.chat_id, "Анна", "", "", "ru", (Act(new_id(), "message"),))
    enter([Arriving(one.chat_id, sighting)])


def _due(one: Someone) -> list[UUID]:
    now = clock.now()
    return [each.id for each in due_profiles(bot_id=one.bot_id, now=now, tried_before=now, limit=10)]


def _due_of_all(one: Someone) -> None:
    now = clock.now()
    due_profiles(bot_id=one.bot_id, now=now, tried_before=now, limit=10, is_for_all=True)


def _mark_tried(one: Someone) -> None:
    mark_tried(bot_id=one.bot_id, profile_ids=_due(one), at=clock.now())


def _had_crisis(one: Someone) -> None:
    had_crisis(bot_id=one.bot_id, profile_id=one.profile_id, since=clock.now() - timedelta(days=7))


def _reaching_out(find: Callable[[Any], Any]) -> Callable[[Someone], Any]:
    def run(one: Someone) -> Any:
        bot = Bot.objects.get(id=one.bot_id)
        # The whole day: as many as there can be.
        return list(find(reach_out._Moment(bot, clock.now(), Hours(0, 24))))

    return run
