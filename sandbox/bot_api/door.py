"""`/bot<token>/<method>`: from an HTTP request to the method and back, past the faults on order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from aiohttp import web

from sandbox.accounts import BotAccount
from sandbox.bot_api import files, messages, people, profile, receiving
from sandbox.bot_api.params import Params, read_params
from sandbox.cloud import Cloud
from sandbox.encoding import to_json
from sandbox.errors import BotApiError
from sandbox.faults import Fault

Method = Callable[[Cloud, BotAccount, Params], Any | Awaitable[Any]]


class Call(NamedTuple):
    """One Bot API call on its way: who calls what. `method` is None for what the sandbox does not know."""

    token: str
    name: str
    method: Method | None
    params: Params


_METHODS: dict[str, Method] = {
    "answerCallbackQuery": profile.answer_callback_query,
    "deleteMessage": messages.delete_message,
    "deleteMyCommands": profile.delete_my_commands,
    "deleteWebhook": receiving.delete_webhook,
    "editMessageCaption": messages.edit_message_caption,
    "editMessageMedia": messages.edit_message_media,
    "editMessageReplyMarkup": messages.edit_message_reply_markup,
    "editMessageText": messages.edit_message_text,
    "getChat": people.get_chat,
    "getFile": files.get_file,
    "getMe": profile.get_me,
    "getMyCommands": profile.get_my_commands,
    "getUpdates": receiving.get_updates,
    "getUserProfilePhotos": people.get_user_profile_photos,
    "getWebhookInfo": receiving.get_webhook_info,
    "sendChatAction": profile.send_chat_action,
    "sendDocument": messages.send_document,
    "sendMessage": messages.send_message,
    "sendPhoto": messages.send_photo,
    "sendVideo": messages.send_video,
    "sendVoice": messages.send_voice,
    "setMyCommands": profile.set_my_commands,
    "setWebhook": receiving.set_webhook,
}
# Telegram does not care about the case of a method's name.
_BY_NAME = {name.lower(): (name, method) for name, method in _METHODS.items()}
_MOST_COUNTED = 1_000
_ANSWER_HEADERS = {"Content-Type": "application/json"}


async def answer(cloud: Cloud, request: web.BaseRequest, token: str, called: str) -> web.Response:
    """Run one Bot API call."""
    name, method = _BY_NAME.get(called.lower(), (called, None))
    try:
        call = Call(token, name, method, await read_params(request))
    except BotApiError as error:
        return _refused(cloud, cloud.authorised_or_none(token), name, error)
    return await _answer(cloud, request, call)


async def hand_out(cloud: Cloud, request: web.BaseRequest, token: str, path: str) -> web.Response:
    """Run one download; for faults and counts it is a method named `file`."""
    return await _answer(cloud, request, Call(token, "file", files.download, Params({"file_path": path})))


async def _answer(cloud: Cloud, request: web.BaseRequest, call: Call) -> web.Response:
    fault = cloud.faults.take(call.token, call.name)
    return await _run(cloud, call) if fault is None else await _troubled(cloud, call, fault, request)


async def _run(cloud: Cloud, call: Call) -> web.Response:
    bot = None
    try:
        bot = cloud.authorised(call.token)
        if call.method is None:
            raise BotApiError(404, "Not Found")
        bot.calls[call.name] += 1
        result = call.method(cloud, bot, call.params)
        if isinstance(result, Awaitable):
            result = await result
    except BotApiError as error:
        return _refused(cloud, bot, call.name, error)
    if isinstance(result, web.Response):
        return result
    body = result if isinstance(result, bytes) else to_json(result)
    return web.Response(body=b'{"ok":true,"result":' + body + b"}", headers=_ANSWER_HEADERS)


async def _troubled(cloud: Cloud, call: Call, fault: Fault, request: web.BaseRequest) -> web.Response:
    if fault.delay_ms:
        try:
            await asyncio.sleep(fault.delay_ms / 1000)
        except asyncio.CancelledError:
            # Telegram acts on what has reached it, also when the caller has gone.
            if fault.error_code is None and fault.drop != "before":
                await _run(cloud, call)
            raise
    if fault.drop == "before":
        return _hung_up(request)
    if fault.body is not None:
        body = fault.body.encode("utf-8", "surrogatepass")
        return web.Response(body=body, status=fault.error_code or 200, headers=_ANSWER_HEADERS)
    if fault.error_code is not None:
        bot = cloud.authorised_or_none(call.token)
        error = BotApiError(fault.error_code, fault.worded(), retry_after=fault.retry_after)
        response = _refused(cloud, bot, call.name, error)
    else:
        response = await _run(cloud, call)
    return _hung_up(request) if fault.drop == "after" else response


def _refused(cloud: Cloud, bot: BotAccount | None, name: str, error: BotApiError) -> web.Response:
    counted = cloud.strangers if bot is None else bot.errors
    key = (name[:64], error.error_code)
    counted[key if key in counted or len(counted) < _MOST_COUNTED else ("other", error.error_code)] += 1
    if bot is not None and error.error_code == 429:
        bot.note_flood(name, error.retry_after or 0)
    body: dict[str, Any] = {"ok": False, "error_code": error.error_code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    headers = _ANSWER_HEADERS
    if error.error_code == 429 and error.retry_after is not None:
        headers = {**headers, "Retry-After": str(error.retry_after)}
    return web.Response(body=to_json(body), status=error.error_code, headers=headers)


def _hung_up(request: web.BaseRequest) -> web.Response:
    """Close the connection; the response goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
