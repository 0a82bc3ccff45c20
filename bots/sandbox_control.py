"""The few words that we have for the sandbox on this machine: which bots it knows, and a new one."""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import Any
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from bots.errors import BotError

_TIMEOUT = 10.0


class SandboxControl:
    """The sandbox's control API, asked directly and never through a proxy.

    Each word raises BotError `bots.no_sandbox` where nobody answers it.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._opener: OpenerDirector = build_opener(ProxyHandler({}))

    def tokens(self) -> set[str]:
        """The tokens of all bots that it knows."""
        return {str(bot["token"]) for bot in self._ask("GET", "/control/bots")}

    def create(self, *, name: str, username: str, token: str | None = None) -> str:
        """Make a bot, under this token if one is given; returns its token."""
        wish = {"name": name, "username": username, **({"token": token} if token else {})}
        return str(self._ask("POST", "/control/bots", wish)["token"])

    def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        request = Request(  # noqa: S310 - the operator's own address
            self.url + path,
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as answer:
                return json.load(answer)
        except (OSError, HTTPException, ValueError) as error:
            message = f"The sandbox at {self.url} does not answer. Is it running? (python -m sandbox)"
            raise BotError("no_sandbox", message) from error
