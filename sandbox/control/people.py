"""`/control/people`: what a person shows of themselves to everybody: names, bio, photo, birthday, channel."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any

from aiohttp import web

from sandbox.cloud import Cloud
from sandbox.control.body import Fields, answered, optional_number, optional_text, read_fields
from sandbox.control.files import shown
from sandbox.control.parties import PERSON_FIELDS, person_of
from sandbox.errors import ControlError
from sandbox.images import PhotoError, checked_photo, read_image
from sandbox.people import MOST_PHOTOS, Person
from sandbox.text.formatted import utf16_length

Names = dict[str, str]
_FACE_FIELDS = {"bio", "photo", "birthdate", "personal_chat"}
_LONGEST_BIO = 140  # UTF-16 units, as with Telegram Premium
_LEAP_YEAR = 2000  # a birthday without a year may be the 29th of February
_OLDEST_YEAR = 1800


async def show(cloud: Cloud, _request: web.BaseRequest, names: Names) -> web.Response:
    """GET /control/people/<id>: nobody knows a stranger, and that is all that is said of them."""
    person_id = _person_id(names)
    person = cloud.people.get(person_id) or Person(person_id, first_name="")
    return answered(_described(cloud, person))


async def change(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """POST /control/people/<id>: what is given is set, null takes it away, the rest stays."""
    fields = await read_fields(request)
    unknown = sorted(set(fields) - _FACE_FIELDS - set(PERSON_FIELDS))
    if unknown:
        raise ControlError(f"unknown fields: {', '.join(unknown)}")
    bio = (optional_text(fields, "bio") or "").strip()
    if utf16_length(bio) > _LONGEST_BIO:
        raise ControlError(f"`bio` is longer than {_LONGEST_BIO} UTF-16 units")
    birthdate, channel_id = _birthdate(fields), _personal_chat(cloud, fields)
    photo = _photo(fields)
    person = person_of(cloud, {**fields, "user_id": _person_id(names)})
    if "bio" in fields:
        person.bio = bio or None
    if "birthdate" in fields:
        person.birthdate = birthdate
    if "personal_chat" in fields:
        person.personal_chat = channel_id
    if photo is not None:
        digest = cloud.files.add(photo)
        person.photos = [digest, *(old for old in person.photos if old != digest)][:MOST_PHOTOS]
    elif "photo" in fields:
        person.photos = []
    cloud.is_dirty = True
    cloud.feed.publish("person", user=person.id)
    return answered(_described(cloud, person))


async def photo(cloud: Cloud, _request: web.BaseRequest, names: Names) -> web.Response:
    """GET /control/people/<id>/photo: the newest one; `?v=` tells a browser one from the next."""
    person = cloud.people.get(_person_id(names))
    content = cloud.files.content(person.photos[0]) if person and person.photos else None
    image = read_image(content) if content else None
    if content is None or image is None:
        raise ControlError("this person shows no photo", status=404)
    return shown(content, image.mime_type)


def _described(cloud: Cloud, person: Person) -> dict[str, Any]:
    channel = cloud.channels.get(person.personal_chat or 0)
    return {
        "user": person.as_user(),
        "bio": person.bio,
        "birthdate": person.birthdate,
        "personal_chat": channel.as_chat() if channel else None,
        "photos": len(person.photos),
        "photo_version": person.photos[0][:12] if person.photos else None,
    }


def _person_id(names: Names) -> int:
    person_id = optional_number({"user_id": names["user_id"]}, "user_id")
    if person_id is None or person_id < 0:
        raise ControlError("a person's id is a positive whole number")
    return person_id


def _birthdate(fields: Fields) -> dict[str, int] | None:
    given = fields.get("birthdate")
    if given is None:
        return None
    complaint = "`birthdate` must be {day, month, year?}, a day that there is"
    if not isinstance(given, dict) or set(given) - {"day", "month", "year"}:
        raise ControlError(complaint)
    kept = {name: given[name] for name in ("day", "month", "year") if given.get(name) is not None}
    try:
        day = date(kept.get("year", _LEAP_YEAR), kept["month"], kept["day"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ControlError(complaint) from error
    if day.year < _OLDEST_YEAR:
        raise ControlError(complaint)
    return kept


def _personal_chat(cloud: Cloud, fields: Fields) -> int | None:
    channel_id = optional_number(fields, "personal_chat")
    if channel_id is not None and channel_id not in cloud.channels:
        raise ControlError(f"there is no channel {channel_id}; POST …/channels makes one")
    return channel_id


def _photo(fields: Fields) -> bytes | None:
    given = optional_text(fields, "photo")
    if given is None:
        return None
    try:
        content = base64.b64decode(given.removeprefix("data:").rpartition(",")[2], validate=True)
    except ValueError as error:
        raise ControlError("`photo` must be base64") from error
    try:
        checked_photo(content)
    except PhotoError as error:
        raise ControlError(f"`photo` is none that Telegram takes: {error}") from error
    return content
