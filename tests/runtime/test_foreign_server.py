from __future__ import annotations

import pytest

from sessions_app.rendering import plain
from sessions_app.speech import say
from tests.cast import on_database
from tests.fixtures.telegram import TelegramPerson
from tests.runtime.foreign_server import (
    Refusal,
    fallen_over,
    not_found_as_a_page,
    not_found_as_json,
    open_foreign_server,
)
from tests.runtime.office import Office, all_settled, eventually, heard, posted, state_of, talk


def text(key: str) -> str:
    return plain(say(key, "en"))


@pytest.mark.parametrize("refusal", [not_found_as_json, not_found_as_a_page, fallen_over])
async def test_a_server_that_knows_nine_methods_is_enough(office: Office, refusal: Refusal) -> None:
    async with open_foreign_server(office.sandbox.url, refusal=refusal) as server:
        # With a model behind it, the bot also tries to show that it is writing.
        bot = await office.open(
            api_url=server.url, model_provider="openai", model_base_url=f"{server.url}/no/model/v1"
        )
        vera = await office.stranger(bot)
        await vera.say("/start")
        assert await vera.hear() == [text("start.greeting")]
        await vera.tap(text("start.consent_button"))
        assert await vera.hear() == [text("start.welcome")]
        await vera.tap("open:natasha")
        await vera.hear()
        await vera.say("He never listens.")
        await vera.hear()
        await all_settled(bot)
        assert set(await posted(bot, "state")) == {"sent"}
        assert ("user", "He never listens.") in await talk(bot)
        await eventually(
            lambda: on_database(lambda: dict(server.refused)), until=lambda found: "setMyCommands" in found
        )
        assert (await state_of(bot, "running")).restarts == 0
        office.dismiss(bot)
        await state_of(bot, "stopped")


async def test_bytes_that_are_no_utf8_are_kept_as_they_came_and_answered(office: Office) -> None:
    async with open_foreign_server(office.sandbox.url, refusal=not_found_as_json) as server:
        server.garble = lambda body: body.replace(b"MARK", b"a\xff\xed\xa0\x80b")
        bot = await office.open(api_url=server.url)
        vera: TelegramPerson = await office.friend(bot)
        await vera.say("MARK")
        await vera.hear()
        await all_settled(bot)
        (payload,) = await heard(bot, "payload")
        assert b"a\xff\xed\xa0\x80b" in bytes(payload)
        office.dismiss(bot)
        await state_of(bot, "stopped")
