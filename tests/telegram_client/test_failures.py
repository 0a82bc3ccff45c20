from __future__ import annotations

import asyncio

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import error as ptb
from telegram.warnings import PTBDeprecationWarning

from core.errors import AppError
from telegram_client.answers import read_answer, refusal_by_status
from telegram_client.errors import (
    AnswerTooLarge,
    BadAnswer,
    MaybeSent,
    NotSent,
    Refused,
    TelegramUnreachable,
    TokenRefused,
)
from telegram_client.failures import DEFAULT_RETRY_AFTER, Failure, FailureKind, classify

K = FailureKind

pytestmark = pytest.mark.filterwarnings("error")

_SAID = [
    (403, "Forbidden: bot was blocked by the user", K.BLOCKED),
    (403, "Forbidden: user is deactivated", K.DEACTIVATED),
    (403, "Forbidden: bot was kicked from the group chat", K.KICKED),
    (403, "Forbidden: bot was kicked from the supergroup chat", K.KICKED),
    (403, "Forbidden: bot was kicked from the channel chat", K.KICKED),
    (403, "Forbidden: bot is not a member of the channel chat", K.KICKED),
    (403, "Forbidden: bot is not a member of the supergroup chat", K.KICKED),
    (403, "Forbidden: the group chat was deleted", K.KICKED),
    (403, "Forbidden: bot can't initiate conversation with a user", K.CHAT_NOT_FOUND),
    (403, "Forbidden: bots can't send messages to bots", K.BAD_REQUEST),
    (400, "Bad Request: chat not found", K.CHAT_NOT_FOUND),
    (400, "Bad Request: user not found", K.CHAT_NOT_FOUND),
    (400, "Bad Request: PEER_ID_INVALID", K.CHAT_NOT_FOUND),
    (400, "Bad Request: chat_id is empty", K.CHAT_NOT_FOUND),
    (400, "Bad Request: group chat was upgraded to a supergroup chat", K.MIGRATED),
    (400, "Bad Request: group chat was deactivated", K.KICKED),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", K.KICKED),
    (400, "Bad Request: USER_IS_BLOCKED", K.BLOCKED),
    (400, "Bad Request: INPUT_USER_DEACTIVATED", K.DEACTIVATED),
    (
        400,
        "Bad Request: message is not modified: specified new message content and reply markup are the same",
        K.NOT_MODIFIED,
    ),
    (400, 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 4', K.BAD_MARKUP),
    (
        400,
        "Bad Request: can't parse entities: Can't find end of the entity starting at byte offset 12",
        K.BAD_MARKUP,
    ),
    (400, "Bad Request: can't parse entities: Character '-' is reserved and must be escaped", K.BAD_MARKUP),
    (400, "Bad Request: unsupported parse_mode", K.BAD_MARKUP),
    (400, "Bad Request: ENTITY_TEXTURL_INVALID", K.BAD_MARKUP),
    (400, "Bad Request: message is too long", K.TOO_LONG),
    (400, "Bad Request: MESSAGE_TOO_LONG", K.TOO_LONG),
    (400, "Bad Request: message caption is too long", K.TOO_LONG),
    (400, "Bad Request: message text is empty", K.EMPTY_TEXT),
    (400, "Bad Request: text must be non-empty", K.EMPTY_TEXT),
    (
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
        K.QUERY_TOO_OLD,
    ),
    (400, "Bad Request: QUERY_ID_INVALID", K.QUERY_TOO_OLD),
    (400, "Bad Request: message to edit not found", K.MESSAGE_GONE),
    (400, "Bad Request: message can't be edited", K.MESSAGE_GONE),
    (400, "Bad Request: message to delete not found", K.MESSAGE_GONE),
    (400, "Bad Request: message can't be deleted", K.MESSAGE_GONE),
    (400, "Bad Request: message can't be deleted for everyone", K.MESSAGE_GONE),
    (400, "Bad Request: MESSAGE_ID_INVALID", K.MESSAGE_GONE),
    (400, "Bad Request: there is no text in the message to edit", K.MESSAGE_GONE),
    (400, "Bad Request: BUTTON_DATA_INVALID", K.BAD_REQUEST),
    (400, "Bad Request: strings must be encoded in UTF-8", K.BAD_REQUEST),
    (400, "Bad Request: not enough rights to send text messages to the chat", K.BAD_REQUEST),
    (401, "Unauthorized", K.UNAUTHORIZED),
    (401, "Unauthorized: invalid token specified", K.UNAUTHORIZED),
    (404, "Not Found", K.UNSUPPORTED),
    (404, "Not Found: method not found", K.UNSUPPORTED),
    (405, "Method Not Allowed", K.UNSUPPORTED),
    (408, "Request Timeout", K.SERVER_ERROR),
    (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        K.CONFLICT,
    ),
    (
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first",
        K.CONFLICT,
    ),
    (413, "Request Entity Too Large", K.BAD_REQUEST),
    (429, "Too Many Requests: retry after 35", K.FLOOD),
    (420, "FLOOD_WAIT_35", K.FLOOD),
    (400, "Bad Request: FLOOD_WAIT_35", K.FLOOD),
    (500, "Internal Server Error: restart", K.SERVER_ERROR),
    (501, "Not Implemented", K.UNSUPPORTED),
    (502, "Bad Gateway", K.SERVER_ERROR),
    (503, "Service Unavailable", K.SERVER_ERROR),
    (504, "Gateway Timeout", K.MAYBE_SENT),
]


@pytest.mark.parametrize(
    ("status", "words", "kind"), _SAID, ids=[f"{said[0]} {said[1][:60]}" for said in _SAID]
)
def test_each_of_telegrams_texts_has_its_kind(status: int, words: str, kind: FailureKind) -> None:
    assert classify(Refused(status=status, description=words, method="sendMessage")).kind is kind


@pytest.mark.parametrize(("status", "words", "kind"), [said for said in _SAID if said[0] in (400, 403)])
def test_ptbs_own_errors_have_the_same_kind(status: int, words: str, kind: FailureKind) -> None:
    exc = (ptb.BadRequest if status == 400 else ptb.Forbidden)(words)

    expected = K.BAD_REQUEST if kind is K.FLOOD else kind
    assert classify(exc).kind is expected


@pytest.mark.parametrize("method", ["getMe", "getUpdates", "getme"])
def test_not_found_speaks_of_the_token_where_every_server_knows_the_method(method: str) -> None:
    assert classify(Refused(status=404, description="Not Found", method=method)).kind is K.UNAUTHORIZED


@pytest.mark.parametrize(
    ("exc", "kind"),
    [
        (NotSent("refused"), K.NOT_SENT),
        (MaybeSent("reset"), K.MAYBE_SENT),
        (BadAnswer("html"), K.MAYBE_SENT),
        (AnswerTooLarge("big"), K.MAYBE_SENT),
        (TokenRefused("no token"), K.UNAUTHORIZED),
        (TelegramUnreachable("away"), K.NOT_SENT),
        (ptb.InvalidToken(), K.UNAUTHORIZED),
        (ptb.EndPointNotFound("x"), K.UNSUPPORTED),
        (ptb.Conflict("x"), K.CONFLICT),
        (ptb.NetworkError("httpx.ReadError"), K.MAYBE_SENT),
        (ptb.TimedOut(), K.MAYBE_SENT),
        (ptb.TimedOut("Pool timeout: ... Request was *not* sent to Telegram."), K.NOT_SENT),
        (TimeoutError(), K.MAYBE_SENT),
        (ConnectionResetError(), K.MAYBE_SENT),
        (ConnectionRefusedError(), K.NOT_SENT),
        (ptb.TelegramError("strange"), K.BUG),
        (asyncio.CancelledError(), K.BUG),
        (AppError(code="x", permanent=True), K.BUG),
        (KeyError("text"), K.BUG),
        (aiohttp.InvalidURL("x"), K.BUG),
    ],
)
def test_each_exception_has_its_kind(exc: BaseException, kind: FailureKind) -> None:
    assert classify(exc).kind is kind


def test_ptbs_flood_and_migration_carry_their_figures() -> None:
    with pytest.warns(PTBDeprecationWarning):  # PTB warns as it builds this one
        flood = ptb.RetryAfter(35)

    assert classify(flood).retry_after == 35.0
    assert classify(flood).kind is K.FLOOD
    migrated = classify(ptb.ChatMigrated(-1009))
    assert (migrated.kind, migrated.migrate_to) == (K.MIGRATED, -1009)


@pytest.mark.parametrize(
    ("status", "body", "retry_after"),
    [
        (429, b'{"ok":false,"error_code":429,"description":"Too Many","parameters":{"retry_after":7}}', 7.0),
        (
            429,
            b'{"ok":false,"error_code":429,"description":"Too Many","parameters":{"retry_after":"7"}}',
            7.0,
        ),
        (
            429,
            b'{"ok":false,"error_code":429,"description":"Too Many","parameters":{"retry_after":0.5}}',
            0.5,
        ),
        (429, b'{"ok":false,"description":"Too Many Requests: retry after 35"}', 35.0),
        (400, b'{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":-3}}', 0.0),
        (429, b'{"ok":false,"description":"x","parameters":{"retry_after":1e300}}', 86400.0),
        (429, b'{"ok":false,"description":"x","parameters":{"retry_after":NaN}}', DEFAULT_RETRY_AFTER),
        (429, b'{"ok":false,"description":"x","parameters":{"retry_after":true}}', DEFAULT_RETRY_AFTER),
        (429, b'{"ok":false,"description":"x","parameters":{"retry_after":"soon"}}', DEFAULT_RETRY_AFTER),
        (429, b'{"ok":false,"description":"x","parameters":[7]}', DEFAULT_RETRY_AFTER),
        (429, b'{"ok":false,"description":"x"}', DEFAULT_RETRY_AFTER),
        (429, b"<html>slow down</html>", DEFAULT_RETRY_AFTER),
    ],
)
def test_a_flood_always_says_how_long(status: int, body: bytes, retry_after: float) -> None:
    failure = classify(refusal_by_status(body, status=status, method="sendMessage"))

    assert (failure.kind, failure.retry_after) == (K.FLOOD, retry_after)


@pytest.mark.parametrize(
    ("given_id", "expected"),
    [("-1001", -1001), ("true", None), ('"-1001"', None), (f"{2**64}", None), ("null", None)],
)
def test_a_migration_tells_the_new_chat_where_it_can_be_one(given_id: str, expected: int | None) -> None:
    body = (
        '{"ok":false,"error_code":400,"description":"group chat was upgraded to a supergroup chat",'
        f'"parameters":{{"migrate_to_chat_id":{given_id}}}}}'
    )

    failure = classify(refusal_by_status(body.encode(), status=400, method="sendMessage"))

    assert (failure.kind, failure.migrate_to) == (K.MIGRATED, expected)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (
            200,
            b'{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}',
            K.BLOCKED,
        ),
        (
            400,
            b'{"ok":false,"error_code":"400","description":"Bad Request: chat not found"}',
            K.CHAT_NOT_FOUND,
        ),
        (
            403,
            b'{"ok":false,"error_code":99999,"description":"Forbidden: user is deactivated"}',
            K.DEACTIVATED,
        ),
        (403, b'{"description":{"a":1}}', K.BAD_REQUEST),
        (400, b'{"ok":false,"description":"Bad Request: \xff chat not found"}', K.CHAT_NOT_FOUND),
        (400, b"[" * 100_000, K.BAD_REQUEST),
        (400, b"\xff", K.BAD_REQUEST),
        (502, b"<html><h1>502 Bad Gateway</h1></html>", K.SERVER_ERROR),
        (404, b"", K.UNSUPPORTED),
    ],
)
def test_refusals_are_read_whoever_wrote_them(status: int, body: bytes, kind: FailureKind) -> None:
    assert classify(refusal_by_status(body, status=status, method="sendMessage")).kind is kind


