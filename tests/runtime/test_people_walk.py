"""One whole way of a person, as they see it: a session of twelve messages, and where it brings them."""

from __future__ import annotations

from typing import Any

import pytest

from journey.models import JourneyProgress, Readiness
from profiles.models import Finding
from sessions_app.rendering import plain
from sessions_app.speech import say
from tests.fixtures.telegram import TelegramPerson
from tests.runtime.office import Office, all_settled, eventually, jobs, people, rows, talk

pytestmark = pytest.mark.usefixtures("told_at_once")

SAID = (
    "У меня всё нормально, просто живу как все. Мне 34, живу в Казани.",
    "Дома одно и то же, привычка, муж молчит вечерами.",
    "Всё по-старому, так у всех, жаловаться не на что.",
    "Но в последнее время что-то зовёт, мне снится другая жизнь.",
    "Хочу чего-то нового, тянет уехать к морю и рисовать.",
    "Я боюсь, не сейчас, у меня дети и ипотека.",
    "Может быть потом, когда дети вырастут, а вдруг будет хуже.",
    "Страшно, не могу решиться.",
    "Опять отложила, боюсь, что не сейчас.",
    "Боюсь, что ничего не выйдет, не могу решиться.",
    "А вдруг будет хуже, страшно.",
    "Не сейчас, может быть потом.",
)


def text(key: str, **values: object) -> str:
    """A text of the catalogue as the person reads it."""
    return plain(say(key, "ru", **values))  # type: ignore[arg-type]


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for row in message.get("reply_markup", {}).get("inline_keyboard", []) for each in row]


async def shown(person: TelegramPerson, said: str) -> dict[str, Any]:
    """Say it, and what comes back."""
    await person.say(said)
    (message,) = await person.hear_messages()
    return message


async def judged(bot: Any, count: int) -> None:
    """Wait for what was learnt beside the talk."""
    await eventually(lambda: jobs(bot, "settled_at"), until=lambda rows: len(rows) >= count and all(rows))


async def test_from_start_through_twelve_messages_to_a_programme(office: Office) -> None:
    bot = await office.open(platform_url="https://platform.example/")
    vera = office.sandbox.person(bot.token, language_code="ru", first_name="Вера")
    await vera.say("/start")
    await vera.hear()
    await vera.tap(text("start.consent_button"))
    await vera.hear()
    await vera.say("/natasha")
    await vera.hear()
    for said in SAID:
        await vera.say(said)
        await vera.hear()
    # What Telegram says of her, and every fifth message.
    await judged(bot, 3)

    # Where she stands, in her own words, as a picture.
    journey = await shown(vera, "/my_journey")
    (stage,) = await people(bot, "journey_stage")
    assert stage == "REFUSAL"
    evidence = (await rows(bot, JourneyProgress, "evidence", stage="REFUSAL"))[-1]
    own_words = [words for role, words in await talk(bot) if role == "user"]
    assert evidence
    assert all(any(each["quote"] in words for words in own_words) for each in evidence)
    assert (await vera.file(journey)).startswith(b"\x89PNG")
    assert "📍 Отказ" in journey["caption"]
    assert evidence[-1]["quote"] in journey["caption"]

    # "This is not me."
    (not_me,) = buttons(journey)
    await vera.tap(not_me["text"])
    assert "Отказ" in (await vera.hear())[-1]
    (stage,) = await people(bot, "journey_stage")
    assert stage != "REFUSAL"
    assert await rows(bot, JourneyProgress, "outcome", stage="REFUSAL") == ["disputed"]

    # The end tells what moved, and is not judged against her word.
    summary = (await shown(vera, "/end_session"))["text"]
    assert summary
    await all_settled(bot)
    # How often she was judged before her word depends on how fast she wrote.
    assert await people(bot, "journey_stage") != ["REFUSAL"]
    assert await rows(bot, Finding, "value", kind="age") == ["34"]

    # What she is ready for, and what she chooses.
    readiness = await shown(vera, "/analyze_readiness")
    choices = buttons(readiness)
    assert len(choices) == 3
    assert readiness["text"].count("%") >= 3
    await vera.tap(choices[0]["text"])
    await vera.hear()
    slug = choices[0]["callback_data"].removeprefix("stream:")
    assert await people(bot, "markers") == [{"interested_stream": slug}]
    assert await rows(bot, Readiness, "chosen") == [slug]
    platform = await shown(vera, "/platform")
    (link,) = buttons(platform)
    assert "/go/" in link["url"]
