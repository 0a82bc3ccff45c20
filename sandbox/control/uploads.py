"""`POST /control/bots/<token>/upload`: a person sends a photo, a voice message or any file."""

from __future__ import annotations

from aiohttp import web

from sandbox import visitors
from sandbox.bot_api.params import Params, integer, read_params, string
from sandbox.cloud import Cloud
from sandbox.control.body import answered
from sandbox.control.parties import chat_of, person_of
from sandbox.errors import BotApiError, ControlError
from sandbox.files import Upload

Names = dict[str, str]
_KINDS = ("photo", "voice", "document")
_LONGEST_VOICE = 24 * 3600  # seconds


async def send(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """POST …/upload: a multipart form with the file as `photo`, `voice` or `document`."""
    bot = cloud.known(names["token"])
    try:
        params = await read_params(request)
        caption = string(params, "caption")
    except BotApiError as error:
        raise ControlError(error.description, status=error.error_code) from error
    kind, upload = _file(params)
    person = person_of(cloud, params)
    update_id, message = visitors.send_file(
        cloud,
        bot,
        person=person,
        chat=chat_of(cloud, bot, person, params),
        kind=kind,
        upload=upload,
        caption=caption,
        duration=min(max(integer(params, "duration"), 0), _LONGEST_VOICE),
    )
    return answered({"update_id": update_id, "message_id": message["message_id"], "message": message})


def _file(params: Params) -> tuple[str, Upload]:
    found = [(kind, params.files[kind]) for kind in _KINDS if kind in params.files]
    if len(found) != 1:
        raise ControlError("send one file, as the part `photo`, `voice` or `document` of a multipart form")
    return found[0]
