"""The client and a whole Bot API server: what a bot does in a day, and how it is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox import SandboxServer
from telegram_client.client import TelegramClient
from telegram_client.failures import Failure, FailureKind, classify
from telegram_client.split import next_offset
from telegram_client.token_check import check_token

KINDS = ["message", "callback_query", "my_chat_member"]
VERA = 501


class Stage:
    """A sandbox with one bot in it, and the client of that bot."""

    def __init__(self, server: SandboxServer, http: aiohttp.ClientSession, token: str) -> None:
        self.url = server.url
        self.token = token
        self.http = http
        self.client = TelegramClient(token, server.url)

    async def control(self, path: str, body: dict[str, Any]) -> Any:
        async with self.http.post(f"/control/{path}", json=body) as answer:
            assert answer.status in {200, 201}, await answer.text()
            return await answer.json()

    async def person(self, action: str, **fields: Any) -> Any:
        return await self.control(f"bots/{self.token}/{action}", {"user_id": VERA, **fields})

    async def poll(self, offset: int | None = None) -> list[Any]:
        updates = await self.client.poll(offset=offset, timeout=0, allowed_updates=KINDS)
        return [update.value for update in updates]

    async def say(self, text: str, **more: Any) -> int:
        sent = await self.client.send("sendMessage", {"chat_id": VERA, "text": text, **more})
        assert sent.message_id is not None
        return sent.message_id

    async def failure(self, method: str, **params: Any) -> Failure:
        with pytest.raises(Exception) as caught:  # noqa: PT011  (whatever it is, it must be classified)
            await self.client.send(method, params)
        return classify(caught.value)

    async def messages(self) -> list[Any]:
        async with self.http.get(f"/control/bots/{self.token}/chats/{VERA}/messages") as answer:
            return list(await answer.json())


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with SandboxServer(port=0, limits=False) as server, aiohttp.ClientSession(server.url) as http:
        async with http.post("/control/bots", json={"name": "Наташа"}) as answer:
            token = (await answer.json())["token"]
        stage = Stage(server, http, token)
        await stage.client.start()
        yield stage
        await stage.client.close()


async def test_a_conversation_goes_there_and_back(stage: Stage) -> None:
    await stage.person("say", text="/start")
    (update,) = await stage.client.poll(offset=None, timeout=5, allowed_updates=KINDS)
    assert isinstance(update.value, dict)
    assert update.value["message"]["text"] == "/start"

    button = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]}
    message_id = await stage.say("Готова? & <да>", reply_markup=button)
    await stage.client.send(
        "editMessageText",
        {"chat_id": VERA, "message_id": message_id, "text": "Готова?", "reply_markup": button},
    )
    await stage.person("tap", message_id=message_id, data="yes")
    offset = next_offset([update], None)
    (tap,) = await stage.poll(offset)
    assert tap["callback_query"]["data"] == "yes"
    done = await stage.client.send("answerCallbackQuery", {"callback_query_id": tap["callback_query"]["id"]})
    assert (done.message_id, done.result) == (None, True)
    await stage.client.send("sendChatAction", {"chat_id": VERA, "action": "typing"})
    await stage.client.send("editMessageReplyMarkup", {"chat_id": VERA, "message_id": message_id})

    shown = await stage.messages()
    assert [message["text"] for message in shown] == ["/start", "Готова?"]
    await stage.client.send("deleteMessage", {"chat_id": VERA, "message_id": message_id})
    assert [message["text"] for message in await stage.messages()] == ["/start"]


async def test_what_a_bot_is_set_up_with_goes_through(stage: Stage) -> None:
    commands = [{"command": "start", "description": "Начать"}]

    assert (
        await stage.client.send("setMyCommands", {"commands": commands, "language_code": "ru"})
    ).result is True
    assert (await stage.client.send("deleteWebhook", {"drop_pending_updates": False})).result is True
    assert (await check_token(token=stage.token, api_url=stage.url)).name == "Наташа"
    assert (await stage.client.bot.get_me()).first_name == "Наташа"


async def test_an_offset_confirms_what_came_before_it(stage: Stage) -> None:
    for text in ("раз", "два"):
        await stage.person("say", text=text)
    first = await stage.client.poll(offset=None, timeout=0, allowed_updates=KINDS)
    assert [update.update_id for update in first] == [
        update.update_id for update in await stage.client.poll(offset=None, timeout=0, allowed_updates=KINDS)
    ]
    await stage.person("say", text="три")

    rest = await stage.poll(next_offset(first, None))

    assert [update["message"]["text"] for update in rest] == ["три"]


async def test_each_refusal_is_understood(stage: Stage) -> None:
    await stage.person("say", text="/start")
    await stage.poll()
    message_id = await stage.say("есть")
    kinds = {
        "stranger": await stage.failure("sendMessage", chat_id=999_999, text="x"),
        "empty": await stage.failure("sendMessage", chat_id=VERA, text=""),
        "long": await stage.failure("sendMessage", chat_id=VERA, text="я" * 4097),
        "markup": await stage.failure("sendMessage", chat_id=VERA, text="<b>тайна", parse_mode="HTML"),
        "data": await stage.failure(
            "sendMessage", chat_id=VERA, text="x",
            reply_markup={"inline_keyboard": [[{"text": "x", "callback_data": "x" * 65}]]},
        ),
        "same": await stage.failure("editMessageText", chat_id=VERA, message_id=message_id, text="есть"),
        "no such message": await stage.failure("editMessageText", chat_id=VERA, message_id=10**6, text="x"),
        "nothing to delete": await stage.failure("deleteMessage", chat_id=VERA, message_id=10**6),
        "old tap": await stage.failure("answerCallbackQuery", callback_query_id="1"),
        "no method": await stage.failure("sendTelepathy"),
    }  # fmt: skip

    assert {name: failure.kind for name, failure in kinds.items()} == {
        "stranger": FailureKind.CHAT_NOT_FOUND,
        "empty": FailureKind.EMPTY_TEXT,
        "long": FailureKind.TOO_LONG,
        "markup": FailureKind.BAD_MARKUP,
        "data": FailureKind.BAD_REQUEST,
        "same": FailureKind.NOT_MODIFIED,
        "no such message": FailureKind.MESSAGE_GONE,
        "nothing to delete": FailureKind.MESSAGE_GONE,
        "old tap": FailureKind.QUERY_TOO_OLD,
        "no method": FailureKind.UNSUPPORTED,
    }
    assert not any("тайна" in failure.description for failure in kinds.values())


async def test_who_blocked_the_bot_is_gone_until_they_come_back(stage: Stage) -> None:
    await stage.person("say", text="/start")
    await stage.person("block")

    failure = await stage.failure("sendMessage", chat_id=VERA, text="x")
    assert (failure.kind, failure.person_gone, failure.retryable) == (FailureKind.BLOCKED, True, False)

    await stage.person("unblock")
    assert await stage.say("снова") > 0


async def test_a_revoked_token_is_unauthorized_everywhere(stage: Stage) -> None:
    async with stage.http.delete(f"/control/bots/{stage.token}") as answer:
        assert answer.status == 200

    assert (await stage.failure("sendMessage", chat_id=VERA, text="x")).kind is FailureKind.UNAUTHORIZED
    with pytest.raises(Exception) as caught:  # noqa: PT011  (whatever it is, it must be classified)
        await stage.poll()
    assert classify(caught.value).kind is FailureKind.UNAUTHORIZED


@pytest.mark.parametrize(
    ("fault", "kind", "arrived"),
    [
        (
            {"error_code": 429, "description": "Too Many Requests: retry after 9", "retry_after": 9},
            FailureKind.FLOOD,
            0,
        ),
        ({"error_code": 500, "description": "Internal Server Error"}, FailureKind.SERVER_ERROR, 0),
        ({"drop": "before"}, FailureKind.MAYBE_SENT, 0),
        ({"drop": "after"}, FailureKind.MAYBE_SENT, 1),
    ],
)
async def test_trouble_on_the_way_is_told_for_what_it_is(
    stage: Stage, fault: dict[str, Any], kind: FailureKind, arrived: int
) -> None:
    await stage.person("say", text="/start")
    await stage.control("faults", {"token": stage.token, "method": "sendMessage", "times": 1, **fault})

    failure = await stage.failure("sendMessage", chat_id=VERA, text="ответ")

    assert (failure.kind, failure.retry_after) == (kind, fault.get("retry_after"))
    assert len([message for message in await stage.messages() if message.get("text") == "ответ"]) == arrived
    assert await stage.say("дальше") > 0


async def test_strange_updates_come_through_beside_ordinary_ones(stage: Stage) -> None:
    await stage.person("say", text="до")
    await stage.control(
        f"bots/{stage.token}/updates",
        {"message": {"chat": {"id": 2**70}, "text": "\ud800\x00", "date": 1e400}},
    )
    await stage.control(f"bots/{stage.token}/updates", {"dream": [[], None, "🌙"]})
    await stage.person("say", text="после")

    updates = await stage.client.poll(offset=None, timeout=0, allowed_updates=KINDS)

    values = [update.value for update in updates]
    messages = [value["message"] for value in values if isinstance(value, dict) and "message" in value]
    assert [message["text"] for message in messages] == [
        "до", "\ud800\x00", "после"
    ]  # fmt: skip
    assert all(update.update_id is not None for update in updates)
    assert await stage.poll(next_offset(updates, None)) == []
