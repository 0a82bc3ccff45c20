from __future__ import annotations

import asyncio
import json

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile

from telegram_client.client import TelegramClient
from telegram_client.contracts import RawUpdate, Sent, Upload
from telegram_client.errors import (
    AnswerTooLarge,
    BadAnswer,
    MaybeSent,
    NotSent,
    Refused,
    TelegramUnreachable,
    TokenRefused,
)
from telegram_client.failures import FailureKind, classify
from telegram_client.split import MAX_BODY
from tests.telegram_client.wire import TOKEN, Wire, answers, keeps_silent, refuses, says

# PTB warns of its own deprecations where we would touch them.
pytestmark = pytest.mark.filterwarnings("error")


async def test_sending_posts_a_form_with_nested_values_as_json(client: TelegramClient, wire: Wire) -> None:
    wire.replies = [answers({"message_id": 17, "text": "Привет"})]

    sent = await client.send(
        "sendMessage",
        {
            "chat_id": -1001,
            "text": "Привет & 100% + =;\n\x00",
            "protect_content": True,
            "reply_parameters": None,
            "reply_markup": {"inline_keyboard": [[{"text": "да", "callback_data": "y"}]]},
        },
    )

    assert sent == Sent(message_id=17, result={"message_id": 17, "text": "Привет"})
    (call,) = wire.calls
    assert (call.http_method, call.path) == ("POST", f"/bot{TOKEN}/sendMessage")
    assert call.headers["content-type"] == "application/x-www-form-urlencoded"
    assert call.form == {
        "chat_id": "-1001",
        "text": "Привет & 100% + =;\n\x00",
        "protect_content": "true",
        "reply_markup": '{"inline_keyboard":[[{"text":"да","callback_data":"y"}]]}',
    }


@pytest.mark.parametrize("result", [True, [], {"message_id": "5"}, {"message_id": True}, "text", None])
async def test_a_result_that_is_no_message_has_no_message_id(
    client: TelegramClient, wire: Wire, result: object
) -> None:
    wire.replies = [answers(result)]

    assert await client.send("answerCallbackQuery", {"callback_query_id": "1"}) == Sent(None, result)


async def test_a_file_goes_along_as_multipart(client: TelegramClient, wire: Wire) -> None:
    await client.send(
        "sendDocument",
        {
            "chat_id": 5,
            "caption": "всё",
            "x": None,
            "document": Upload("export.json", b"\x00{}", "application/json"),
        },
    )

    (call,) = wire.calls
    assert call.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="document"; filename="export.json"' in call.body
    assert b"\r\n\r\n\x00{}\r\n" in call.body
    assert "\r\n\r\nвсё\r\n".encode() in call.body
    assert b'name="x"' not in call.body


async def test_a_refusal_carries_the_words_of_the_server(client: TelegramClient, wire: Wire) -> None:
    wire.replies = [refuses(429, "Too Many Requests: retry after 7", retry_after=7)]

    with pytest.raises(Refused) as caught:
        await client.send("sendMessage", {"chat_id": 5, "text": "x"})

    assert (caught.value.status, caught.value.method, caught.value.retry_after) == (429, "sendMessage", 7.0)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"<html>It works</html>", BadAnswer),
        (b"", BadAnswer),
        (b'{"result": {"message_id": 5}}', BadAnswer),
        (b'{"ok": true}', BadAnswer),
        (b"[" * 100_000, BadAnswer),
        (b'{"ok": false}', Refused),
        (b'{"ok": "yes", "result": 1}', Refused),
    ],
)
async def test_a_success_that_is_no_answer_is_no_success(
    client: TelegramClient, wire: Wire, body: bytes, error: type[Exception]
) -> None:
    wire.replies = [says(body)]

    with pytest.raises(error):
        await client.send("sendMessage", {"chat_id": 5, "text": "x"})


