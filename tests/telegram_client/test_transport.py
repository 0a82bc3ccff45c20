from __future__ import annotations

import asyncio
import gzip
import socket
import traceback
from collections.abc import AsyncIterator

import pytest
from telegram.error import TelegramError
from yarl import URL

from telegram_client.errors import AnswerTooLarge, BadAnswer, MaybeSent, NotSent, Refused
from telegram_client.failures import FailureKind, classify
from telegram_client.transport import MAX_ANSWER, AiohttpRequest
from tests.telegram_client.wire import (
    TOKEN,
    Reply,
    Wire,
    answers,
    drips,
    hangs_up,
    keeps_silent,
    refuses,
    resets,
    says,
    writes,
)

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
async def request_layer() -> AsyncIterator[AiohttpRequest]:
    layer = AiohttpRequest(connections=1)
    await layer.initialize()
    yield layer
    await layer.shutdown()


def _address(wire: Wire, method: str = "sendMessage") -> URL:
    return URL(f"{wire.url}/bot{TOKEN}/{method}")


async def _failure_of(layer: AiohttpRequest, address: URL, *, connect_timeout: float = 0.3) -> TelegramError:
    with pytest.raises(TelegramError) as caught:
        await layer.exchange(
            address, b"text=hi", read_timeout=0.3, write_timeout=0.1, connect_timeout=connect_timeout
        )
    return caught.value


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        pytest.param(hangs_up, FailureKind.MAYBE_SENT, id="hangs up after reading"),
        pytest.param(resets, FailureKind.MAYBE_SENT, id="resets after reading"),
        pytest.param(keeps_silent, FailureKind.MAYBE_SENT, id="keeps silent"),
        pytest.param(drips, FailureKind.MAYBE_SENT, id="drips for ever"),
        pytest.param(writes(b"SSH-2.0-OpenSSH_9.6\r\n"), FailureKind.MAYBE_SENT, id="speaks something else"),
        pytest.param(
            writes(b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"ok":true,'),
            FailureKind.MAYBE_SENT,
            id="breaks off",
        ),
        pytest.param(
            says(b"broken", headers="Content-Encoding: gzip\r\n"),
            FailureKind.MAYBE_SENT,
            id="lies about gzip",
        ),
        pytest.param(
            says(b"", status=302, headers="Location: http://127.0.0.1:1/\r\n"),
            FailureKind.BAD_REQUEST,
            id="redirects",
        ),
        pytest.param(
            says(f"<p>/bot{TOKEN}/".encode(), status=500), FailureKind.SERVER_ERROR, id="quotes in HTML"
        ),
        pytest.param(
            refuses(400, f"Bad Request: /bot{TOKEN}/x"), FailureKind.BAD_REQUEST, id="quotes the token"
        ),
        pytest.param(refuses(401, "Unauthorized"), FailureKind.UNAUTHORIZED, id="revoked"),
    ],
)
async def test_a_failure_tells_whether_the_request_may_have_left_and_never_the_token(
    request_layer: AiohttpRequest, wire: Wire, reply: Reply, kind: FailureKind
) -> None:
    wire.replies = [reply]

    failure = await _failure_of(request_layer, _address(wire))

    assert classify(failure).kind is kind
    assert len(wire.calls) == 1
    assert failure.__context__ is None
    assert failure.__cause__ is None
    words = (
        "".join(traceback.format_exception(failure))
        + repr(failure)
        + str(failure)
        + classify(failure).description
    )
    assert TOKEN not in words
    assert TOKEN.partition(":")[2] not in words


async def test_a_refused_connection_was_never_sent(request_layer: AiohttpRequest) -> None:
    async with Wire() as closed:
        address = _address(closed)

    failure = await _failure_of(request_layer, address)

    assert isinstance(failure, NotSent)
    assert TOKEN not in str(failure)


