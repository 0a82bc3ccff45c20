"""Who acts and where, as requests to the control API say it."""

from __future__ import annotations

from sandbox.accounts import BotAccount
from sandbox.chats import Chat
from sandbox.cloud import Cloud
from sandbox.control.body import Fields, number, optional_number, optional_text
from sandbox.errors import ControlError
from sandbox.people import Person

PERSON_FIELDS = ("username", "first_name", "last_name", "language_code")
_GROUP_KINDS = {"group", "supergroup", "channel"}


def person_of(cloud: Cloud, fields: Fields) -> Person:
    """The person in `user_id`, with what is told anew about them."""
    person_id = number(fields, "user_id")
    if person_id < 0:
        raise ControlError("`user_id` must be positive: people have positive ids, groups negative ones")
    return cloud.person(person_id, {name: optional_text(fields, name) for name in PERSON_FIELDS})


def chat_of(cloud: Cloud, bot: BotAccount, person: Person, fields: Fields) -> Chat:
    """The chat in `chat_id`: the person's own when it is missing, else a group."""
    chat_id = optional_number(fields, "chat_id")
    if chat_id is None or chat_id == person.id:
        return cloud.private_chat(bot, person)
    if chat_id > 0:
        raise ControlError("`chat_id` must be the person's own or a group's, which is negative")
    kind = optional_text(fields, "chat_type")
    if kind is not None and kind not in _GROUP_KINDS:
        raise ControlError("`chat_type` must be group, supergroup or channel")
    return cloud.group_chat(bot, chat_id, kind=kind, title=optional_text(fields, "chat_title"))


def chat_id_in(names: dict[str, str]) -> int:
    """The chat's id in the address."""
    try:
        return int(names["chat_id"])
    except ValueError as error:
        raise ControlError("the chat's id must be a whole number") from error
