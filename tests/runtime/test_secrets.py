"""Whatever goes wrong, no line of the log of a real `runbots` holds a token, a key, or a word of a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from aiohttp import web
from django.conf import settings as django_settings

from bots.models import Bot
from core.encryption import encrypt
from tests.cast import NOWHERE, make_profile, make_token, on_database
from tests.fixtures.telegram import Sandbox
from tests.runtime.office import eventually, heard, state_of
from tests.runtime.runbots import only_bots_of, open_model, running
from tests.runtime.test_processes import hire

pytestmark = pytest.mark.processes

KEY = "sk-proj-averysecretkeyofthistest0123456789"
WORDS = "Zaubernuss"
NAME = "Rapunzelina"
USERNAME = "rapunzelina_turm"


async def quotes_everything(request: web.Request) -> web.Response:
    """A model's server that gives back what it was asked, key included."""
    asked = await request.text()
    said = f"cannot serve {asked} for {request.headers.get('Authorization')}"
    return web.json_response({"error": {"message": said, "type": "invalid_request_error"}}, status=400)


def refuse_words(owner: psycopg.Connection[Any], bot: Bot) -> None:
    """The database refuses what people say to this bot, and quotes it."""
    name = f"refuse_{bot.id.hex}"
    owner.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION 'cannot keep %', NEW.text USING DETAIL = NEW.text, HINT = NEW.text; END $$"
    )
    owner.execute(
        f"CREATE TRIGGER {name} BEFORE INSERT ON messages FOR EACH ROW"
        f" WHEN (NEW.bot_id = '{bot.id}' AND NEW.text LIKE '%{WORDS}%') EXECUTE FUNCTION {name}()"
    )


def accept_words(owner: psycopg.Connection[Any], bot: Bot) -> None:
    name = f"refuse_{bot.id.hex}"
    owner.execute(f"DROP TRIGGER {name} ON messages")
    owner.execute(f"DROP FUNCTION {name}")


async def test_secrets_and_words_are_in_no_line_of_the_log(
    sandbox: Sandbox, tmp_path: Path, owner_database: psycopg.Connection[Any]
) -> None:
    await only_bots_of(sandbox)
    bot = await hire(sandbox)
    async with open_model(quotes_everything) as model:
        thinker = await hire(
            sandbox, model_provider="openai", model_base_url=model.url, model_key_sealed=encrypt(KEY)
        )
        revoked = await hire(sandbox)
        stranger = await hire(sandbox)
        await on_database(
            Bot.objects.filter(id=stranger.id).update, token_sealed=encrypt(foreign_token := make_token())
        )
        unreachable = await hire(sandbox)
        await on_database(Bot.objects.filter(id=unreachable.id).update, api_url=NOWHERE)
        refuse_words(owner_database, bot)
        try:
            async with running(
                tmp_path,
                "--bots",
                *(each.slug for each in (bot, thinker, revoked, stranger, unreachable)),
                LOG_LEVEL="DEBUG",
            ) as runbots:
                vera = sandbox.person(
                    bot.token, language_code="en", first_name=NAME, username=USERNAME, last_name=NAME
                )
                with_thinker = sandbox.person(thinker.token, user_id=vera.id, **vera.fields)
                for each in (bot, thinker):
                    await on_database(make_profile, each, telegram_id=vera.id, first_name=NAME)
                await state_of(stranger, "token_revoked")
                await state_of(unreachable, "backing_off")
                await state_of(revoked, "running")
                await sandbox.control("DELETE", f"bots/{revoked.token}")
                await state_of(revoked, "token_revoked")

                # An answer that Telegram refuses, quoting it; a connection that breaks; a page with an address.
                await sandbox.fail(
                    token=bot.token,
                    method="sendMessage",
                    error_code=400,
                    description=f'Bad Request: can\'t parse entities: Unsupported start tag "{WORDS}"',
                )
                await sandbox.fail(token=bot.token, method="sendMessage", drop="before")
                await sandbox.fail(
                    token=bot.token,
                    method="getUpdates",
                    error_code=502,
                    body=f"<p>no upstream for /bot{bot.token}/getUpdates</p>",
                )
                await vera.say("/help")
                await vera.hear()
                # An update that cannot be read, and words that the database refuses three times.
                await vera.send(
                    {
                        "message": {
                            "message_id": 900,
                            "date": WORDS,
                            "text": WORDS,
                            "chat": {"id": vera.id, "type": "private"},
                            "from": {"id": vera.id, "is_bot": False, "first_name": NAME},
                        }
                    }
                )
                await vera.say(f"{WORDS}, {WORDS}!")
                await eventually(
                    lambda: heard(bot, "outcome"), until=lambda found: found.count("buried") == 2
                )
                # A model that quotes what it was asked.
                await with_thinker.say("/natasha")
                await with_thinker.hear()
                await with_thinker.say(f"I say {WORDS} to you")
                await with_thinker.hear()
                assert model.asked > 0
                assert await runbots.ends() == 0
        finally:
            accept_words(owner_database, bot)

    log = runbots.log()
    # All of that did happen, and was told.
    told = {json.loads(line)["event"] for line in log.splitlines() if line.startswith("{")}
    assert told >= {
        "bot.state",
        "send.failed",
        "update.buried",
        "turn.failed",
        "turn.model_failed",
        "crisis.check_failed",
        "supervisor.stopped",
    }
    secrets = [WORDS, NAME, USERNAME, KEY, foreign_token]
    secrets += [each.token for each in (bot, thinker, revoked, unreachable)]
    secrets += [token.partition(":")[2] for token in secrets if ":" in token]
    secrets += [urlsplit(django_settings.DATABASE_URL_RUNTIME).password or KEY, django_settings.SECRET_KEY]
    assert [secret for secret in secrets if secret.lower() in log.lower()] == []
    # Each line is one that a machine can read.
    assert [line for line in log.splitlines() if not line.startswith("{")] == []
