"""Whatever a server sends, a question ends in an answer, ModelUnavailable or ModelRefused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from llm.contracts import Answer, ModelRefused, ModelUnavailable
from tests.llm.conftest import GOOD_VERDICT, Asker, Stub, Verdict, complains, sends

anything = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()))
    | st.sampled_from(["stop", "length", "content_filter", GOOD_VERDICT, "```json\n{}\n```", "<think>", "{"])
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["content", "text", "type", "message", "code", "param", "stage"]), inner
        )
    ),
    max_leaves=8,
)
messages = values | st.fixed_dictionaries({}, optional={"content": values, "refusal": values, "role": values})
choices = values | st.lists(
    st.fixed_dictionaries({}, optional={"message": messages, "finish_reason": values}), max_size=2
)
usages = values | st.fixed_dictionaries({}, optional={"prompt_tokens": values, "completion_tokens": values})
bodies = st.fixed_dictionaries({}, optional={"choices": choices, "usage": usages, "error": values}) | values
statuses = st.sampled_from([200, 201, 204, 300, 304, 400, 401, 404, 408, 409, 418, 422, 429, 500, 503, 599])
header_values = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30)


async def end_of(asker: Asker, schema: type[BaseModel] | None) -> None:
    try:
        answer = await asker.ask(schema=schema)
    except (ModelUnavailable, ModelRefused):
        return
    assert isinstance(answer, Answer)
    assert answer.text
    answer.text.encode()
    assert "\x00" not in answer.text
    assert isinstance(answer.parsed, Verdict if schema else type(None))
    assert answer.usage.cost_micros >= 0


@anything
@given(body=bodies, status=statuses, structured=st.booleans())
async def test_any_json(stub: Stub, asker: Asker, body: object, status: int, structured: bool) -> None:
    asker.breaker._threshold = 10**9
    stub.will(sends(json.dumps(body).encode(), status=status))

    await end_of(asker, Verdict if structured else None)


@anything
@given(
    body=st.binary() | st.text().map(str.encode),
    status=statuses,
    retry_after=header_values,
    encoding=st.sampled_from(["identity", "gzip", "deflate", "br", "zstd", "odd"]),
    kind=st.sampled_from(["application/json", "text/html", "text/event-stream"]),
)
async def test_any_bytes(
    stub: Stub, asker: Asker, body: bytes, status: int, retry_after: str, encoding: str, kind: str
) -> None:
    asker.breaker._threshold = 10**9
    headers = {"Retry-After": retry_after, "Content-Encoding": encoding}
    stub.will(sends(body, status=status, headers=headers, kind=kind))

    await end_of(asker, None)


@anything
@given(
    message=st.text(st.characters(exclude_categories=())),
    param=values,
    code=values,
    status=st.sampled_from([400, 422]),
)
async def test_any_complaint(
    stub: Stub, asker: Asker, message: str, param: object, code: object, status: int
) -> None:
    stub.will(complains(status, message, param=param, code=code))

    await end_of(asker, Verdict)


@asynccontextmanager
async def talking(said: bytes) -> AsyncIterator[str]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()


lines = st.binary(max_size=40) | st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 999 \xff\r\n",
        b"HTTP/9.9 200 OK\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: -1\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Type: application/json; charset=\xff\r\n",
        b"Set-Cookie: \xff=\xfe; expires=never\r\n",
        b"Location: http://[\r\n",
        b"\r\n",
        b"5\r\nhello\r\n",
        b"0\r\n\r\n",
    ]
)


@anything
@given(said=st.lists(lines, max_size=8).map(b"".join))
@example(said=b"HTTP/1.1 200 OK\nSet-Cookie:\x80\n\n")
async def test_anything_at_all(asker: Asker, said: bytes) -> None:
    async with talking(said) as address:
        fresh = Asker(asker.settings)
        fresh.with_settings(base_url=address, timeout=1.0)
        await end_of(fresh, None)
        await fresh.model.aclose()
