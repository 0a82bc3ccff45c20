"""The file of a message that a bot sends: uploaded, or known by its id from before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.accounts import BotAccount
from sandbox.bot_api.params import Params, integer, string, structure
from sandbox.cloud import Cloud
from sandbox.errors import bad_request, too_large
from sandbox.files import KINDS, LARGEST_FILE, File, FileStore, Upload
from sandbox.images import Image, PhotoError, checked_photo

_ATTACHED = "attach://"
_URL = re.compile(r"https?://", re.IGNORECASE)
# What an upload may say of itself: seconds, pixels.
_SAID = {"voice": ("duration",), "video": ("duration", "width", "height")}
_MOST_SAID = 2**31 - 1
_WRONG_ID = "wrong file identifier/HTTP URL specified"
_NO_DOWNLOADS = (
    "failed to get HTTP URL content: this sandbox fetches nothing from the network; "
    "upload the file, or send a file_id"
)


@dataclass(frozen=True, slots=True)
class Media:
    """What a message will carry: a file that is known, or an upload that is kept once the message is sent."""

    kind: str
    known: File | None = None
    upload: Upload | None = None
    image: Image | None = None
    about: Mapping[str, int] = field(default_factory=dict)

    def as_fields(self, files: FileStore, bot_id: int) -> dict[str, Any]:
        """The message's `photo`, `video` and so on; an upload is given a `file_id` by this."""
        if self.known is not None:
            return self.known.as_fields()
        if self.upload is None:
            raise AssertionError("media without a file")
        if self.image is not None:
            return files.issue_photo(bot_id, self.upload.content, self.image).as_fields()
        return files.issue_upload(bot_id, self.upload, kind=self.kind, **self.about).as_fields()


def read_media(cloud: Cloud, bot: BotAccount, params: Params, kind: str) -> Media:
    """The file in the argument `kind` ("photo", "video", "voice" or "document"). Raises Telegram's refusal."""
    value = string(params, kind)
    media = _media(cloud, bot, params, kind, value) if value else _uploaded(params.files.get(kind), kind)
    if media is None:
        raise bad_request(f"there is no {kind} in the request")
    return replace(media, about=_about(params, media.kind))


def read_input_media(cloud: Cloud, bot: BotAccount, params: Params) -> tuple[Media, dict[str, Any]]:
    """The InputMedia in the argument `media`, and the file that it names. Raises Telegram's refusal."""
    given = structure(params, "media", "can't parse input media JSON object")
    if not isinstance(given, dict):
        raise bad_request("can't parse InputMedia: expected an Object")
    kind, value = given.get("type"), given.get("media")
    if not isinstance(kind, str) or not isinstance(value, str):
        missing = "media" if isinstance(kind, str) else "type"
        raise bad_request(f"can't parse InputMedia: Can't find field \"{missing}\"")
    if kind not in {"photo", "video", "document"}:
        raise bad_request("can't parse InputMedia: this sandbox sends only photo, video and document")
    media = _media(cloud, bot, params, kind, string(given, "media"))
    if media is None:
        raise bad_request("can't parse InputMedia: media not found")
    return replace(media, about=_about(given, media.kind)), given


def _about(given: Mapping[str, Any], kind: str) -> dict[str, int]:
    return {name: min(max(integer(given, name), 0), _MOST_SAID) for name in _SAID.get(kind, ())}


def _media(cloud: Cloud, bot: BotAccount, params: Params, kind: str, value: str) -> Media | None:
    if value.startswith(_ATTACHED):
        return _uploaded(params.files.get(value.removeprefix(_ATTACHED)), kind)
    if _URL.match(value):
        raise bad_request(_NO_DOWNLOADS)
    file = cloud.files.find(bot.id, value)
    if file is None:
        raise bad_request(_WRONG_ID)
    # Any file but a photo goes by each of these methods; it stays what it was.
    if (file.kind == "photo") != (kind == "photo") or file.kind == "profile":
        raise bad_request(f"can't use file of type {KINDS[file.kind].title} as {KINDS[kind].title}")
    return Media(kind, known=file)


def _uploaded(upload: Upload | None, kind: str) -> Media | None:
    if upload is None:
        return None
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > LARGEST_FILE:
        raise too_large()
    if kind != "photo":
        # What cannot be played arrives as a file to save.
        return Media(kind if _is(kind, upload) else "document", upload=upload)
    try:
        return Media(kind, upload=upload, image=checked_photo(upload.content))
    except PhotoError as error:
        raise bad_request(str(error)) from error


def _is(kind: str, upload: Upload) -> bool:
    """Is this what Telegram plays as such: MPEG-4 as a video, OGG, MP3 or M4A as a voice?"""
    if kind == "video":
        return upload.content[4:8] == b"ftyp"
    if kind == "voice":
        return upload.content.startswith((b"OggS", b"ID3", b"\xff\xfb")) or upload.content[4:8] == b"ftyp"
    return True
