"""Who holds a bot, who takes over, and what becomes of what an earlier holder had in hand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings

from bots.models import Bot, BotStatus
from bots.services.acquire_lease import acquire_lease
from core import aio
from core.clock import clock
from mailbox.contracts import Arrival, Claimed, Hand, Post
from mailbox.services.accept import accept
from mailbox.services.claim import claim
from mailbox.services.deliver import outgoing
from mailbox.services.post import post
from sessions_app.rendering import plain
from sessions_app.speech import say
from tests.cast import make_bot, make_profile, on_database
from tests.fixtures.telegram import Sandbox
from tests.runtime.office import (
    Office,
    all_settled,
    eventually,
    heard,
    open_office,
    posted,
    state_of,
    status_of,
    talk,
)
from tests.runtime.updates import as_bytes, message

HELP = plain(say("help.text", "en"))
PRIVACY = plain(say("privacy.text", "en"))


@pytest.fixture
def short_leases(settings: Any) -> None:
    settings.LEASE_SECONDS = 1.0


@pytest.fixture
def runtime_role() -> Iterator[psycopg.Connection[Any]]:
    """A connection of the role that the runtime has, which may end others of its kind."""
    with psycopg.connect(django_settings.DATABASE_URL_RUNTIME, autocommit=True) as connection:
        yield connection


async def steal(bot: Bot, *, seconds: float) -> Hand:
    """Take the bot as another host does once the lease is over."""

    def take() -> Hand:
        BotStatus.objects.filter(bot_id=bot.id).update(lease_until=clock.now())
        lease = acquire_lease(bot_id=bot.id, holder="another:1:pack-1:1", seconds=seconds)
        assert lease is not None
        return Hand(bot.id, lease.epoch)

    hand: Hand = await on_database(take)
    return hand


async def take(hand: Hand) -> list[Claimed]:
    haul = await aio.run_in_bot(hand.bot_id, claim, hand=hand, busy=(), lanes=9, burst_wait=0.0)
    return [row for burst in haul.bursts for row in burst]


async def test_who_finds_the_bot_held_waits_until_it_is_given_back(sandbox: Sandbox, office: Office) -> None:
    bot = await office.open()
    async with open_office(sandbox) as second:
        second.serve(bot)
        vera = await office.friend(bot)
        await vera.say("/help")
        assert await vera.hear() == [HELP]
        status = await status_of(bot)
        assert (status.lease_holder, status.lease_epoch, status.state) == (office.holder, 1, "running")
        office.dismiss(bot)
        await eventually(lambda: status_of(bot), until=lambda found: found.lease_holder == second.holder)
        await state_of(bot, "running")
        await vera.say("/privacy")
        assert await vera.hear() == [PRIVACY]
        await all_settled(bot)
    assert await heard(bot, "outcome", "epoch") == [("done", 1), ("done", 2)]


async def test_who_only_waited_for_a_bot_says_nothing_of_its_state(sandbox: Sandbox, office: Office) -> None:
    bot = await office.open()
    async with open_office(sandbox) as second:
        second.serve(bot)
        await eventually(lambda: on_database(lambda: set(second.worker._runners)))
        second.dismiss(bot)
        await eventually(lambda: on_database(lambda: not second.worker._runners))
    assert (await status_of(bot)).state == "running"


async def test_a_bot_whose_lease_is_lost_is_let_go_and_taken_up_again_when_it_is_free(
    office: Office, short_leases: None
) -> None:
    bot, other = await office.open(), await office.open()
    thief = await steal(bot, seconds=1.5)
    assert thief.epoch == 2
    await eventually(lambda: status_of(bot), until=lambda found: found.lease_epoch == 3)
    await state_of(bot, "running")
    vera = await office.friend(bot)
    await vera.say("/help")
    assert await vera.hear() == [HELP]
    assert (await status_of(other)).lease_epoch == 1


async def test_who_lost_the_lease_says_no_more_of_the_bots_state(office: Office, short_leases: None) -> None:
    bot = await office.open()
    await steal(bot, seconds=600)
    runner = office.runner_of(bot)
    await eventually(lambda: on_database(lambda: runner.lease is None))
    await eventually(lambda: on_database(runner._book._news.empty))
    status = await status_of(bot)
    assert (status.state, status.lease_holder, status.restarts) == ("running", "another:1:pack-1:1", 0)


async def test_what_a_dead_holder_left_is_finished_by_the_next(office: Office) -> None:
    token = await office.sandbox.new_bot()
    bot: Bot = await on_database(
        make_bot, token=token, api_url=office.sandbox.url, wanted_state="running", chat_sends_per_second=None
    )
    vera = await office.friend(bot)
    await vera.say("before")

    def die_at_work() -> None:
        """Hear and take an update, take a reply and a broadcast to send them, and end."""
        lease = acquire_lease(bot_id=bot.id, holder="dead:1:pack-1:1", seconds=-1.0)
        assert lease is not None
        hand = Hand(bot.id, lease.epoch)
        body = {"update_id": 5, "message": message("/help", user_id=vera.id)}
        accept(
            bot_id=bot.id,
            arrivals=[
                Arrival(5, "command", vera.id, vera.id, False, as_bytes(body), clock.now()),
            ],
        )
        claim(hand=hand, busy=(), lanes=9, burst_wait=0.0)
        words = [
            Post(
                key="reply", chat_id=vera.id, method="sendMessage", params={"chat_id": vera.id, "text": "r"}
            ),
            Post(
                key="broadcast",
                chat_id=vera.id + 50_000_000,
                method="sendMessage",
                params={"chat_id": vera.id + 50_000_000, "text": "b"},
                priority=3,
            ),
        ]
        post(bot_id=bot.id, posts=words)
        assert len(outgoing(hand=hand, busy=(), slots=9)) == 2

    await aio.run_in_bot(bot.id, die_at_work)
    office.serve(bot)
    assert set(await vera.hear(3)) >= {"r", HELP}
    await all_settled(bot, updates=2)
    assert await heard(bot, "outcome", "attempts", "epoch", update_id=5) == [("done", 2, 2)]
    assert await posted(bot, "key", "state", "attempts", "resends", key__in=["reply", "broadcast"]) == [
        ("reply", "sent", 2, 1),
        ("broadcast", "unknown", 1, 1),
    ]


async def test_a_turn_that_outlives_its_lease_changes_nothing(
    office: Office, owner_database: psycopg.Connection[Any], settings: Any
) -> None:
    # Long, so that this worker does not notice before its turn has ended.
    settings.LEASE_SECONDS = 600.0
    bot = await office.open()
    vera = await office.friend(bot)
    with owner_database.transaction():
        # The turn is held up in the middle, as by a slow model.
        owner_database.execute("LOCK TABLE conversations IN ACCESS EXCLUSIVE MODE")
        await vera.say("/help")
        await eventually(lambda: heard(bot, "attempts"), until=lambda found: found == [1])
        thief = await steal(bot, seconds=600.0)
        (row,) = await take(thief)
        assert row.attempts == 2
    await asyncio.sleep(0)
    # The late turn has run when its lane is free again.
    runner = office.runner_of(bot)
    await eventually(lambda: on_database(lambda: not runner._dispatcher._busy))  # type: ignore[union-attr]
    assert await heard(bot, "outcome", "epoch") == [("", thief.epoch)]
    assert (await posted(bot, "id"), await talk(bot)) == ([], [])

    # The thief dies without a word; the worker finds out, and does what is left, once.
    await on_database(
        BotStatus.objects.filter(bot_id=bot.id).update, lease_holder="", lease_until=clock.now()
    )
    runner.lose_lease()
    assert await vera.hear() == [HELP]
    await all_settled(bot)
    assert await heard(bot, "outcome", "epoch") == [("done", 3)]
    assert len(await vera.said_by_bot()) == 1


async def test_connections_that_die_in_the_middle_cost_no_update_and_no_answer(
    office: Office, runtime_role: psycopg.Connection[Any]
) -> None:
    bot = await office.open()
    everybody = [await office.friend(bot) for _ in range(6)]
    for round_ in range(4):
        for each in everybody:
            await each.say(f"/help {round_}")
        runtime_role.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )
        await asyncio.sleep(0.05)
    for each in everybody:
        await each.hear(4)
    await all_settled(bot, updates=24)
    assert await heard(bot, "outcome") == ["done"] * 24
    assert await posted(bot, "state") == ["sent"] * 24
    for each in everybody:
        kept = [text for role, text in await talk(bot) if role == "user"]
        assert [len(await each.said_by_bot()), kept.count("/help 0")] == [4, 6]


async def test_a_worker_that_is_told_of_mail_again_after_its_ear_was_cut_hears_it(
    office: Office, runtime_role: psycopg.Connection[Any]
) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await vera.say("/help")
    await vera.hear()
    runtime_role.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'relove-listen'"
    )
    word = Post(
        key="operator-1", chat_id=vera.id, method="sendMessage", params={"chat_id": vera.id, "text": "hi"}
    )
    await aio.run_in_bot(bot.id, post, bot_id=bot.id, posts=[word], wake=True)
    assert await vera.hear() == ["hi"]


async def test_a_person_made_by_two_updates_at_once_is_one(office: Office) -> None:
    bot = await office.open()
    strangers = [await office.stranger(bot) for _ in range(8)]
    await asyncio.gather(*(each.say("/start") for each in strangers for _ in range(2)))
    for each in strangers:
        await each.hear(2)
    await on_database(make_profile, bot)
