"""Who asks for a human is seen by the team; who only talks about people is not."""

from __future__ import annotations

import pytest

from bots.models import Bot
from core.tenancy import in_bot
from sessions_app.models import InboxItem
from sessions_app.wishes import asks_for_human
from tests.cast import on_database
from tests.sessions_app.guests import make_guest
from tests.sessions_app.test_conversation import Room


@pytest.mark.parametrize(
    "text",
    [
        "Позовите человека",
        "Позови кого-нибудь живого",
        "Переключите меня на оператора",
        "Я хочу поговорить с живым человеком.",
        "Можно мне\nпоговорить с оператором?",
        "Дайте живого человека!",
        "Мне нужен оператор",
        "Can I talk to a human?",
        "I want to speak with a real person, please",
        "Get me an operator",
        "connect me with a live person",
    ],
)
def test_who_asks_for_a_human_is_understood(text: str) -> None:
    assert asks_for_human(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ты человек или бот?",
        "Я хочу поговорить с человеком, которого люблю, и не решаюсь.",
        "Он хороший человек, но операторы сотовой связи его бесят.",
        "Мне нужен человек рядом.",
        "I want to talk to a man who left me.",
        "Are you human?",
        "I am only human. I need a person who listens to me.",
        "",
        "a " * 50_000 + "talk to a human",
    ],
)
def test_who_talks_about_people_is_not_taken_at_their_word(text: str) -> None:
    assert not asks_for_human(text)


async def test_it_stands_before_the_team_and_the_bot_goes_on(bot: Bot) -> None:
    room = Room(await on_database(make_guest, bot))
    await room.opens()
    room.model.says("coach", "I am here.")
    await room.says("Позовите человека")
    assert await on_database(needs, bot) == ["asked"]
    assert (await room.heard())[-1] == "I am here."


async def test_a_sign_of_crisis_outweighs_it(bot: Bot) -> None:
    room = Room(await on_database(make_guest, bot))
    await room.opens()
    await room.says("Я хочу умереть. Позовите человека")
    assert await on_database(needs, bot) == ["crisis"]


def needs(bot: Bot) -> list[str]:
    with in_bot(bot.id):
        return list(InboxItem.objects.for_bot(bot.id).values_list("need", flat=True))
