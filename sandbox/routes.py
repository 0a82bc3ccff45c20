"""Every address of the sandbox in one table."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

from sandbox import chat_page
from sandbox.cloud import Cloud
from sandbox.control import bots, channels, crowds, events, files, people, switches, uploads
from sandbox.control.body import answered
from sandbox.errors import ControlError

Handler = Callable[[Cloud, web.BaseRequest, dict[str, str]], Awaitable[web.StreamResponse]]


class Route(NamedTuple):
    """A method and a path, with the names of its parts in braces."""

    method: str
    path: re.Pattern[str]
    handler: Handler


def _route(method: str, path: str, handler: Handler) -> Route:
    return Route(method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$"), handler)


async def _healthz(_cloud: Cloud, _request: web.BaseRequest, _names: dict[str, str]) -> web.Response:
    return answered({"ok": True})


ROUTES = (
    _route("GET", "/control/bots", bots.listing),
    _route("POST", "/control/bots", bots.create),
    _route("DELETE", "/control/bots/{token}", bots.revoke),
    _route("POST", "/control/bots/{token}/renew", bots.renew),
    _route("POST", "/control/bots/{token}/say", bots.say),
    _route("POST", "/control/bots/{token}/upload", uploads.send),
    _route("POST", "/control/bots/{token}/tap", bots.tap),
    _route("POST", "/control/bots/{token}/updates", bots.updates),
    _route("POST", "/control/bots/{token}/block", bots.block),
    _route("POST", "/control/bots/{token}/unblock", bots.unblock),
    _route("POST", "/control/bots/{token}/deactivate", bots.deactivate),
    _route("POST", "/control/bots/{token}/reactivate", bots.reactivate),
    _route("GET", "/control/bots/{token}/chats", bots.chats),
    _route("GET", "/control/bots/{token}/chats/{chat_id}", bots.chat),
    _route("GET", "/control/bots/{token}/chats/{chat_id}/messages", bots.messages),
    _route("POST", "/control/bots/{token}/channels", channels.create),
    _route("DELETE", "/control/bots/{token}/channels/{chat_id}", channels.remove),
    _route("POST", "/control/bots/{token}/channels/{chat_id}/posts", channels.post),
    _route("GET", "/control/bots/{token}/files/{file_id}", files.file),
    _route("GET", "/control/bots/{token}/record", bots.record),
    _route("POST", "/control/bots/{token}/people", crowds.gather),
    _route("GET", "/control/bots/{token}/received", crowds.received),
    _route("GET", "/control/bots/{token}/floods", crowds.floods),
    _route("POST", "/control/bots/{token}/migrate", crowds.migrate),
    _route("GET", "/control/people/{user_id}", people.show),
    _route("POST", "/control/people/{user_id}", people.change),
    _route("GET", "/control/people/{user_id}/photo", people.photo),
    _route("GET", "/control/faults", switches.list_faults),
    _route("POST", "/control/faults", switches.add_fault),
    _route("DELETE", "/control/faults", switches.clear_faults),
    _route("GET", "/control/stats", switches.stats),
    _route("POST", "/control/limits", switches.set_limits),
    _route("GET", "/control/live", events.live),
    _route("GET", "/healthz", _healthz),
    _route("GET", "/", chat_page.page),
    _route("GET", "/sandbox", chat_page.redirect),
    _route("GET", "/sandbox/", chat_page.page),
    _route("GET", "/sandbox/{file}", chat_page.page),
)


def find_route(method: str, path: str) -> tuple[Handler, dict[str, str]]:
    """The handler for this address. Raises ControlError (404, 405) when there is none."""
    wanted = "GET" if method == "HEAD" else method
    others = []
    for route in ROUTES:
        match = route.path.match(path)
        if match and route.method == wanted:
            return route.handler, match.groupdict()
        if match:
            others.append(route.method)
    if others:
        raise ControlError(f"this address takes {' and '.join(others)}, not {method}", status=405)
    raise ControlError("there is nothing at this address", status=404)
