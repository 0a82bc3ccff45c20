"""The one client through which a bot talks to its Bot API server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import cached_property

from telegram import Bot
from yarl import URL

from telegram_client.answers import read_answer
from telegram_client.bot_token import parse_token
from telegram_client.contracts import RawUpdate, Sent
from telegram_client.errors import AnswerTooLarge, TelegramUnreachable
from telegram_client.forms import form_body
from telegram_client.split import split_batch
from telegram_client.transport import READ_TIMEOUT, UPLOAD_TIMEOUT, WRITE_TIMEOUT, AiohttpRequest

_POLL_GRACE = 10.0
"""Seconds that a long poll may overstay its own timeout before it counts as silence."""

_SPLIT_ASIDE = 512 * 1024
"""Bytes of an answer from which on it is taken apart in a thread, since the loop serves other bots."""


class TelegramClient:
    """One bot at one Bot API server, from start to close, in one event loop.

    Polling has connections of its own, so that a full pool of sends never makes the bot deaf. Its errors are
    those of telegram_client.errors; telegram_client.failures says what they mean.
    """

    def __init__(self, token: str, api_url: str, *, connections: int = 64) -> None:
        """Raises TokenRefused or TelegramUnreachable when `token` or `api_url` cannot be one. Asks nobody."""
        self._token = parse_token(token)
        self._api_url = _parse_api_url(api_url)
        self._addresses: dict[str, URL] = {}
        self._sending = AiohttpRequest(connections=connections)
        # Two: a poll that was given up may linger while the next one begins.
        self._polling = AiohttpRequest(connections=2)

    async def start(self) -> None:
        """Open both pools; nothing is sent yet."""
        await self._sending.initialize()
        await self._polling.initialize()

    async def close(self) -> None:
        """Close both pools; calls under way end with an error."""
        await self._polling.shutdown()
        await self._sending.shutdown()

    @cached_property
    def bot(self) -> Bot:
        """PTB's bot over the same connections, to parse updates with and for what `send` does not cover."""
        return Bot(
            self._token,
            base_url=f"{self._api_url}/bot",
            base_file_url=f"{self._api_url}/file/bot",
            request=self._sending,
            get_updates_request=self._polling,
        )

    async def poll(
        self,
        *,
        offset: int | None,
        timeout: int,  # noqa: ASYNC109  (Telegram's own parameter: how long the server may wait)
        allowed_updates: Sequence[str],
        limit: int = 100,
    ) -> list[RawUpdate]:
        """The next updates, as raw as they came; empty when none came within `timeout` seconds.

        `offset` confirms all before it: pass it on only once they are kept (split.next_offset).
        """
        while True:
            params = {
                "offset": offset, "limit": limit, "timeout": timeout, "allowed_updates": list(allowed_updates)
            }  # fmt: skip
            try:
                body = await self._polling.exchange(
                    self._address("getUpdates"), form_body(params), read_timeout=timeout + _POLL_GRACE
                )
                if len(body) < _SPLIT_ASIDE:
                    return split_batch(body)
                return await asyncio.to_thread(split_batch, body)
            except AnswerTooLarge:
                if limit == 1:
                    raise
                limit = max(1, limit // 8)

    async def send(
        self,
        method: str,
        params: Mapping[str, object],
        *,
        timeout: float = READ_TIMEOUT,  # noqa: ASYNC109  (of silence, not of the whole call)
    ) -> Sent:
        """Call any method; nested values are sent as JSON, None is left out, an Upload as a file.

        Raises Refused when the server says no, NotSent when it never saw the call, MaybeSent (also BadAnswer)
        when nobody knows.
        """
        body = form_body(params)
        payload = await self._sending.exchange(
            self._address(method),
            body,
            read_timeout=timeout,
            write_timeout=WRITE_TIMEOUT if isinstance(body, bytes) else UPLOAD_TIMEOUT,
        )
        result = read_answer(payload, method=method)
        message_id = result.get("message_id") if isinstance(result, dict) else None
        return Sent(message_id if type(message_id) is int else None, result)

    async def fetch(self, file_path: str, *, timeout: float = READ_TIMEOUT) -> bytes:  # noqa: ASYNC109  (of silence)
        """The bytes of a file, by the path that getFile told. Raises as `send` does."""
        address = URL(f"{self._api_url}/file/bot{self._token}/{file_path.lstrip('/')}")
        return await self._sending.exchange(address, None, http_method="GET", read_timeout=timeout)

    def _address(self, method: str) -> URL:
        address = self._addresses.get(method)
        if address is None:
            address = self._addresses[method] = URL(f"{self._api_url}/bot{self._token}/{method}")
        return address


def _parse_api_url(raw: str) -> str:
    text = raw.strip().rstrip("/")
    try:
        address = URL(text)
        usable = address.scheme in {"http", "https"} and bool(address.host) and not address.query_string
    except ValueError:
        usable = False
    if not usable:
        msg = "This is not the address of a Bot API server. Telegram's own is https://api.telegram.org"
        raise TelegramUnreachable(msg, code="telegram.api_url_malformed")
    return text
