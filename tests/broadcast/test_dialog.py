"""/broadcast, as a bot's admin sees it in Telegram."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from bots.models import Bot
from broadcast.models import Broadcast
from core import aio
from core.tenancy import in_bot
from tests.broadcast.campaigns import frozen
from tests.broadcast.test_sending import guest
from tests.fixtures.telegram import TelegramPerson
from tests.runtime.office import Office, eventually

ADMIN = 990_000_001


def labels(message: dict[str, Any]) -> list[str]:
    return [
        each["text"] for row in message.get("reply_markup", {}).get("inline_keyboard", []) for each in row
    ]


async def last(person: TelegramPerson) -> dict[str, Any]:
    (*_, message) = await person.said_by_bot()
    return message


async def opened(office: Office, **fields: Any) -> tuple[Bot, TelegramPerson]:
    """A bot at work and one of its admins, who has written to it."""
    number = office.sandbox.person("x").id
    bot = await office.open(admin_telegram_ids=[number], **fields)
    admin = await guest(office, bot, user_id=number)
    return bot, admin


async def broadcasts(bot: Bot) -> list[Broadcast]:
    def read() -> list[Broadcast]:
        with in_bot(bot.id):
            return list(Broadcast.objects.filter(bot_ids=[bot.id]))

    return await aio.run(read)


async def test_from_the_command_to_the_last_figures(office: Office) -> None:
    bot, admin = await opened(office, timezone="UTC")
    people = [await guest(office, bot) for _ in range(3)]
    await admin.say("/broadcast")
    (asked,) = await admin.hear()
    assert "For whom?" in asked
    await admin.say("gendr=female")
    (mistake,) = await admin.hear()
    assert "gender" in mistake
    await admin.tap("Everybody")
    (asked,) = await admin.hear()
    assert "That is 4 people now." in asked
    await admin.say("<b>Hello")
    (unfit,) = await admin.hear()
    assert "cannot be sent" in unfit
    await admin.say("<b>Hello</b>, {name|friend}!")
    _, shown, confirm = await admin.hear(3)
    assert shown == "Hello, Vera!"
    assert "That is 4 people now." in confirm
    assert labels(await last(admin)) == ["Send", "Another text", "Another audience", "Discard"]

    (draft,) = await broadcasts(bot)
    await aio.run(at_any_hour, draft)
    await admin.tap("Send")
    await admin.hear()
    await aio.run(frozen, draft)
    for person in people:
        assert await person.hear() == ["Hello, Vera!"]
    # The one message in which progress is told.
    told = await eventually(
        lambda: texts_of(admin),
        until=lambda texts: any("done" in each and "Sent 4 of 4" in each for each in texts),
    )
    assert sum("Sent " in each for each in told) == 1


def at_any_hour(broadcast: Broadcast) -> None:
    with in_bot(broadcast.bot_ids[0]):
        Broadcast.objects.filter(id=broadcast.id).update(quiet_from=0, quiet_until=0)


async def texts_of(person: TelegramPerson) -> list[str]:
    return [str(each.get("text", "")) for each in await person.said_by_bot()]


async def test_for_others_there_is_no_such_command(office: Office) -> None:
    bot, _ = await opened(office)
    vera = await guest(office, bot)
    await vera.say("/broadcast")
    (answer,) = await vera.hear()
    assert "broadcast" not in answer.lower()
    assert await broadcasts(bot) == []


async def test_a_saved_segment_is_offered_and_the_draft_can_be_discarded(
    office: Office, owner_database: psycopg.Connection[Any]
) -> None:
    bot, admin = await opened(office)
    # Among the first that are offered, by its name.
    name = f"  {bot.slug}"[:60]
    owner_database.execute(
        "INSERT INTO segments (id, name, criteria, created_at, changed_at)"
        " VALUES (gen_random_uuid(), %s, 'gender=female', now(), now())",
        [name],
    )
    await admin.say("/broadcast")
    await admin.hear()
    await admin.tap(name)
    (nobody,) = await admin.hear()
    assert "Nobody fits" in nobody
    await admin.say("gender=none")
    await admin.hear()
    await admin.say("Hello")
    await admin.hear(3)
    await admin.tap("Discard")
    assert await admin.hear() == ["Discarded, nothing was sent."]
    assert await broadcasts(bot) == []


async def test_cancel_ends_the_asking(office: Office) -> None:
    _, admin = await opened(office)
    await admin.say("/broadcast")
    await admin.hear()
    await admin.say("/cancel")
    assert await admin.hear() == ["Fine, I am not waiting for that any more."]
    await admin.say("gender=female")
    (answer,) = await admin.hear()
    assert "people now" not in answer


@pytest.mark.usefixtures("told_at_once")
async def test_many_recipients_need_a_second_admin(office: Office, settings: Any) -> None:
    settings.BROADCAST_CONFIRM_ABOVE = 1
    first, second = (office.sandbox.person("x").id for _ in range(2))
    bot = await office.open(admin_telegram_ids=[first, second])
    ann, bob = [await guest(office, bot, user_id=each) for each in (first, second)]
    await ann.say("/broadcast")
    await ann.hear()
    await ann.tap("Everybody")
    await ann.hear()
    await ann.say("Hello")
    await ann.hear(3)
    await ann.tap("Send")
    assert "second person" in (await ann.hear())[-1]
    await ann.say("/broadcast")
    await ann.hear()
    await ann.tap("I agree: send “Hello”")
    assert await ann.hear() == ["Somebody else than who asked for it has to agree."]
    await bob.say("/broadcast")
    await bob.hear()
    await bob.tap("I agree: send “Hello”")
    (progress,) = await bob.hear()
    assert "collecting recipients" in progress
    (found,) = await broadcasts(bot)
    assert found.state == "freezing"
