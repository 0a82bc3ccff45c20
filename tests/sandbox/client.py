"""Two hands for these tests: the bot's, which calls the Bot API, and the control API's."""

from __future__ import annotations

import json
from typing import Any

import aiohttp


class BotHand:
    """Calls the Bot API over HTTP as a bot would."""

    def __init__(self, session: aiohttp.ClientSession, token: str) -> None:
        self.session = session
        self.token = token

    async def call(self, method: str, **params: Any) -> tuple[int, dict[str, Any]]:
        """Status and body of one call with a JSON body."""
        async with self.session.post(f"/bot{self.token}/{method}", json=params) as response:
            return response.status, json.loads(await response.read())

    async def ok(self, method: str, **params: Any) -> Any:
        """The result of a call that must succeed."""
        status, body = await self.call(method, **params)
        assert (status, body["ok"]) == (200, True), body
        return body["result"]

    async def refusal(self, method: str, **params: Any) -> tuple[int, str]:
        """Code and words of a call that must be refused."""
        status, body = await self.call(method, **params)
        assert body["ok"] is False, body
        assert body["error_code"] == status
        return status, body["description"]

    async def upload(
        self, method: str, files: dict[str, tuple[str, bytes]], **params: Any
    ) -> tuple[int, dict[str, Any]]:
        """Status and body of one call with a multipart body; each file is a name and its bytes."""
        form = aiohttp.FormData(quote_fields=False)
        for name, value in params.items():
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        for name, (filename, content) in files.items():
            form.add_field(name, content, filename=filename, content_type="application/octet-stream")
        async with self.session.post(f"/bot{self.token}/{method}", data=form) as response:
            return response.status, json.loads(await response.read())

    async def sent(self, method: str, files: dict[str, tuple[str, bytes]], **params: Any) -> Any:
        """The result of an upload that must succeed."""
        status, body = await self.upload(method, files, **params)
        assert (status, body["ok"]) == (200, True), body
        return body["result"]

    async def photo(self, content: bytes, **params: Any) -> Any:
        """sendPhoto to Anna (1001) with these bytes."""
        return await self.sent("sendPhoto", {"photo": ("a.png", content)}, **{"chat_id": 1001, **params})

    async def download(self, path: str) -> tuple[int, bytes]:
        """Status and bytes of what lies at a `file_path`."""
        async with self.session.get(f"/file/bot{self.token}/{path}") as response:
            return response.status, await response.read()

    async def updates(self, **params: Any) -> list[Any]:
        """getUpdates."""
        result = await self.ok("getUpdates", **params)
        assert isinstance(result, list)
        return result


class ControlHand:
    """Steers the sandbox: bots, people, faults."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def send(self, verb: str, path: str, **options: Any) -> tuple[int, Any]:
        """Status and JSON of one request under /control."""
        async with self.session.request(verb, f"/control/{path}", **options) as response:
            return response.status, json.loads(await response.read())

    async def post(self, path: str, value: Any = None) -> Any:
        """The answer of a POST that must succeed."""
        status, body = await self.send("POST", path, json={} if value is None else value)
        assert status in {200, 201}, body
        return body

    async def get(self, path: str) -> Any:
        """The answer of a GET that must succeed."""
        status, body = await self.send("GET", path)
        assert status == 200, body
        return body

    async def refused(self, path: str, value: Any) -> tuple[int, str]:
        """Status and words of a POST that must be refused."""
        status, body = await self.send("POST", path, json=value)
        assert set(body) == {"error"}, body
        return status, body["error"]

    async def bot(self, name: str = "Natasha", **fields: Any) -> BotHand:
        """A new bot."""
        return BotHand(self.session, (await self.post("bots", {"name": name, **fields}))["token"])

    async def say(self, bot: BotHand, text: str, user_id: int = 1001, **fields: Any) -> dict[str, Any]:
        """A person writes to the bot."""
        answer = await self.post(f"bots/{bot.token}/say", {"user_id": user_id, "text": text, **fields})
        assert isinstance(answer, dict)
        return answer

    async def messages(self, bot: BotHand, chat_id: int = 1001) -> list[dict[str, Any]]:
        """The chat as the control API shows it."""
        result = await self.get(f"bots/{bot.token}/chats/{chat_id}/messages")
        assert isinstance(result, list)
        return result
