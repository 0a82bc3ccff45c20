"""What a bot's admins may ask for in Telegram; to everybody else these commands do not exist."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bots.models import Bot
from care.models import RotationRun
from care.rotation import rotate_batch
from care.services.keep_run import let_go, take_run
from care.services.report_run import report_run
from care.staff import companion_for
from core import aio
from mailbox.models import OutboundMessage
from sessions_app.crisis import hotline_list
from tests.care.folk import talker
from tests.cast import make_profile, on_database
from tests.fixtures.telegram import TelegramPerson
from tests.runtime.office import Office, all_settled, calls, eventually, heard, people, rows, talk
from tests.runtime.test_walk import text

pytestmark = pytest.mark.usefixtures("told_at_once")

COMMANDS = ("/stats", "/fill_profiles")
WORDS = "I am afraid and I long for another life by the sea."
WAITING = "The refreshing of portraits begins within a minute."


async def with_admin(
    office: Office, *, has_consented: bool = True, **fields: Any
) -> tuple[Bot, TelegramPerson]:
    """A bot, and its admin, who has consented unless told otherwise."""
    admin = office.sandbox.person(await office.sandbox.new_bot(), language_code="en", first_name="Ada")
    bot = await office.open(token=admin.token, **{"admin_telegram_ids": [admin.id], **fields})
    if has_consented:
        await on_database(make_profile, bot, telegram_id=admin.id, first_name="Ada")
    return bot, admin


async def a_batch_of(bot: Bot, size: int) -> None:
    """The next batch of the bot's round, as a Celery worker walks it, in the loop of the test."""
    (run_id,) = await rows(bot, RotationRun, "id", order="wanted_at", state__in=["wanted", "running"])
    run = await aio.run_in_bot(bot.id, take_run, bot_id=bot.id, run_id=run_id)
    assert run is not None
    async with companion_for(bot.id) as (companion, _):
        run = await rotate_batch(run, companion=companion, origin="rotation", size=size)
    if run.state == "running":
        await aio.run_in_bot(bot.id, let_go, bot_id=bot.id, run_id=run_id)
    await aio.run_in_bot(bot.id, report_run, run=run)


async def shown(person: TelegramPerson) -> list[str]:
    """The bot's messages as they stand in the chat now."""
    return [each["text"] for each in await person.said_by_bot()]


async def test_admins_are_told_the_figures_of_their_bot_and_of_no_other(office: Office) -> None:
    other = await office.open()
    await on_database(talker, other, WORDS)
    bot, admin = await with_admin(office)
    for _ in range(2):
        await on_database(talker, bot, WORDS, journey_stage="ORDEAL")
    await admin.say("/stats")
    (told,) = await admin.hear()
    assert told.startswith(f"{bot.name}\nPeople: 3, consented: 3, active: 3\n")
    assert "Messages today: 2" in told
    assert told.endswith("By stage\nOrdeal: 2")


async def test_the_owner_of_a_bot_is_an_admin_too(office: Office) -> None:
    bot, admin = await with_admin(office, admin_telegram_ids=[])
    bot.owner_telegram_id = admin.id
    await on_database(bot.save)
    office.serve(bot, revision="2")

    async def is_told() -> bool:
        await admin.say("/stats")
        return (await admin.hear())[0].startswith(bot.name)

    await eventually(is_told)


async def test_an_admin_need_not_agree_to_be_coached(office: Office) -> None:
    bot, admin = await with_admin(office, has_consented=False)
    await admin.say("/stats")
    (told,) = await admin.hear()
    assert told.startswith(f"{bot.name}\nPeople: 1, consented: 0, active: 1\n")
    await all_settled(bot)
    # Nothing of what they said is kept.
    assert await talk(bot) == []
    assert {bytes(each) for each in await heard(bot, "payload")} == {b""}


async def test_to_everybody_else_the_commands_do_not_exist(office: Office) -> None:
    bot, admin = await with_admin(office)
    vera = await office.friend(bot)
    for command in (*COMMANDS, "/fly"):
        await vera.say(command)
        assert await vera.hear() == [text("unknown_command.text")]
    assert await rows(bot, RotationRun, "id") == []
    # Only the admin's chat shows them in its menu.
    await eventually(lambda: calls(office, bot, "setMyCommands"), until=lambda counted: counted[0] == 6)
    for person, is_admin in ((admin, True), (vera, False)):
        path = f"bots/{bot.token}/chats/{person.id}?language_code=en"
        menu = (await office.sandbox.control("GET", path))["commands"]
        assert ({"stats", "fill_profiles"} <= {each["command"] for each in menu}) is is_admin


