"""The one module that meets the openai SDK. Importing it costs 0.4 s and 20 MB, so only an asker does."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx2
import openai

from llm.contracts import ModelRefused
from llm.reply import Lost, Reply

# The longest sane answer is some 100 kB. What comes compressed, unasked, may be a hundred times itself.
LARGEST_BODY = 2_000_000
_LARGEST_COMPRESSED_BODY = LARGEST_BODY // 16
_LIMITS = httpx2.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=15.0)

# They log addresses, headers and bodies, and addresses may hold passwords.
for _name in ("openai", "httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class _TooLongError(httpx2.TransportError):
    """A body beyond the limit: a transport error, so that the SDK lets it through as one."""


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, limit: int) -> None:
        self._stream = stream
        self._left = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._left -= len(chunk)
            if self._left < 0:
                raise _TooLongError("body too long")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound(response: httpx2.Response) -> None:
    compressed = response.headers.get("content-encoding", "identity") != "identity"
    if isinstance(response.stream, httpx2.AsyncByteStream):
        limit = _LARGEST_COMPRESSED_BODY if compressed else LARGEST_BODY
        response.stream = _Bounded(response.stream, limit)


@cache
def _tls() -> ssl.SSLContext:
    # One for all bots of the process: each takes 20 ms and most of a megabyte.
    return httpx2.create_ssl_context()


class Wire:
    """A connection of one bot to one Chat Completions endpoint, bound to the event loop that uses it first.

    Raises ModelRefused for a key or an address that cannot be put into a request.
    """

    def __init__(self, *, base_url: str, api_key: str) -> None:
        _check(base_url=base_url, api_key=api_key)
        self._client = openai.AsyncOpenAI(
            api_key=api_key,
            # Not None: the SDK would take these from the environment, which belongs to no bot.
            admin_api_key="",
            webhook_secret="",
            base_url=base_url,
            max_retries=0,
            http_client=httpx2.AsyncClient(
                verify=_tls(),
                limits=_LIMITS,
                # A redirect would carry the key and a person's words to where nobody sent them.
                follow_redirects=False,
                # Nor are cookies kept: an endpoint needs none, and one that cannot be sent back fails every turn.
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                headers={"Accept-Encoding": "identity"},
                event_hooks={"response": [_bound]},
            ),
            _enforce_credentials=False,
        )
        self._client.organization = self._client.project = None
        self._headers: dict[str, Any] = {} if api_key else {"Authorization": openai.omit}

    async def post(self, request: dict[str, Any], *, seconds: float) -> Reply | Lost:
        """Ask once; never longer than `seconds` from the first byte sent to the last one heard."""
        try:
            async with asyncio.timeout(seconds):
                response = await self._client.post(
                    "/chat/completions",
                    cast_to=httpx2.Response,
                    body=request,
                    options={"headers": self._headers, "timeout": seconds, "security": {"bearer_auth": True}},
                )
        except (TimeoutError, openai.APITimeoutError):
            return Lost("timeout")
        except openai.APIConnectionError as error:
            return Lost("too_long" if isinstance(error.__cause__, _TooLongError) else "unreachable")
        except openai.APIStatusError as error:
            response = error.response
        except RuntimeError:
            # The HTTP client's word for "closed by somebody while this was on its way".
            if not self._client.is_closed():
                raise
            return Lost("unreachable")
        return Reply(response.status_code, response.content, response.headers.get("retry-after", ""))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()


def _check(*, base_url: str, api_key: str) -> None:
    if not (api_key.isascii() and api_key.isprintable()) or " " in api_key:
        # The HTTP library would quote the key in its complaint.
        raise ModelRefused(code="key_malformed", message="the key holds characters that no key has")
    try:
        url = httpx2.URL(base_url)
    except (httpx2.InvalidURL, ValueError):
        url = httpx2.URL("")
    if url.scheme not in {"http", "https"} or not url.host:
        raise ModelRefused(code="address_malformed", message="the address is not one of http or https")
