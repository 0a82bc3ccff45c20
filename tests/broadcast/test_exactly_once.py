"""Whatever happens on the way, nobody gets it twice and the ledger says what became of each; the sandbox is judge."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import Any

import pytest

from bots.models import Bot
from broadcast.contracts import ITSELF
from broadcast.errors import BroadcastError
from broadcast.models import Broadcast
from broadcast.services.draft import File, attach_file
from broadcast.services.lifecycle import cancel_broadcast, pause_broadcast, resume_broadcast, retry_failed
from core import aio
from core.tenancy import in_bot, in_bots
from mailbox.models import Media
from profiles.models import Profile
from tests.broadcast.campaigns import begun, content, ledger, recounted, written
from tests.broadcast.campaigns import frozen as freeze_all
from tests.broadcast.test_attachments import picture
from tests.broadcast.test_freeze import start
from tests.broadcast.test_sending import guest, is_in
from tests.fixtures.telegram import Sandbox, TelegramPerson
from tests.runtime.office import Office, calls, eventually, open_office, posted, status_of
from tests.runtime.test_hands import steal

NEWS = "The news of today."


async def crowd(office: Office, bot: Bot, count: int) -> list[TelegramPerson]:
    """People with the bot's chat open, who have consented."""
    return [await guest(office, bot) for _ in range(count)]


async def send(bot: Bot, **fields: Any) -> Broadcast:
    broadcast: Broadcast = await aio.run(begun, bot, texts=content(NEWS), **fields)
    return broadcast


async def times_heard(people: list[TelegramPerson], text: str = NEWS) -> list[int]:
    """How often each of them has it in their chat, as Telegram keeps it."""
    return [
        sum(each.get("text", each.get("caption")) == text for each in await person.said_by_bot())
        for person in people
    ]


async def states(broadcast: Broadcast, bot: Bot) -> Counter[str]:
    return Counter(await aio.run(ledger, broadcast, bot.id))


async def command(service: Any, broadcast: Broadcast, **arguments: Any) -> None:
    await aio.run_in_bots(broadcast.bot_ids, service, broadcast_id=broadcast.id, by=ITSELF, **arguments)


async def test_who_has_blocked_the_bot_is_blocked_and_inactive_and_the_others_get_it(office: Office) -> None:
    bot = await office.open()
    people = await crowd(office, bot, 3)
    broadcast = await aio.run(written, bot, texts=content(NEWS))
    await aio.run(start, broadcast)
    # The bot is not told: it learns when it writes.
    await office.sandbox.fail(
        token=bot.token,
        method="sendMessage",
        error_code=403,
        description="Forbidden: bot was blocked by the user",
    )
    await aio.run(freeze_all, broadcast)
    await is_in(broadcast, "finished")
    assert await states(broadcast, bot) == {"blocked": 1, "sent": 2}
    assert sorted(await times_heard(people)) == [0, 1, 1]

    def inactive() -> int:
        with in_bot(bot.id):
            return Profile.objects.for_bot(bot.id).filter(is_active=False).count()

    assert await aio.run(inactive) == 1
    await aio.run(recounted, broadcast)
    # The next one does not even ask.
    second = await send(bot)
    await is_in(second, "finished")
    assert await states(second, bot) == {"sent": 2}


async def test_telegrams_flood_control_is_waited_for_and_nobody_is_lost(office: Office) -> None:
    bot = await office.open()
    people = await crowd(office, bot, 4)
    await office.sandbox.fail(token=bot.token, method="sendMessage", error_code=429, retry_after=1, times=2)
    broadcast = await send(bot)
    await is_in(broadcast, "finished")
    assert await times_heard(people) == [1] * 4
    assert await aio.run(recounted, broadcast) == [{"total": 4, "sent": 4}]
    assert sorted(await posted(bot, "attempts", key__startswith="bc:")) == [1, 1, 2, 2]


async def test_a_connection_that_is_cut_after_the_request_makes_it_unknown_and_it_is_never_sent_again(
    office: Office,
) -> None:
    bot = await office.open()
    people = await crowd(office, bot, 4)
    await office.sandbox.fail(token=bot.token, method="sendMessage", drop="after")
    await office.sandbox.fail(token=bot.token, method="sendMessage", drop="before")
    broadcast = await send(bot)
    await is_in(broadcast, "finished")
    assert await states(broadcast, bot) == {"unknown": 2, "sent": 2}
    # One arrived, one did not; nobody here can tell which.
    assert sorted(await times_heard(people)) == [0, 1, 1, 1]
    await command(try_in_vain, broadcast)
    await asyncio.sleep(0.5)
    assert sorted(await times_heard(people)) == [0, 1, 1, 1]
    assert await aio.run(recounted, broadcast) == [{"total": 4, "sent": 2, "unknown": 2}]