async def test_a_name_that_leads_nowhere_was_never_sent(
    request_layer: AiohttpRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def know_nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", know_nobody)

    failure = await _failure_of(request_layer, URL(f"http://nowhere.invalid/bot{TOKEN}/getMe"))

    assert isinstance(failure, NotSent)
    assert TOKEN not in str(failure)


async def test_a_server_without_tls_was_never_sent_to(request_layer: AiohttpRequest, wire: Wire) -> None:
    wire.replies = [hangs_up]

    failure = await _failure_of(request_layer, _address(wire).with_scheme("https"))

    assert isinstance(failure, NotSent)
    assert wire.calls == []


async def test_waiting_in_vain_for_a_free_connection_was_never_sent(
    request_layer: AiohttpRequest, wire: Wire
) -> None:
    wire.replies = [keeps_silent]
    holding = asyncio.create_task(request_layer.exchange(_address(wire, "getUpdates"), b"", read_timeout=30))
    await wire.called.wait()

    failure = await _failure_of(request_layer, _address(wire))

    assert isinstance(failure, NotSent)
    assert [call.method for call in wire.calls] == ["getUpdates"]
    holding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holding


async def test_a_connection_that_the_server_closed_meanwhile_is_replaced(
    request_layer: AiohttpRequest, wire: Wire
) -> None:
    wire.replies = [writes(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), says(b"[]")]
    assert await request_layer.exchange(_address(wire), b"") == b"{}"
    await asyncio.sleep(0.05)

    assert await request_layer.exchange(_address(wire), b"") == b"[]"


async def test_what_is_called_not_sent_has_never_arrived(request_layer: AiohttpRequest, wire: Wire) -> None:
    wire.replies = [writes(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")]
    outcomes: dict[str, type[BaseException] | None] = {}
    for number in range(200):
        outcomes[str(number)] = None
        try:
            await request_layer.exchange(_address(wire), f"text={number}".encode())
        except (NotSent, MaybeSent) as exc:
            outcomes[str(number)] = type(exc)

    arrived = {call.form["text"] for call in wire.calls}
    assert not {number for number, outcome in outcomes.items() if outcome is NotSent} & arrived
    assert {number for number, outcome in outcomes.items() if outcome is None} <= arrived
    assert len(wire.calls) == len(arrived)


async def test_an_answer_beyond_the_bound_is_not_held_in_memory(
    request_layer: AiohttpRequest, wire: Wire
) -> None:
    wire.replies = [says(b" " * (MAX_ANSWER + 1))]

    with pytest.raises(AnswerTooLarge):
        await request_layer.exchange(_address(wire), b"")


async def test_an_answer_that_unpacks_beyond_the_bound_is_not_held_in_memory(
    request_layer: AiohttpRequest, wire: Wire
) -> None:
    wire.replies = [says(gzip.compress(b" " * (MAX_ANSWER + 1)), headers="Content-Encoding: gzip\r\n")]

    with pytest.raises(AnswerTooLarge):
        await request_layer.exchange(_address(wire), b"")


async def test_an_answer_that_came_packed_is_unpacked(request_layer: AiohttpRequest, wire: Wire) -> None:
    wire.replies = [says(gzip.compress(b'{"ok":true}'), headers="Content-Encoding: gzip\r\n")]

    assert await request_layer.exchange(_address(wire), b"") == b'{"ok":true}'


async def test_a_closed_pool_sends_nothing(wire: Wire) -> None:
    layer = AiohttpRequest()

    with pytest.raises(NotSent, match="closed"):
        await layer.exchange(_address(wire), b"")

    assert wire.calls == []


async def test_opening_and_closing_twice_changes_nothing(wire: Wire) -> None:
    layer = AiohttpRequest()
    await layer.initialize()
    await layer.initialize()
    assert await layer.exchange(_address(wire), b"") == b'{"ok": true, "result": true}'
    await layer.shutdown()
    await layer.shutdown()


async def test_ptb_may_give_its_own_timeouts(wire: Wire) -> None:
    wire.replies = [keeps_silent]
    layer = AiohttpRequest(read_timeout=30)
    await layer.initialize()

    with pytest.raises(MaybeSent, match="Timeout"):
        await layer.do_request(str(_address(wire)), "POST", read_timeout=0.05)

    assert layer.read_timeout == 30
    await layer.shutdown()


def test_ptb_reads_an_answer_without_logging_it(caplog: pytest.LogCaptureFixture) -> None:
    assert AiohttpRequest.parse_json_payload(b'{"ok":true,"result":[1]}') == {"ok": True, "result": [1]}
    with pytest.raises(BadAnswer):
        AiohttpRequest.parse_json_payload(b"something private")
    with pytest.raises(Refused, match="chat not found"):
        AiohttpRequest.parse_json_payload(b'{"ok":false,"error_code":400,"description":"chat not found"}')
    assert caplog.records == []


async def test_a_get_has_no_body(request_layer: AiohttpRequest, wire: Wire) -> None:
    wire.replies = [says(b"file content")]

    assert await request_layer.retrieve(f"{wire.url}/file/bot{TOKEN}/photos/a.jpg") == b"file content"

    assert [(call.http_method, call.body) for call in wire.calls] == [("GET", b"")]


async def test_connections_are_used_again(request_layer: AiohttpRequest) -> None:
    ports = set()

    async with Wire() as wire:

        async def note_port(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            ports.add(writer.get_extra_info("peername"))
            await answers(True)(reader, writer)

        wire.replies = [note_port]
        for _ in range(5):
            await request_layer.exchange(_address(wire), b"")

    assert len(ports) == 1
