"""What it costs to know who comes in: the statement, with and without an act, beside what else is looked up.

Import it after Django was set up: it needs the models.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import psutil
from django.db import connection

from bench.report import percentile
from core.clock import clock
from core.ids import new_id
from core.tenancy import in_bot
from profiles.contracts import Act, Sighting
from profiles.models import Profile
from sessions_app.contracts import Arriving
from sessions_app.services.enter import enter
from sessions_app.statements import SQL

WAYS = ("chat and session alone", "enter, without an act", "enter, with an act")
ROUNDS = 5
# Batches a round, and how many before it that are not counted.
BATCHES, WARM = 600, 30


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one person, in milliseconds: CPU of this process, of its backend, and time on the clock."""

    client_ms: float
    backend_ms: float
    wall_ms: float

    @property
    def cpu_ms(self) -> float:
        return self.client_ms + self.backend_ms


def entering(bot_id: UUID, *, batch: int) -> list[Cost]:
    """The ways in turn, some rounds of each; for each way the median of its rounds. So many people enter at once."""
    with in_bot(bot_id):
        rows = Profile.objects.for_bot(bot_id).exclude(consented_at=None).order_by("id")
        profiles = dict(rows.values_list("telegram_id", "id")[: batch * 1000])
    people = list(profiles)
    ways: list[Callable[[Sequence[int]], None]] = [
        lambda chats: _look_up(bot_id, profiles, chats),
        lambda chats: _enter(chats, has_acts=False),
        lambda chats: _enter(chats, has_acts=True),
    ]
    costs: list[list[Cost]] = [[] for _ in ways]
    for _ in range(ROUNDS):
        for way, found in zip(ways, costs, strict=True):
            found.append(_round(bot_id, people, way, batch=batch))
    return [_middle(found) for found in costs]


def _look_up(bot_id: UUID, profiles: Mapping[int, UUID], chats: Sequence[int]) -> None:
    """Chats and sessions alone, of people who are known already."""
    SQL["enter"].rows(
        {
            "bot_id": bot_id,
            "now": clock.now(),
            "ids": [new_id() for _ in chats],
            "chat_ids": list(chats),
            "profile_ids": [profiles[chat] for chat in chats],
        }
    )


def _enter(chats: Sequence[int], *, has_acts: bool) -> None:
    enter(
        [
            Arriving(
                chat,
                Sighting(chat, "Анна", "", "", "ru", (Act(new_id(), "message"),) if has_acts else ()),
            )
            for chat in chats
        ]
    )


def _round(bot_id: UUID, people: Sequence[int], way: Callable[[Sequence[int]], None], *, batch: int) -> Cost:
    backend = psutil.Process()
    own = theirs = began = 0.0
    for number in range(-WARM, BATCHES):
        if number == 0:
            backend = psutil.Process(connection.connection.info.backend_pid)
            own, theirs, began = time.process_time(), _cpu(backend), time.perf_counter()
        start = (number + WARM) * batch % len(people)
        with in_bot(bot_id):
            way(people[start : start + batch])
    each = 1000 / (BATCHES * batch)
    return Cost(
        (time.process_time() - own) * each,
        (_cpu(backend) - theirs) * each,
        (time.perf_counter() - began) * each,
    )


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _middle(found: Sequence[Cost]) -> Cost:
    return Cost(
        percentile([each.client_ms for each in found], 0.5),
        percentile([each.backend_ms for each in found], 0.5),
        percentile([each.wall_ms for each in found], 0.5),
    )
