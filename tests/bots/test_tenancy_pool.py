"""A scope stays with its transaction, whoever gets the connection next: the pool of the web process."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connections

from core.tenancy import in_bots
from profiles.models import Profile
from tests.cast import make_bot, make_profile

POOLED = "pooled"
LARGEST = 3


@pytest.fixture(params=["pool", "kept", "closed"])
def pooled(request: pytest.FixtureRequest, as_staff: None) -> Iterator[str]:
    """A second way to the database, which keeps its connections in the way that is named."""
    address = copy.deepcopy(connections.settings["default"])
    address["CONN_MAX_AGE"] = None if request.param == "kept" else 0
    if request.param == "pool":
        address["OPTIONS"]["pool"] = {"min_size": 1, "max_size": LARGEST, "timeout": 20}
    connections.settings[POOLED] = address
    yield request.param
    if request.param == "pool":
        connections[POOLED].close_pool()
    connections[POOLED].close()
    del connections[POOLED]
    del connections.settings[POOLED]


def test_no_thread_ever_sees_the_scope_of_another(pooled: str):
    made = [make_bot() for _ in range(4)]
    for bot in made:
        make_profile(bot)
    bots = [bot.id for bot in made]

    def work(seed: int) -> list[str]:
        choose = random.Random(seed)
        wrong: list[str] = []
        for _ in range(15):
            scope = choose.sample(bots, choose.randint(0, len(bots)))
            if seen(bots) != set():
                wrong.append("something without a scope")
            try:
                with in_bots(scope, using=POOLED):
                    if seen(bots) != set(scope):
                        wrong.append("something else than the scope")
                    if choose.random() < 0.3:
                        raise LookupError
            except LookupError:
                pass
            connections[POOLED].close_if_unusable_or_obsolete()
        connections[POOLED].close()
        return wrong

    with ThreadPoolExecutor(8) as threads:
        assert [wrong for wrong in threads.map(work, range(16)) if wrong] == []


def seen(bots: list[UUID]) -> set[UUID]:
    return set(Profile.objects.using(POOLED).filter(bot_id__in=bots).values_list("bot_id", flat=True))
