"""What the sandbox remembers from one start to the next."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiohttp
import pytest

from sandbox import SandboxServer
from sandbox.errors import ControlError
from tests.sandbox.client import BotHand, ControlHand


async def test_bots_chats_and_waiting_updates_survive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "state.json"
    raw = b'{"a": "\\ud800",   "b": null}'
    async with SandboxServer(state=file) as server, aiohttp.ClientSession(server.url) as session:
        control = ControlHand(session)
        bot = await control.bot("Наташа", username="natasha_bot")
        said = await control.say(bot, "/start", first_name="Anna", language_code="ru")
        await control.say(bot, "hello", chat_id=-77, chat_title="Circle")
        await bot.ok("sendMessage", chat_id=1001, text="hi", reply_markup={"keyboard": [["A"]]})
        await bot.ok("setMyCommands", commands=[{"command": "start", "description": "Begin"}])
        await control.post(f"bots/{bot.token}/block", {"user_id": 1002})
        await control.send("POST", f"bots/{bot.token}/updates?raw=1", data=raw)
        revoked = await control.bot("Old")
        await control.send("DELETE", f"bots/{revoked.token}")
        before = await control.get(f"bots/{bot.token}/chats/1001")
        chats = await control.get(f"bots/{bot.token}/chats")
        waiting = await bot.updates(limit=2)
        bots = await control.get("bots")

    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["state.json"]
    async with SandboxServer(state=file) as server, aiohttp.ClientSession(server.url) as session:
        control, bot = ControlHand(session), BotHand(session, bot.token)
        assert await control.get("bots") == bots
        assert await control.get(f"bots/{bot.token}/chats/1001") == before
        assert await control.get(f"bots/{bot.token}/chats") == chats
        assert await bot.updates(limit=2) == waiting
        async with session.post(f"/bot{bot.token}/getUpdates") as response:
            assert raw in await response.read()
        assert (await bot.ok("getMyCommands"))[0]["command"] == "start"
        assert await bot.refusal("sendMessage", chat_id=1002, text="x") == (
            400,
            "Bad Request: chat not found",
        )
        assert await BotHand(session, revoked.token).refusal("getMe") == (401, "Unauthorized")
        again = await control.say(bot, "again")
        assert (again["update_id"], again["message_id"]) == (said["update_id"] + 3, 4)


async def test_after_a_crash_no_number_is_given_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.state_file._PAUSE", 0.01)
    file = tmp_path / "state.json"
    async with SandboxServer(state=file) as server, aiohttp.ClientSession(server.url) as session:
        control = ControlHand(session)
        bot = await control.bot()
        said = await control.say(bot, "hello")
        while not file.exists() or "hello" not in file.read_text():
            await asyncio.sleep(0.01)
        crashed = file.read_bytes()
    file.write_bytes(crashed)
    async with SandboxServer(state=file) as server, aiohttp.ClientSession(server.url) as session:
        control, bot = ControlHand(session), BotHand(session, bot.token)
        assert [update["update_id"] for update in await bot.updates()] == [said["update_id"]]
        again = await control.say(bot, "again")
        assert again["update_id"] == said["update_id"] + 1 + 10_000
        assert again["message_id"] == said["message_id"] + 1 + 1_000


@pytest.mark.parametrize("content", ["{", "[]", '{"version": 99}', '{"version": 1, "people": [{}]}', "é"])
async def test_a_file_that_is_no_state_is_left_alone(tmp_path: Path, content: str) -> None:
    file = tmp_path / "state.json"
    file.write_text(content)
    with pytest.raises(ControlError) as refused:
        await SandboxServer(state=file).start()
    assert refused.value.message == f"{file} is no state of a sandbox; move it away to begin anew"
    assert file.read_text() == content


async def test_nothing_is_written_while_nothing_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.state_file._PAUSE", 0.01)
    file = tmp_path / "state.json"
    async with SandboxServer(state=file):
        await asyncio.sleep(0.1)
        assert not file.exists()
    assert json.loads(file.read_text())["complete"] is True
