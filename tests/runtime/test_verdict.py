from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.ids import new_id
from mailbox.contracts import Outcome, Outgoing
from runtime.delivery.verdict import MOST_ATTEMPTS, Verdict, judge
from telegram_client.failures import Failure, FailureKind

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def message(**fields: Any) -> Outgoing:
    return Outgoing(
        **{
            "id": new_id(),
            "seq": 1,
            "key": "k",
            "chat_id": 7,
            "method": "sendMessage",
            "params": {"chat_id": 7, "text": "<b>1 &lt; 2</b>", "parse_mode": "HTML"},
            "priority": 0,
            "attempts": 1,
            "resends": 0,
            "is_farewell": False,
            "correlation_id": "",
            "created_at": NOW,
            **fields,
        }
    )


def failure(kind: FailureKind, *, retry_after: float | None = None) -> Failure:
    return Failure(kind=kind, retry_after=retry_after, migrate_to=None, description="said Telegram")


def later(said: Outgoing, kind: str, seconds: float, **fields: Any) -> Outcome:
    return Outcome(
        said.id,
        "pending",
        error=f"{kind}: said Telegram",
        not_before=NOW + timedelta(seconds=seconds),
        **fields,
    )


def test_a_group_that_has_moved_is_followed() -> None:
    said = message(chat_id=-5, params={"chat_id": -5, "text": "a word"})
    moved = Failure(kind=FailureKind.MIGRATED, retry_after=None, migrate_to=-100, description="said Telegram")
    assert judge(said, moved, now=NOW) == Verdict(
        Outcome(
            said.id,
            "pending",
            error="migrated: said Telegram",
            params={"chat_id": -100, "text": "a word"},
            chat_id=-100,
        )
    )


def test_a_broadcast_that_a_server_may_have_sent_is_not_sent_again() -> None:
    said = message(priority=3)
    assert judge(said, failure(FailureKind.SERVER_ERROR), now=NOW).outcome.state == "unknown"
    deleted = message(priority=3, method="deleteMessage")
    assert judge(deleted, failure(FailureKind.SERVER_ERROR), now=NOW).outcome.state == "pending"


def failed(said: Outgoing, kind: str) -> Outcome:
    return Outcome(said.id, "failed", error=f"{kind}: said Telegram")


@pytest.mark.parametrize(("retry_after", "seconds"), [(35.0, 35.0), (None, 5.0), (0.0, 5.0)])
def test_a_flood_limit_silences_the_chat_for_as_long_as_it_says(
    retry_after: float | None, seconds: float
) -> None:
    said = message(attempts=40)
    assert judge(said, failure(FailureKind.FLOOD, retry_after=retry_after), now=NOW) == Verdict(
        later(said, "flood", seconds), silence=seconds
    )


def test_a_refused_token_keeps_the_message_and_tells_of_the_token() -> None:
    said = message()
    assert judge(said, failure(FailureKind.UNAUTHORIZED), now=NOW) == Verdict(
        later(said, "unauthorized", 1.0), is_token_revoked=True
    )


def test_what_is_shown_already_counts_as_sent() -> None:
    said = message(method="editMessageText")
    assert judge(said, failure(FailureKind.NOT_MODIFIED), now=NOW) == Verdict(Outcome(said.id, "sent"))


def test_refused_markup_goes_out_again_as_plain_text() -> None:
    said = message()
    assert judge(said, failure(FailureKind.BAD_MARKUP), now=NOW) == Verdict(
        Outcome(
            said.id,
            "pending",
            error="bad_markup: said Telegram",
            params={"chat_id": 7, "text": "1 < 2"},
        )
    )


def test_plain_text_that_is_refused_as_markup_is_given_up() -> None:
    said = message(params={"chat_id": 7, "text": "plain"})
    assert judge(said, failure(FailureKind.BAD_MARKUP), now=NOW) == Verdict(failed(said, "bad_markup"))


def test_a_reply_of_which_nobody_knows_goes_out_again_once() -> None:
    said = message()
    assert judge(said, failure(FailureKind.MAYBE_SENT), now=NOW) == Verdict(
        later(said, "maybe_sent", 1.0, is_resend=True)
    )


@pytest.mark.parametrize("fields", [{"resends": 1}, {"priority": 1}, {"priority": 2}, {"priority": 3}])
def test_anything_else_of_which_nobody_knows_stays_unknown(fields: dict[str, int]) -> None:
    said = message(**fields)
    assert judge(said, failure(FailureKind.MAYBE_SENT), now=NOW) == Verdict(
        Outcome(said.id, "unknown", error="maybe_sent: said Telegram")
    )


@pytest.mark.parametrize("kind", [FailureKind.NOT_SENT, FailureKind.SERVER_ERROR, FailureKind.CONFLICT])
@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 1.0), (2, 2.0), (5, 16.0), (9, 256.0), (10, 300.0), (11, 300.0)]
)
def test_what_may_work_later_is_tried_later_and_later(
    kind: FailureKind, attempts: int, seconds: float
) -> None:
    said = message(attempts=attempts)
    assert judge(said, failure(kind), now=NOW) == Verdict(later(said, kind.value, seconds))


def test_what_has_not_worked_for_half_an_hour_is_given_up() -> None:
    said = message(attempts=MOST_ATTEMPTS)
    assert judge(said, failure(FailureKind.NOT_SENT), now=NOW) == Verdict(failed(said, "not_sent"))


@pytest.mark.parametrize("kind", [FailureKind.BLOCKED, FailureKind.DEACTIVATED])
def test_who_cannot_be_written_to_is_gone(kind: FailureKind) -> None:
    said = message()
    assert judge(said, failure(kind), now=NOW) == Verdict(failed(said, kind.value), is_person_gone=True)


@pytest.mark.parametrize(
    "kind",
    [
        FailureKind.CHAT_NOT_FOUND,
        FailureKind.MIGRATED,
        FailureKind.KICKED,
        FailureKind.TOO_LONG,
        FailureKind.EMPTY_TEXT,
        FailureKind.QUERY_TOO_OLD,
        FailureKind.MESSAGE_GONE,
        FailureKind.BAD_REQUEST,
        FailureKind.UNSUPPORTED,
        FailureKind.BUG,
    ],
)
def test_what_will_never_work_is_given_up_at_once(kind: FailureKind) -> None:
    said = message()
    assert judge(said, failure(kind), now=NOW) == Verdict(failed(said, kind.value))


@pytest.mark.parametrize("kind", list(FailureKind))
def test_every_failure_has_a_verdict_that_a_row_can_hold(kind: FailureKind) -> None:
    long = Failure(kind=kind, retry_after=1.0, migrate_to=None, description="x" * 1000)
    outcome = judge(message(), long, now=NOW).outcome
    assert outcome.state in {"pending", "sent", "failed", "unknown"}
    assert len(outcome.error) <= 300
