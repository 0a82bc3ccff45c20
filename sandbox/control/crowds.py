"""`/control/bots/<token>`: many people at once, and what all of them got."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox import visitors
from sandbox.accounts import Crowd
from sandbox.cloud import Cloud
from sandbox.control.body import Fields, answered, number, optional_text, read_fields
from sandbox.control.parties import PERSON_FIELDS
from sandbox.errors import ControlError

Names = dict[str, str]
_MOST_PEOPLE = 10_000_000
_MOST_CROWDS = 100
_MOST_KEPT = 5_000


async def gather(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """POST …/people: so many people, their ids in a row, have begun to talk with the bot. Nothing is delivered."""
    bot, fields = cloud.known(names["token"]), await read_fields(request)
    first, count = number(fields, "first_id"), number(fields, "count")
    if first < 0 or not 0 < count <= _MOST_PEOPLE:
        raise ControlError(f"`first_id` must be positive, and `count` from 1 to {_MOST_PEOPLE}")
    if len(bot.crowds) >= _MOST_CROWDS:
        raise ControlError(f"a bot has at most {_MOST_CROWDS} crowds")
    about = {name: optional_text(fields, name) for name in PERSON_FIELDS}
    bot.crowds.append(Crowd(range(first, first + count), about, _kept(fields)))
    cloud.is_dirty = True
    return answered({"first_id": first, "count": count}, status=201)


async def received(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """GET …/received?containing=…&since=N: how many such messages each chat got from the bot."""
    since = request.query.get("since", "0")
    if not since.isdecimal():
        raise ControlError("`since` must be a whole number from 0 on: the index of the first entry wanted")
    journal = cloud.known(names["token"]).journal
    counts, is_whole = journal.received(containing=request.query.get("containing", ""), since=int(since))
    return answered({"chats": {str(chat): count for chat, count in counts.items()}, "is_whole": is_whole})


async def floods(cloud: Cloud, _request: web.BaseRequest, names: Names) -> web.Response:
    """GET …/floods: each 429 that the bot got, oldest first, and how many there were in all."""
    bot = cloud.known(names["token"])
    count = sum(times for (_, code), times in bot.errors.items() if code == 429)
    return answered({"count": count, "floods": [each._asdict() for each in bot.floods]})


async def migrate(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """POST …/migrate: a group becomes a supergroup; the bot hears of it on both sides."""
    bot, fields = cloud.known(names["token"]), await read_fields(request)
    chat = bot.chats.get(number(fields, "chat_id"))
    if chat is None or chat.kind != "group" or not chat.is_open or chat.migrated_to is not None:
        raise ControlError("`chat_id` must be a group that the bot is in, and that is no supergroup yet")
    return answered({"chat_id": visitors.migrate(cloud, bot, chat).id})


def _kept(fields: Fields) -> int | None:
    value: Any = fields.get("keep")
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= _MOST_KEPT:
        raise ControlError(
            f"`keep` must be a whole number from 0 to {_MOST_KEPT}: messages that a chat remembers"
        )
    return value
