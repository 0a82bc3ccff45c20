"""What is kept of somebody who has not agreed to anything, whatever they send: ids, language, where they came from."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from profiles.models import ActivityLog
from tests.runtime.office import Office, all_settled, people, rows
from tests.runtime.updates import message, tap, user

Owner = psycopg.Connection[Any]
SECRET = "xyzzy_my_husband"


def traces(owner: Owner, bot_id: object, word: str) -> set[str]:
    """Tables with a row of this bot that holds the word, in text or in bytes, as their owner sees them."""
    tables = owner.execute(
        "SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
        " JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'bot_id'"
        " WHERE n.nspname = 'public' AND c.relkind = 'r'"
    ).fetchall()
    assert len(tables) > 20
    found = set()
    for (table,) in tables:
        pattern = [f"%{word}%", f"%{word.encode().hex()}%"]
        row = owner.execute(
            f"SELECT 1 FROM {table} AS t WHERE bot_id = %s AND t::text ILIKE ANY (%s) LIMIT 1",
            [bot_id, pattern],
        ).fetchone()
        if row:
            found.add(table.rpartition("_p")[0] or table)
    return found


SAID: dict[str, dict[str, Any]] = {
    "behind start": {"text": f"/start {SECRET} beats me"},
    "one word behind start that no link can hold": {"text": f"/start {SECRET}!"},
    "as a command": {"text": f"/{SECRET}"},
    "as a command that Telegram marks": {
        "text": f"/{SECRET}",
        "entities": [{"type": "bot_command", "offset": 0, "length": len(SECRET) + 1}],
    },
    "free text": {"text": SECRET},
    "a caption": {
        "text": None,
        "caption": SECRET,
        "photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}],
    },
    "a contact": {"text": None, "contact": {"phone_number": SECRET, "first_name": SECRET}},
    "a document": {"text": None, "document": {"file_id": "f", "file_unique_id": "u", "file_name": SECRET}},
    "a reply with a quotation": {"text": "yes", "quote": {"text": SECRET, "position": 0}},
}


@pytest.mark.parametrize("fields", SAID.values(), ids=SAID.keys())
@pytest.mark.parametrize("kind", ["message", "edited_message"])
async def test_no_word_of_a_stranger_is_kept_in_any_table(
    office: Office, owner_database: Owner, kind: str, fields: dict[str, Any]
) -> None:
    bot = await office.open()
    vera = await office.stranger(bot)
    names = user(vera.id, first_name=SECRET, last_name=SECRET, username=SECRET)
    body = {**message(user_id=vera.id), "from": names, **fields}
    await vera.send({kind: {name: value for name, value in body.items() if value is not None}})
    await all_settled(bot, updates=1)
    assert traces(owner_database, bot.id, SECRET) == set()


@pytest.mark.parametrize("data", [SECRET, f"hello:{SECRET}", f"consent:{SECRET}", f"resume:{SECRET}"])
async def test_no_word_of_a_tapped_button_is_kept(office: Office, owner_database: Owner, data: str) -> None:
    bot = await office.open()
    vera = await office.stranger(bot)
    await vera.send(
        {"callback_query": {**tap(data), "from": user(vera.id), "message": message(user_id=vera.id)}}
    )
    await all_settled(bot, updates=1)
    assert traces(owner_database, bot.id, SECRET) == set()


@pytest.mark.parametrize("text", [SECRET, f"/help {SECRET}", f"/{SECRET}"])
async def test_nothing_of_a_group_is_kept(office: Office, owner_database: Owner, text: str) -> None:
    bot = await office.open()
    vera = await office.stranger(bot)
    group = {"id": -100_777, "type": "supergroup", "title": SECRET}
    await vera.send({"message": {**message(text, user_id=vera.id), "chat": group}})
    await all_settled(bot, updates=1)
    assert traces(owner_database, bot.id, SECRET) == set()
    assert await people(bot, "id") == []


async def test_what_cannot_be_read_of_a_stranger_is_buried_empty(
    office: Office, owner_database: Owner
) -> None:
    bot = await office.open()
    vera = await office.stranger(bot)
    await vera.send({"message": {**message(SECRET, user_id=vera.id), "date": "never"}})
    await vera.send({"message": {**message(SECRET, user_id=vera.id), "from": {"first_name": SECRET}}})
    await all_settled(bot, updates=2)
    assert traces(owner_database, bot.id, SECRET) == set()


async def test_a_link_is_kept_as_where_somebody_came_from(office: Office) -> None:
    bot = await office.open()
    vera = await office.stranger(bot)
    await vera.say("/start spring-26_b")
    await all_settled(bot, updates=1)
    assert await people(bot, "source") == ["spring-26_b"]
    assert await rows(bot, ActivityLog, "details") == [{"command": "start"}]
