from __future__ import annotations

import pytest

from telegram_client.contracts import BotIdentity
from telegram_client.errors import TelegramUnreachable, TokenRefused
from telegram_client.token_check import check_token
from tests.telegram_client.wire import TOKEN, Reply, Wire, answers, hangs_up, keeps_silent, refuses, says


async def test_a_good_token_tells_whose_it_is(wire: Wire) -> None:
    wire.replies = [
        answers(
            {
                "id": 123456789,
                "is_bot": True,
                "first_name": "Наташа",
                "username": "natasha_bot",
                "can_join_groups": True,
                "can_read_all_group_messages": False,
                "supports_inline_queries": False,
            }
        )
    ]

    identity = await check_token(token=f" {TOKEN}\n", api_url=wire.url)

    assert identity == BotIdentity(
        telegram_id=123456789,
        username="natasha_bot",
        name="Наташа",
        can_join_groups=True,
        can_read_all_group_messages=False,
    )
    assert [call.method for call in wire.calls] == ["getMe"]


async def test_a_server_that_says_little_is_enough(wire: Wire) -> None:
    wire.replies = [answers({"id": 5})]

    assert await check_token(token=TOKEN, api_url=wire.url) == BotIdentity(5, "", "", False, False)


@pytest.mark.parametrize(
    "reply", [refuses(401, "Unauthorized"), refuses(404, "Not Found"), says(b"", status=404)]
)
async def test_a_token_that_the_server_does_not_know_is_refused(wire: Wire, reply: Reply) -> None:
    wire.replies = [reply]

    with pytest.raises(TokenRefused, match="does not know this token") as caught:
        await check_token(token=TOKEN, api_url=wire.url)

    assert (caught.value.code, caught.value.permanent) == ("telegram.token_refused", True)


async def test_what_has_no_shape_of_a_token_is_not_even_asked_for(wire: Wire) -> None:
    with pytest.raises(TokenRefused, match="not a bot token"):
        await check_token(token="my bot", api_url=wire.url)

    assert wire.calls == []


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (hangs_up, "maybe_sent"),
        (keeps_silent, "within 0.2 seconds|maybe_sent"),
        (refuses(500, "Internal Server Error"), "server_error"),
        (refuses(429, "Too Many Requests: retry after 5", retry_after=5), "flood"),
        (says(b"<html>"), "maybe_sent"),
        (answers(True), "no Bot API server"),
        (answers({"id": "5"}), "no Bot API server"),
        (answers({"id": 5, "is_bot": False}), "no Bot API server"),
    ],
)
async def test_a_server_that_cannot_be_asked_says_nothing_about_the_token(
    wire: Wire, reply: Reply, words: str
) -> None:
    wire.replies = [reply]

    with pytest.raises(TelegramUnreachable, match=words) as caught:
        await check_token(token=TOKEN, api_url=wire.url, timeout=0.2)

    assert caught.value.permanent is False
    assert TOKEN not in str(caught.value)


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    async with Wire() as gone:
        url = gone.url

    with pytest.raises(TelegramUnreachable, match="not_sent"):
        await check_token(token=TOKEN, api_url=url)