@pytest.mark.parametrize(
    ("status", "kind"), [(404, FailureKind.UNSUPPORTED), (500, FailureKind.SERVER_ERROR)]
)
async def test_a_server_that_does_not_know_a_method_says_so_as_it_likes(
    client: TelegramClient, wire: Wire, status: int, kind: FailureKind
) -> None:
    wire.replies = [says(b"<h1>no</h1>", status=status, headers="Content-Type: text/html\r\n")]

    with pytest.raises(Refused) as caught:
        await client.send("setMyCommands", {"commands": []})

    assert classify(caught.value).kind is kind


async def test_polling_asks_for_what_it_is_told_and_brings_raw_updates(
    client: TelegramClient, wire: Wire
) -> None:
    wire.replies = [says(b'{"ok":true,"result":[{"update_id": 9, "message" : {}}, 7]}')]

    updates = await client.poll(offset=9, timeout=0, allowed_updates=["message", "callback_query"])

    assert updates == [
        RawUpdate(9, b'{"update_id": 9, "message" : {}}', {"update_id": 9, "message": {}}),
        RawUpdate(None, b"7", 7),
    ]
    (call,) = wire.calls
    assert call.method == "getUpdates"
    assert call.form == {
        "offset": "9", "limit": "100", "timeout": "0", "allowed_updates": '["message","callback_query"]'
    }  # fmt: skip


async def test_the_first_poll_names_no_offset(client: TelegramClient, wire: Wire) -> None:
    wire.replies = [answers([])]

    assert await client.poll(offset=None, timeout=0, allowed_updates=["message"]) == []

    assert "offset" not in wire.calls[0].form


async def test_a_batch_too_large_to_hold_is_asked_for_in_smaller_ones(
    client: TelegramClient, wire: Wire
) -> None:
    wire.replies = [says(b" " * (MAX_BODY + 1)), answers([{"update_id": 1}])]

    updates = await client.poll(offset=1, timeout=0, allowed_updates=[])

    assert [update.update_id for update in updates] == [1]
    assert [(call.form["limit"], call.form["offset"]) for call in wire.calls] == [("100", "1"), ("12", "1")]


async def test_one_update_too_large_to_hold_ends_with_an_error(client: TelegramClient, wire: Wire) -> None:
    wire.replies = [says(b" " * (MAX_BODY + 1))]

    with pytest.raises(AnswerTooLarge):
        await client.poll(offset=1, timeout=0, allowed_updates=[], limit=1)

    assert len(wire.calls) == 1


async def test_a_large_batch_is_taken_apart_as_well(client: TelegramClient, wire: Wire) -> None:
    text = "я" * 1_000_000
    body = json.dumps({"ok": True, "result": [{"update_id": 1, "message": {"text": text}}, {"update_id": 2}]})
    wire.replies = [says(body.encode())]

    updates = await client.poll(offset=None, timeout=0, allowed_updates=[])

    assert [update.update_id for update in updates] == [1, 2]
    assert updates[0].value == {"update_id": 1, "message": {"text": text}}


async def test_a_poll_that_is_refused_is_an_error(client: TelegramClient, wire: Wire) -> None:
    wire.replies = [refuses(409, "Conflict: terminated by other getUpdates request")]

    with pytest.raises(Refused) as caught:
        await client.poll(offset=None, timeout=0, allowed_updates=[])

    assert classify(caught.value).kind is FailureKind.CONFLICT


async def test_a_full_pool_of_sends_does_not_hold_up_polling(wire: Wire) -> None:
    client = TelegramClient(TOKEN, wire.url, connections=1)
    await client.start()
    wire.replies = [keeps_silent, answers([])]
    stuck = asyncio.create_task(client.send("sendMessage", {"chat_id": 1, "text": "x"}))
    await wire.called.wait()

    assert await client.poll(offset=None, timeout=0, allowed_updates=[]) == []

    stuck.cancel()
    await asyncio.gather(stuck, return_exceptions=True)
    await client.close()