def try_in_vain(*, broadcast_id: Any, by: Any) -> None:
    """Somebody looks for failed ones: those who are unknown are not among them."""
    with pytest.raises(BroadcastError, match="Nobody failed"):
        retry_failed(broadcast_id=broadcast_id, by=by)


async def test_who_failed_gets_it_when_it_is_tried_again_and_nobody_else(office: Office) -> None:
    bot = await office.open()
    people = await crowd(office, bot, 3)
    await office.sandbox.fail(
        token=bot.token, method="sendMessage", error_code=400, description="Bad Request: no", times=2
    )
    broadcast = await send(bot)
    await is_in(broadcast, "finished")
    assert await states(broadcast, bot) == {"failed": 2, "sent": 1}
    await command(retry_failed, broadcast)
    await is_in(broadcast, "finished")
    assert await times_heard(people) == [1] * 3
    assert await aio.run(recounted, broadcast) == [{"total": 3, "sent": 3}]


async def test_too_many_errors_pause_it_before_everybody_was_tried(office: Office) -> None:
    bot = await office.open(sends_per_second=30.0)
    people = await crowd(office, bot, 12)
    await office.sandbox.fail(
        token=bot.token, method="sendMessage", error_code=400, description="Bad Request: no", times=100
    )
    broadcast = await send(bot, errors_in_row=3, error_percent=0, rate=3.0)
    found = await is_in(broadcast, "paused")
    assert found.reason == "errors"
    await eventually(lambda: states(broadcast, bot), until=lambda found: not found["released"])
    after = await states(broadcast, bot)
    assert 3 <= after["failed"] < 12
    assert after["waiting"] == 12 - after["failed"]
    assert await times_heard(people) == [0] * 12
    await aio.run(recounted, broadcast)


async def test_after_a_takeover_what_was_in_flight_is_unknown_and_the_rest_arrives_once(
    office: Office, settings: Any
) -> None:
    settings.LEASE_SECONDS = 1.0
    bot = await office.open()
    people = await crowd(office, bot, 6)
    # Two stand on the line while another host takes the bot over.
    await office.sandbox.fail(token=bot.token, method="sendMessage", delay_ms=4000, times=2)
    broadcast = await send(bot, rate=4.0)
    await eventually(lambda: posted(bot, "id", state="sending"), until=lambda found: len(found) == 2)
    thief = await steal(bot, seconds=1.0)
    await eventually(lambda: status_of(bot), until=lambda found: found.lease_epoch > thief.epoch)
    await is_in(broadcast, "finished")
    found = await states(broadcast, bot)
    assert found == {"unknown": 2, "sent": 4}
    await asyncio.sleep(0.1)
    heard = await times_heard(people)
    assert max(heard) == 1
    assert sum(heard) >= 4
    await aio.run(recounted, broadcast)


async def test_a_worker_that_leaves_in_order_leaves_nothing_unknown(sandbox: Sandbox, office: Office) -> None:
    bot = await office.open()
    people = await crowd(office, bot, 20)
    broadcast = await send(bot, rate=20.0)
    await eventually(lambda: states(broadcast, bot), until=lambda found: found["sent"] >= 4)
    office.dismiss(bot)
    async with open_office(sandbox) as second:
        second.serve(bot)
        await is_in(broadcast, "finished")
    assert await states(broadcast, bot) == {"sent": 20}
    assert await times_heard(people) == [1] * 20
    assert await aio.run(recounted, broadcast) == [{"total": 20, "sent": 20}]


