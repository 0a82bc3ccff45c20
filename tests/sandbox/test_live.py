"""The live feed and the files of the chat page."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from sandbox import SandboxServer
from sandbox.live import LiveFeed
from tests.sandbox.client import BotHand, ControlHand


async def next_event(stream: aiohttp.ClientResponse) -> dict[str, Any]:
    async for line in stream.content:
        if line.startswith(b"data: "):
            event = json.loads(line.removeprefix(b"data: "))
            assert isinstance(event, dict)
            return event
    raise AssertionError("the stream ended")


async def test_the_page_hears_all_that_happens(
    known_bot: BotHand, control: ControlHand, session: aiohttp.ClientSession
) -> None:
    place = {"chat_id": 1001}
    async with session.get("/control/live") as stream:
        assert stream.content_type == "text/event-stream"
        assert await stream.content.readline() == b"retry: 1000\n"
        await control.say(known_bot, "hello")
        sent = await known_bot.ok("sendMessage", **place, text="hi")
        await known_bot.ok("editMessageText", **place, message_id=sent["message_id"], text="hi!")
        await known_bot.ok("sendChatAction", **place, action="typing")
        tap = {"user_id": 1001, "message_id": sent["message_id"], "data": "y"}
        query = (await control.post(f"bots/{known_bot.token}/tap", tap))["callback_query_id"]
        await known_bot.ok("answerCallbackQuery", callback_query_id=query, text="Done", show_alert=True)
        await known_bot.ok("deleteMessage", **place, message_id=sent["message_id"])
        await known_bot.ok("setMyCommands", commands=[])
        await control.post(f"bots/{known_bot.token}/block", {"user_id": 1001})
        await control.bot("Han")
        events = [await next_event(stream) for _ in range(9)]
    bot_id = int(known_bot.token.split(":")[0])
    assert [event["type"] for event in events] == [
        "message",
        "message",
        "edit",
        "action",
        "answer",
        "delete",
        "commands",
        "blocked",
        "bots",
    ]
    assert events[1]["message"] == sent
    assert events[4] == {
        "type": "answer",
        "bot": bot_id,
        "chat": 1001,
        "user": 1001,
        "query_id": query,
        "text": "Done",
        "alert": True,
        "url": "",
    }
    assert all(event["bot"] == bot_id for event in events[:-1])


async def test_the_feed_shows_that_it_lives(
    session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.control.events._HEARTBEAT", 0.01)
    async with session.get("/control/live") as stream:
        lines = [await stream.content.readline() for _ in range(6)]
    assert lines[4] == b": still here\n"


async def test_a_page_that_is_closed_is_forgotten(
    server: SandboxServer, session: aiohttp.ClientSession
) -> None:
    async with session.get("/control/live") as stream:
        await stream.content.readline()
        assert bool(server.cloud.feed) is True
    while server.cloud.feed:
        await asyncio.sleep(0.005)
    assert bool(server.cloud.feed) is False


async def test_a_listener_that_does_not_read_is_sent_away() -> None:
    feed = LiveFeed()
    with feed.listening() as events:
        for number in range(2_001):
            feed.publish("message", number=number)
        assert bool(feed) is False
        received = [events.get_nowait() for _ in range(2_001)]
    assert received[0] == b'{"type":"message","number":0}'
    assert received[-1] is None


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/sandbox/", "text/html"),
        ("/sandbox", "text/html"),
        ("/sandbox/chat.css", "text/css"),
        ("/sandbox/chat.js", "text/javascript"),
    ],
)
async def test_the_page_and_its_files_are_served(
    session: aiohttp.ClientSession, path: str, kind: str
) -> None:
    async with session.get(path) as response:
        assert (response.status, response.content_type) == (200, kind)
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        text = await response.text()
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text


@pytest.mark.parametrize(
    "path", ["/sandbox/nothing.js", "/sandbox/..%2Fserver.py", "/sandbox/index.html.bak"]
)
async def test_no_other_file_is_served(session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(path) as response:
        assert response.status == 404
