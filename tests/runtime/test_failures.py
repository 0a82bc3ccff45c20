"""When something of ours fails in the middle of a turn: tried again, then said kindly, and never in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from bots.models import Bot
from bots.services.acquire_lease import acquire_lease
from core import aio
from core.clock import clock
from mailbox.contracts import Arrival, Hand
from mailbox.services.accept import accept
from mailbox.services.claim import claim
from mailbox.services.settle import try_alone
from runtime.dispatch.dispatcher import SUSPECT_AFTER
from sessions_app.rendering import plain
from sessions_app.speech import say
from tests.cast import make_bot, make_profile, on_database
from tests.runtime.office import Office, all_settled, heard, posted, sessions, state_of, talk
from tests.runtime.test_walk import any_of
from tests.runtime.updates import as_bytes, message

HELP = plain(say("help.text", "en"))
Owner = psycopg.Connection[Any]


@contextmanager
def refused_by_the_database(owner: Owner, bot: Bot, *, times: int) -> Iterator[None]:
    """The first `times` sessions of this bot are refused, in words that quote what was to be stored."""
    name = f"refuse_{bot.id.hex}"
    owner.execute(f"CREATE SEQUENCE {name}")
    owner.execute(f"GRANT USAGE ON SEQUENCE {name} TO bot_runtime")
    owner.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF nextval('{name}') <= {times} THEN RAISE EXCEPTION 'cannot keep %', NEW.kind; END IF;"
        " RETURN NEW; END $$"
    )
    owner.execute(
        f"CREATE TRIGGER {name} BEFORE INSERT ON sessions FOR EACH ROW WHEN (NEW.bot_id = '{bot.id}')"
        f" EXECUTE FUNCTION {name}()"
    )
    try:
        yield
    finally:
        owner.execute(f"DROP TRIGGER {name} ON sessions")
        owner.execute(f"DROP FUNCTION {name}")
        owner.execute(f"DROP SEQUENCE {name}")


async def test_a_turn_that_fails_once_is_taken_again_and_answered_once(
    office: Office, owner_database: Owner
) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    with refused_by_the_database(owner_database, bot, times=1):
        await vera.say("/natasha")
        (opening,) = await vera.hear()
        await all_settled(bot)
    assert opening in any_of("session.natasha_opened")
    assert await heard(bot, "outcome", "attempts") == [("done", 2)]
    assert len(await talk(bot)) == 2
    assert await sessions(bot, "state") == ["active"]


async def test_a_turn_that_fails_three_times_is_buried_told_kindly_and_its_lane_goes_on(
    office: Office, owner_database: Owner
) -> None:
    bot, other = await office.open(), await office.open()
    vera, boris = await office.friend(bot), await office.friend(bot)
    elsewhere = await office.friend(other)
    with refused_by_the_database(owner_database, bot, times=99):
        await vera.say("/natasha")
        await vera.say("/help")
        for each in (boris, elsewhere):
            await each.say("/help")
            assert await each.hear() == [HELP]
        apology, after = await vera.hear(2)
        await all_settled(bot)
    assert apology in any_of("error.kept")
    assert after == HELP
    assert await heard(bot, "outcome", "attempts", "reason", user_id=vera.id) == [
        ("buried", 3, "ProgrammingError"),
        ("done", 1, ""),
    ]
    assert ("user", "/natasha") in await talk(bot)
    assert await sessions(bot, "id") == []
    assert (await state_of(bot, "running")).restarts == 0


async def test_an_update_that_ended_its_process_three_times_is_not_tried_again(office: Office) -> None:
    token = await office.sandbox.new_bot()
    bot: Bot = await on_database(make_bot, token=token, api_url=office.sandbox.url)
    vera = await office.stranger(bot)
    await on_database(make_profile, bot, telegram_id=vera.id)
    await vera.say("before")
    body = {"update_id": 5, "message": message("/help", user_id=vera.id)}

    def die(*, first: bool) -> None:
        lease = acquire_lease(bot_id=bot.id, holder="dead:1:pack-1:1", seconds=-1.0)
        assert lease is not None
        if first:
            arrival = Arrival(
                update_id=5,
                kind="command",
                lane=vera.id,
                user_id=vera.id,
                may_wait=False,
                payload=as_bytes(body),
                due_at=clock.now(),
            )
            accept(bot_id=bot.id, arrivals=[arrival])
        hand = Hand(bot.id, lease.epoch)
        ((row,),) = claim(hand=hand, busy=(), lanes=9, burst_wait=0.0).bursts
        if row.attempts == SUSPECT_AFTER:
            try_alone(hand=hand, ids=[row.id])

    for attempt in range(3):
        await aio.run_in_bot(bot.id, die, first=attempt == 0)
    office.serve(bot)
    said = await vera.hear(2)
    assert said[0] in any_of("error.kept")
    await all_settled(bot, updates=2)
    assert await heard(bot, "outcome", "attempts", "reason", update_id=5) == [
        ("buried", 3, "it ended the process each time")
    ]
    # What she wrote before is answered after: Telegram had kept it.
    assert said[1] in any_of("outside_session.text")


async def test_a_stranger_whose_turn_fails_is_told_and_nothing_of_it_is_kept(
    office: Office, owner_database: Owner
) -> None:
    bot = await office.open()
    vera = await office.stranger(bot)
    name = f"refuse_{bot.id.hex}"
    owner_database.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$"
    )
    owner_database.execute(
        f"CREATE TRIGGER {name} BEFORE UPDATE OF consented_at ON profiles FOR EACH ROW"
        f" WHEN (NEW.bot_id = '{bot.id}') EXECUTE FUNCTION {name}()"
    )
    try:
        await vera.say("/start")
        await vera.hear()
        await vera.tap("consent:yes")
        (apology,) = await vera.hear()
        await all_settled(bot)
    finally:
        owner_database.execute(f"DROP TRIGGER {name} ON profiles")
        owner_database.execute(f"DROP FUNCTION {name}")
    assert apology in any_of("error.kept")
    assert await heard(bot, "outcome") == ["done", "buried"]
    assert {bytes(each) for each in await heard(bot, "payload")} == {b""}
    assert await talk(bot) == []
    assert set(await posted(bot, "state")) == {"sent"}