async def test_closing_ends_what_is_under_way(client: TelegramClient, wire: Wire) -> None:
    wire.replies = [keeps_silent]
    polling = asyncio.create_task(client.poll(offset=None, timeout=50, allowed_updates=[]))
    await wire.called.wait()

    await client.close()

    with pytest.raises(MaybeSent):
        await polling


async def test_a_client_that_is_not_started_or_closed_sends_nothing(wire: Wire) -> None:
    client = TelegramClient(TOKEN, wire.url)
    with pytest.raises(NotSent):
        await client.send("getMe", {})
    await client.start()
    await client.close()
    with pytest.raises(NotSent):
        await client.poll(offset=None, timeout=0, allowed_updates=[])
    assert wire.calls == []


async def test_blanks_and_quotes_around_token_and_address_do_no_harm(wire: Wire) -> None:
    client = TelegramClient(f' "{TOKEN}"\r\n', f" {wire.url}/ ")
    await client.start()

    await client.send("getMe", {})

    assert wire.calls[0].path == f"/bot{TOKEN}/getMe"
    await client.close()


@pytest.mark.parametrize(
    "token", ["", "  ", "hello", "123456", "123:", ":abc", "123:a b", "12a:abc", "1:абв", "1:a/../b"]
)
def test_what_has_no_shape_of_a_token_is_refused_at_once(token: str) -> None:
    with pytest.raises(TokenRefused) as caught:
        TelegramClient(token, "https://api.telegram.org")

    assert caught.value.code == "telegram.token_malformed"
    assert caught.value.permanent is True


@pytest.mark.parametrize(
    "api_url", ["", "api.telegram.org", "ftp://x", "http://", "http://x:port", "http://x/?a=b"]
)
def test_what_is_no_address_is_refused_at_once(api_url: str) -> None:
    with pytest.raises(TelegramUnreachable) as caught:
        TelegramClient(TOKEN, api_url)

    assert caught.value.code == "telegram.api_url_malformed"


async def test_ptbs_bot_speaks_over_the_same_connections(client: TelegramClient, wire: Wire) -> None:
    wire.replies = [
        answers({"message_id": 5, "date": 1_700_000_000, "chat": {"id": 7, "type": "private"}, "text": "да"})
    ]

    message = await client.bot.send_message(
        7, "да", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("b", callback_data="c")]])
    )

    assert message.message_id == 5
    (call,) = wire.calls
    assert call.method == "sendMessage"
    assert call.form["chat_id"] == "7"
    assert call.form["text"] == "да"
    assert json.loads(call.form["reply_markup"]) == {
        "inline_keyboard": [[{"text": "b", "callback_data": "c"}]]
    }


async def test_ptbs_bot_sends_files(client: TelegramClient, wire: Wire) -> None:
    wire.replies = [answers({"message_id": 5, "date": 1_700_000_000, "chat": {"id": 7, "type": "private"}})]

    await client.bot.send_document(7, InputFile(b"\x00\x01", filename="a.bin"), caption="вот")

    (call,) = wire.calls
    assert call.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'filename="a.bin"' in call.body
    assert b"\r\n\r\n\x00\x01\r\n" in call.body


async def test_what_ptbs_bot_is_refused_is_classified_alike(client: TelegramClient, wire: Wire) -> None:
    wire.replies = [refuses(429, "Too Many Requests: retry after 3", retry_after=3)]

    with pytest.raises(Refused) as caught:
        await client.bot.set_my_commands([])

    assert classify(caught.value).kind is FailureKind.FLOOD
    assert classify(caught.value).retry_after == 3.0
    assert caught.value.method == "setMyCommands"


def test_what_people_wrote_is_in_no_repr() -> None:
    assert repr(RawUpdate(1, b"secret", {"text": "secret"})) == "RawUpdate(update_id=1)"
    assert repr(Sent(1, {"text": "secret"})) == "Sent(message_id=1)"
    assert "secret" not in repr(Upload("a", b"secret"))
