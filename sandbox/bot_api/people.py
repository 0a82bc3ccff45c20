"""Methods about chats and the people in them: getChat, getUserProfilePhotos."""

from __future__ import annotations

from typing import Any

from sandbox.accounts import BotAccount
from sandbox.bot_api.messages import find_chat
from sandbox.bot_api.params import Params, integer
from sandbox.cloud import Cloud
from sandbox.errors import bad_request
from sandbox.files import File
from sandbox.images import read_image
from sandbox.people import Person

_MOST_PHOTOS = 100  # in one answer
_NO_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


def get_chat(cloud: Cloud, bot: BotAccount, params: Params) -> dict[str, Any]:
    """getChat: what PTB's ChatFullInfo needs, what a person shows, and nothing invented about anybody."""
    chat = find_chat(cloud, bot, params)
    if chat.channel is not None:
        chat.require_open()
    return {
        **chat.as_chat(),
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": _NO_GIFTS,
        **(_face(cloud, bot, chat.person) if chat.person else {}),
    }


def get_user_profile_photos(cloud: Cloud, bot: BotAccount, params: Params) -> dict[str, Any]:
    """getUserProfilePhotos: the newest first, each in its one size."""
    person = cloud.people.get(integer(params, "user_id"))
    if person is None:
        raise bad_request("invalid user_id specified")
    photos = [photo for digest in person.photos if (photo := _photo(cloud, bot, digest, face="photo"))]
    offset = max(integer(params, "offset"), 0)
    limit = min(max(integer(params, "limit", _MOST_PHOTOS), 1), _MOST_PHOTOS)
    shown = [photo.as_fields()["photo"] for photo in photos[offset : offset + limit]]
    return {"total_count": len(photos), "photos": shown}


def _face(cloud: Cloud, bot: BotAccount, person: Person) -> dict[str, Any]:
    face: dict[str, Any] = {}
    if person.bio:
        face["bio"] = person.bio
    if person.birthdate:
        face["birthdate"] = person.birthdate
    channel = cloud.channels.get(person.personal_chat or 0)
    if channel:
        face["personal_chat"] = channel.as_chat()
    small = _photo(cloud, bot, person.photos[0], face="small") if person.photos else None
    big = _photo(cloud, bot, person.photos[0], face="big") if person.photos else None
    if small and big:
        face["photo"] = {
            "small_file_id": small.file_id,
            "small_file_unique_id": small.file_unique_id,
            "big_file_id": big.file_id,
            "big_file_unique_id": big.file_unique_id,
        }
    return face


def _photo(cloud: Cloud, bot: BotAccount, digest: str, *, face: str) -> File | None:
    """The bot's name for this picture; None when the sandbox has forgotten it."""
    content = cloud.files.content(digest)
    image = read_image(content) if content else None
    if content is None or image is None:
        return None
    kind = "photo" if face == "photo" else "profile"
    return cloud.files.issue_photo(bot.id, content, image, kind=kind, face=face)