async def test_paused_and_resumed_again_and_again_everybody_gets_it_once(office: Office) -> None:
    bot = await office.open()
    people = await crowd(office, bot, 25)
    await office.sandbox.fail(token=bot.token, method="sendMessage", error_code=429, retry_after=1, times=3)
    broadcast = await send(bot, rate=40.0)
    chance = random.Random(5)
    for _ in range(6):
        await asyncio.sleep(chance.uniform(0.02, 0.3))
        if (await aio.run(read_state, broadcast)) != "running":
            break
        await command(pause_broadcast, broadcast)
        at_rest = await eventually(lambda: states(broadcast, bot), until=lambda found: not found["released"])
        await asyncio.sleep(0.05)
        assert await states(broadcast, bot) == at_rest
        await command(resume_broadcast, broadcast)
    await is_in(broadcast, "finished")
    assert await times_heard(people) == [1] * 25
    assert await aio.run(recounted, broadcast) == [{"total": 25, "sent": 25}]


def read_state(broadcast: Broadcast) -> str:
    with in_bots(broadcast.bot_ids):
        return Broadcast.objects.values_list("state", flat=True).get(id=broadcast.id)


async def test_cancelled_on_the_way_nothing_more_arrives(office: Office) -> None:
    bot = await office.open()
    people = await crowd(office, bot, 12)
    # What Telegram puts off must not slip out after the end.
    await office.sandbox.fail(token=bot.token, method="sendMessage", error_code=429, retry_after=1, times=1)
    broadcast = await send(bot, rate=5.0)
    await eventually(lambda: states(broadcast, bot), until=lambda found: found["sent"] >= 2)
    await command(cancel_broadcast, broadcast)
    found = await eventually(lambda: states(broadcast, bot), until=lambda found: not found["released"])
    await asyncio.sleep(1.5)
    assert await states(broadcast, bot) == found
    assert sum(await times_heard(people)) == found["sent"] < 12
    await aio.run(recounted, broadcast)


async def test_a_picture_is_uploaded_once_and_then_sent_by_its_id(office: Office) -> None:
    bot = await office.open()
    people = await crowd(office, bot, 5)
    content_ = picture()
    broadcast = await aio.run(with_picture, bot, content_)
    await is_in(broadcast, "finished")
    assert await times_heard(people) == [1] * 5
    (message, *_) = await people[0].hear_messages(1)
    assert await people[0].file(message) == content_
    assert await calls(office, bot, "sendPhoto") == (5, 0)
    file_ids = {photo["file_id"] for person in people for photo in (await last_of(person))["photo"][-1:]}
    assert len(file_ids) == 1

    # Telegram forgets it, and gets it again.
    await aio.run(garble, bot)
    second = await aio.run(with_picture, bot, content_)
    await is_in(second, "finished")
    assert await times_heard(people) == [2] * 5
    assert await aio.run(recounted, second) == [{"total": 5, "sent": 5}]


async def last_of(person: TelegramPerson) -> dict[str, Any]:
    (*_, message) = await person.said_by_bot()
    return message


def garble(bot: Bot) -> None:
    with in_bot(bot.id):
        assert Media.objects.for_bot(bot.id).exclude(file_id="").update(file_id="AgADnonsense") == 1


def with_picture(bot: Bot, bytes_: bytes) -> Broadcast:
    broadcast = written(bot, texts=content(NEWS))
    with in_bot(bot.id):
        file = File("news.png", "image/png", bytes_)
        attach_file(broadcast_id=broadcast.id, kind="photo", file=file, by=ITSELF)
    start(broadcast)
    freeze_all(broadcast)
    return broadcast


async def test_a_picture_that_telegram_does_not_take_is_an_error_and_not_a_text_without_it(
    office: Office,
) -> None:
    bot = await office.open()
    people = await crowd(office, bot, 4)
    await office.sandbox.fail(
        token=bot.token,
        method="sendPhoto",
        error_code=400,
        description="Bad Request: PHOTO_INVALID_DIMENSIONS",
        times=50,
    )
    broadcast = await aio.run(with_picture, bot, picture())
    await is_in(broadcast, "finished", "paused")
    assert await states(broadcast, bot) == {"failed": 4}
    assert await times_heard(people) == [0] * 4


async def test_replies_go_first(office: Office) -> None:
    bot = await office.open()
    people = await crowd(office, bot, 30)
    broadcast = await send(bot, rate=15.0)
    await eventually(lambda: states(broadcast, bot), until=lambda found: found["sent"] >= 3)
    vera = await guest(office, bot)
    await vera.say("/privacy")
    await vera.hear()
    assert (await states(broadcast, bot))["sent"] < 30
    await is_in(broadcast, "finished")
    assert await times_heard(people) == [1] * 30
