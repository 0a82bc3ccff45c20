"""python-telegram-bot's request layer over aiohttp, at half the CPU of its own, with honest errors.

Every failure says whether the request may have left (NotSent, MaybeSent), every refusal carries the server's
answer (Refused), and no exception holds the address, since the token is part of it: errors are raised outside
of the `except` block, so that not even their context leads to aiohttp's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData
from yarl import URL

from telegram_client.answers import read_answer, refusal_by_status
from telegram_client.bot_token import method_in, without_token
from telegram_client.errors import AnswerTooLarge, MaybeSent, NotSent

if TYPE_CHECKING:
    from typing import Any

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 15.0
WRITE_TIMEOUT = 10.0
UPLOAD_TIMEOUT = 60.0
"""Seconds: to get a connection, of silence while the answer is awaited, and for a body to be written."""

KEEP_ALIVE = 30.0
"""Seconds that an idle connection is kept; servers close theirs after 60 or 75, and then under our hands."""

MAX_ANSWER = 50 * 1024 * 1024
"""Bytes of one answer, unpacked; larger ones raise AnswerTooLarge."""

_NOT_GIVEN = BaseRequest.DEFAULT_NONE
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}

# aiohttp raises these before a single byte of the request is written.
_BEFORE_SENDING = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ServerFingerprintMismatch,
    aiohttp.InvalidURL,
)


class AiohttpRequest(BaseRequest):
    """A pool of connections to Bot API servers. Lives in one event loop, from initialize to shutdown."""

    __slots__ = ("_connections", "_read_timeout", "_session")

    def __init__(self, *, connections: int = 64, read_timeout: float = READ_TIMEOUT) -> None:
        self._connections = connections
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds of silence after which a request is given up, where a call does not say otherwise."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the pool; no connection is made yet. A second call changes nothing."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections, keepalive_timeout=KEEP_ALIVE, ttl_dns_cache=300
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close the pool and break what is under way. A second call changes nothing."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(  # noqa: PLR0917  (PTB's signature)
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = _NOT_GIVEN,
        write_timeout: object = _NOT_GIVEN,
        connect_timeout: object = _NOT_GIVEN,
        pool_timeout: object = _NOT_GIVEN,  # noqa: ARG002  (waiting for the pool is a part of connecting)
    ) -> tuple[int, bytes]:
        """PTB's way in. Refusals are raised here already, so that PTB never reads them in its own way."""
        body = None if request_data is None else _body_of(request_data)
        write = UPLOAD_TIMEOUT if isinstance(body, aiohttp.FormData) else WRITE_TIMEOUT
        payload = await self.exchange(
            URL(url, encoded=True),
            body,
            http_method=method,
            read_timeout=_seconds(read_timeout, self._read_timeout),
            write_timeout=_seconds(write_timeout, write),
            connect_timeout=_seconds(connect_timeout, CONNECT_TIMEOUT),
        )
        return 200, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """PTB's way to read an answer; PTB's own would log all of it. Raises BadAnswer and Refused."""
        return {"ok": True, "result": read_answer(payload)}

    async def exchange(
        self,
        address: URL,
        body: bytes | aiohttp.FormData | None,
        *,
        http_method: str = "POST",
        read_timeout: float | None = None,
        write_timeout: float = WRITE_TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
    ) -> bytes:
        """Send one request (bytes are a urlencoded form) and return the bytes of a successful answer.

        Raises NotSent, MaybeSent, AnswerTooLarge and, for any status but success, Refused.
        """
        if self._session is None:
            msg = "the pool of connections is closed"
            raise NotSent(msg)
        silence = self._read_timeout if read_timeout is None else read_timeout
        failure: TelegramError
        try:
            async with self._session.request(
                http_method,
                address,
                data=body,
                headers=_FORM if isinstance(body, bytes) else None,
                timeout=aiohttp.ClientTimeout(
                    # The sum ends what the parts cannot see: a body that is not taken, an answer that drips.
                    total=connect_timeout + write_timeout + 2 * silence,
                    connect=connect_timeout,
                    sock_read=silence,
                ),
                allow_redirects=False,
            ) as answer:
                status = answer.status
                payload = await _read(answer)
        except _BEFORE_SENDING as exc:
            failure = NotSent(_describe(exc, address))
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            failure = (NotSent if _never_written(exc) else MaybeSent)(_describe(exc, address))
        else:
            if 200 <= status <= 299:
                return payload
            failure = refusal_by_status(payload, status=status, method=method_in(str(address)))
            failure.message = without_token(failure.message, str(address))
        raise failure


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """The unpacked body. Raises AnswerTooLarge before it is all in memory."""
    length = answer.content_length
    if length is not None and length <= MAX_ANSWER and "Content-Encoding" not in answer.headers:
        return await answer.read()
    payload = bytearray()
    async for chunk in answer.content.iter_any():
        payload += chunk
        if len(payload) > MAX_ANSWER:
            # Nothing more may come over this connection: the rest of the answer would.
            answer.close()
            msg = f"the answer has more than {MAX_ANSWER} bytes"
            raise AnswerTooLarge(msg)
    return bytes(payload)


def _never_written(exc: BaseException) -> bool:
    """The server had closed a kept connection, and aiohttp noticed before it wrote to it."""
    cause = exc.__cause__
    return isinstance(cause, aiohttp.ClientConnectionResetError) and "closing transport" in str(cause)


def _describe(exc: BaseException, address: URL) -> str:
    # aiohttp's own words often quote the whole address; the system's, which come with a number, never do.
    reason = getattr(exc, "os_error", exc)
    words = reason.strerror if isinstance(reason, OSError) and reason.errno is not None else ""
    return without_token(f"{type(exc).__name__} {words}".strip(), str(address))


def _seconds(given: object, default: float) -> float:
    """A timeout as PTB hands it on. "Without end" is not for sale."""
    return float(given) if isinstance(given, int | float) else default


def _body_of(data: RequestData) -> bytes | aiohttp.FormData:
    fields = data.json_parameters
    if not data.contains_files:
        return URL.build(query=fields).raw_query_string.encode("ascii")
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, value)
    for name, (filename, content, content_type) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=content_type)
    return form