def test_pages_of_others_leave_no_words_behind() -> None:
    refused = refusal_by_status(b"<h1>404: /bot1:abc/sendMessage</h1>", status=404, method="sendMessage")

    assert str(refused) == "HTTP status 404"
    assert refused.from_bot_api is False


def test_a_description_quotes_nothing_of_what_was_sent_and_no_secret() -> None:
    words = (
        'Bad Request: can\'t parse entities: Unsupported start tag "моя тайна" at byte offset 4'
        " 123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
    )

    description = classify(Refused(status=400, description=words)).description

    assert (
        description == "Bad Request: can't parse entities: Unsupported start tag … at byte offset 4 <token>"
    )


def test_a_bug_leaves_only_its_class_in_the_description() -> None:
    failure = classify(ValueError("what the person wrote"))

    assert failure == Failure(kind=K.BUG, retry_after=None, migrate_to=None, description="ValueError")


def test_a_description_has_a_bound() -> None:
    assert len(classify(NotSent("x" * 5000)).description) == 300


def test_the_three_questions_of_a_sender() -> None:
    failures = {kind: Failure(kind=kind, retry_after=None, migrate_to=None, description="") for kind in K}

    assert {kind for kind in K if failures[kind].retryable} == {
        K.FLOOD, K.CONFLICT, K.SERVER_ERROR, K.NOT_SENT, K.MAYBE_SENT
    }  # fmt: skip
    assert {kind for kind in K if failures[kind].ambiguous} == {K.MAYBE_SENT}
    assert {kind for kind in K if failures[kind].person_gone} == {K.BLOCKED, K.DEACTIVATED}


@given(st.binary(max_size=300), st.integers(300, 599))
def test_any_page_under_any_status_is_classified(body: bytes, status: int) -> None:
    assert classify(refusal_by_status(body, status=status, method="sendMessage")).kind in K


@given(st.binary(max_size=300))
def test_any_success_is_a_result_a_refusal_or_a_bad_answer(body: bytes) -> None:
    with pytest.raises((BadAnswer, Refused)):
        read_answer(body)