async def test_an_admin_of_another_bot_is_nobody_here(office: Office) -> None:
    _, admin = await with_admin(office)
    other = await office.open()
    elsewhere = office.sandbox.person(other.token, user_id=admin.id, language_code="en", first_name="Ada")
    await on_database(make_profile, other, telegram_id=admin.id)
    await elsewhere.say("/stats")
    assert await elsewhere.hear() == [text("unknown_command.text")]


async def test_who_has_not_agreed_is_answered_as_to_any_command_that_there_is_not(office: Office) -> None:
    bot, _ = await with_admin(office)
    stranger = await office.stranger(bot)
    for command in (*COMMANDS, "/fly"):
        await stranger.say(command)
        assert await stranger.hear(2) == [text("start.need_consent"), text("start.greeting")]
    child = await office.stranger(bot)
    await on_database(make_profile, bot, telegram_id=child.id, consented_at=None, is_underage=True)
    for command in (*COMMANDS, "/fly"):
        await child.say(command)
        assert await child.hear() == [text("start.underage", hotlines=hotline_list("en"))]
    assert await rows(bot, RotationRun, "id") == []


async def test_a_round_is_told_in_one_message_that_is_edited_to_the_end(office: Office) -> None:
    bot, admin = await with_admin(office)
    for _ in range(5):
        await on_database(talker, bot, WORDS)
    await admin.say("/fill_profiles")
    assert await admin.hear() == [WAITING]
    await all_settled(bot)
    await a_batch_of(bot, 4)
    half = "Refreshing portraits: 4 of 6. Updated "
    await eventually(lambda: shown(admin), until=lambda texts: texts[0].startswith(half))
    await a_batch_of(bot, 4)
    await a_batch_of(bot, 4)
    done = re.compile(
        r"Portraits refreshed: 6 looked at, 5 updated, 1 skipped, 0 failed\. \d+ tokens, \$0\.00\."
    )
    await eventually(lambda: shown(admin), until=lambda texts: done.fullmatch(texts[0]))
    assert len(await shown(admin)) == 1
    assert await rows(bot, OutboundMessage, "method", order="seq") == [
        "sendMessage",
        *["editMessageText"] * 3,
    ]
    assert await rows(bot, RotationRun, "trigger", "state", "processed", "updated", order="wanted_at") == [
        ("telegram", "done", 6, 5)
    ]
    await admin.say("/stats")
    (told,) = await admin.hear()
    assert "Portraits: done, 6 of 6, 5 updated" in told


async def test_one_round_at_a_time_is_begun(office: Office) -> None:
    bot, admin = await with_admin(office)
    await admin.say("/fill_profiles")
    await admin.hear()
    await admin.say("/fill_profiles")
    assert await admin.hear() == ["The portraits are being refreshed already."]
    assert await rows(bot, RotationRun, "state", order="wanted_at") == ["wanted"]
    await a_batch_of(bot, 10)
    await a_batch_of(bot, 10)
    await admin.say("/fill_profiles")
    assert await admin.hear() == [WAITING]
    assert await rows(bot, RotationRun, "state", order="wanted_at") == ["done", "wanted"]


async def test_a_round_that_breaks_off_says_why_in_the_same_message(office: Office) -> None:
    bot, admin = await with_admin(office)
    await on_database(talker, bot, WORDS)
    await admin.say("/fill_profiles")
    await admin.hear()
    await all_settled(bot)
    await on_database(Bot.objects.filter(id=bot.id).update, model_provider="openai", model_key_sealed="")
    await a_batch_of(bot, 10)
    texts = await eventually(lambda: shown(admin), until=lambda found: found[0] != WAITING)
    assert texts == [
        "The refreshing broke off: key_missing. 0 of 2 looked at. Go on: /fill_profiles.",
    ]


async def test_who_was_not_asked_about_for_want_of_a_model_is_due_again(office: Office) -> None:
    bot, admin = await with_admin(office)
    await on_database(talker, bot, WORDS)
    await admin.say("/fill_profiles")
    await admin.hear()
    await on_database(Bot.objects.filter(id=bot.id).update, model_provider="openai", model_key_sealed="")
    # The admin herself has said nothing: beside her, everybody was refused.
    await a_batch_of(bot, 10)
    assert await people(bot, "rotation_tried_at") == [None, None]


async def test_a_budget_that_is_spent_ends_the_round_before_anybody_is_asked(office: Office) -> None:
    bot, admin = await with_admin(office, rotation_budget_usd=0.0)
    await on_database(talker, bot, WORDS)
    await admin.say("/fill_profiles")
    await admin.hear()
    await all_settled(bot)
    await a_batch_of(bot, 10)
    texts = await eventually(lambda: shown(admin), until=lambda found: found[0] != WAITING)
    assert texts == [
        "I stopped: the budget for portraits is spent. 0 of 2 looked at, 0 updated. $0.00.",
    ]
