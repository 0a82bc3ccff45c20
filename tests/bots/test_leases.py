from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connections

from bots.contracts import Lease
from bots.models import Bot, BotStatus
from bots.services.acquire_lease import acquire_lease
from bots.services.release_lease import release_lease
from bots.services.release_leases_of import release_leases_of
from bots.services.renew_leases import renew_leases
from tests.cast import make_bot

LONG = 600.0
OVER = -1.0


def acquired(bot: Bot, holder: str = "host:1:a", seconds: float = LONG) -> Lease:
    lease = acquire_lease(bot_id=bot.id, holder=holder, seconds=seconds)
    assert lease is not None
    return lease


def test_a_bot_is_held_by_one_process(bot: Bot) -> None:
    assert acquired(bot) == Lease(bot_id=bot.id, holder="host:1:a", epoch=1)
    assert acquire_lease(bot_id=bot.id, holder="host:2:b", seconds=LONG) is None
    assert BotStatus.objects.get(bot=bot).lease_holder == "host:1:a"


def test_a_holder_that_is_overdue_is_replaced_under_a_higher_epoch(bot: Bot) -> None:
    old = acquired(bot, seconds=OVER)
    new = acquired(bot, "host:2:b")

    assert (old.epoch, new.epoch) == (1, 2)
    assert renew_leases(holder=old.holder, epochs={bot.id: old.epoch}, seconds=LONG) == set()
    assert release_lease(bot_id=bot.id, holder=old.holder, epoch=old.epoch) is False
    assert BotStatus.objects.get(bot=bot).lease_holder == "host:2:b"


def test_a_bot_without_a_status_row_can_be_held(owner_database: psycopg.Connection[Any]) -> None:
    bot = make_bot()
    owner_database.execute("DELETE FROM bot_statuses WHERE bot_id = %s", [bot.id])
    assert acquired(bot).epoch == 1
    assert BotStatus.objects.get(bot=bot).state == "stopped"


def test_of_many_that_want_a_bot_at_once_one_gets_it(bot: Bot) -> None:
    def want(number: int) -> Lease | None:
        try:
            return acquire_lease(bot_id=bot.id, holder=f"host:{number}", seconds=LONG)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        leases = [lease for lease in pool.map(want, range(24)) if lease]

    assert len(leases) == 1
    assert BotStatus.objects.get(bot=bot).lease_holder == leases[0].holder


def test_renewing_tells_which_bots_are_still_held() -> None:
    mine, lost, foreign = make_bot(), make_bot(), make_bot()
    epochs = {bot.id: acquired(bot).epoch for bot in (mine, lost)}
    epochs[foreign.id] = acquired(foreign, "host:2:b").epoch
    epochs[uuid4()] = 1
    release_lease(bot_id=lost.id, holder="host:1:a", epoch=1)
    acquired(lost, "host:2:b")

    assert renew_leases(holder="host:1:a", epochs=epochs, seconds=LONG) == {mine.id}


def test_a_renewed_lease_lasts(bot: Bot) -> None:
    lease = acquired(bot, seconds=OVER)
    assert renew_leases(holder=lease.holder, epochs={bot.id: lease.epoch}, seconds=LONG) == {bot.id}
    assert acquire_lease(bot_id=bot.id, holder="host:2:b", seconds=LONG) is None


def test_nothing_to_renew_asks_nobody(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert renew_leases(holder="host:1:a", epochs={}, seconds=LONG) == set()


def test_a_lease_that_is_given_back_can_be_taken_at_once(bot: Bot) -> None:
    lease = acquired(bot)
    assert release_lease(bot_id=bot.id, holder=lease.holder, epoch=lease.epoch) is True
    assert release_lease(bot_id=bot.id, holder=lease.holder, epoch=lease.epoch) is False
    assert acquired(bot, "host:2:b").epoch == 2


def test_what_a_dead_worker_held_is_given_back_and_nothing_else() -> None:
    first, second, neighbour = make_bot(), make_bot(), make_bot()
    for each in (first, second):
        acquired(each, "here:77:1")
    acquired(neighbour, "here:770:1")

    assert release_leases_of(holder_prefix="here:77:") == {first.id, second.id}

    assert acquired(first, "here:78:1").epoch == 2
    assert BotStatus.objects.get(bot=neighbour).lease_holder == "here:770:1"


def test_an_empty_prefix_is_refused(bot: Bot) -> None:
    acquired(bot)
    with pytest.raises(ValueError, match="everybody"):
        release_leases_of(holder_prefix="")
    assert BotStatus.objects.get(bot=bot).lease_holder == "host:1:a"
