"""A person of the team answers in a chat; what the other side of it sees."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from bots.models import Bot
from core import aio
from core.tenancy import in_bot
from sessions_app.models import Conversation
from sessions_app.services.say_as_operator import say_as_operator
from sessions_app.services.take_over import hand_back, take_over
from tests.fixtures.telegram import TelegramPerson
from tests.runtime.office import Office, all_settled, talk

pytestmark = pytest.mark.usefixtures("told_at_once")


@pytest.fixture
def anna(owner_database: psycopg.Connection[Any]) -> int:
    """A member of staff, by id."""
    row = owner_database.execute(
        "INSERT INTO auth_user (username, password, first_name, last_name, email, is_superuser, is_staff,"
        " is_active, date_joined) VALUES (gen_random_uuid()::text, '!', '', '', '', false, true, true, now())"
        " RETURNING id"
    ).fetchone()
    assert row is not None
    return int(row[0])


async def does(bot: Bot, person: TelegramPerson, service: Any, **fields: Any) -> None:
    def call() -> None:
        with in_bot(bot.id):
            found = Conversation.objects.for_bot(bot.id).get(chat_id=person.id)
            service(bot_id=bot.id, conversation_id=found.id, **fields)

    await aio.run(call)


async def test_the_bot_is_silent_while_somebody_answers_and_goes_on_after_them(
    office: Office, anna: int
) -> None:
    bot = await office.open()
    vera = await office.client_of(bot)
    await does(bot, vera, take_over, user_id=anna)
    await vera.say("Is anybody there?")
    await vera.send_voice()
    await all_settled(bot, updates=3)
    await does(bot, vera, say_as_operator, user_id=anna, text="Yes, I am here.")
    assert await vera.hear() == ["Yes, I am here."]
    await does(bot, vera, hand_back, user_id=anna)
    await vera.say("And now I go on.")
    (answer,) = await vera.hear()
    assert answer
    said = await talk(bot)
    assert ("user", "Is anybody there?") in said
    assert ("user", "[voice]") in said
    assert ("bot", "Yes, I am here.") in said
    assert said[-1][0] == "bot"
