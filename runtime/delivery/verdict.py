"""What a failed send means for the message. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbox.contracts import Outcome, Outgoing
from sessions_app.rendering import plain
from telegram_client.failures import Failure, FailureKind

# 1 + 2 + 4 + … seconds, five minutes at most between two: some eighteen minutes of trying.
MOST_ATTEMPTS = 12
_LONGEST_WAIT = 300.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The message's outcome, and what else follows: seconds of silence in its chat, a person who is gone."""

    outcome: Outcome
    silence: float = 0.0
    is_person_gone: bool = False
    is_token_revoked: bool = False


def judge(message: Outgoing, failure: Failure, *, now: datetime) -> Verdict:
    """Send again, later or in another form; or give up, and why."""
    kind = failure.kind
    if kind is FailureKind.FLOOD:
        wait = failure.retry_after or 5.0
        return Verdict(_later(message, failure, now, wait), silence=wait)
    if kind is FailureKind.UNAUTHORIZED:
        return Verdict(_later(message, failure, now, 1.0), is_token_revoked=True)
    if kind is FailureKind.NOT_MODIFIED:
        return Verdict(Outcome(message.id, "sent"))
    if kind is FailureKind.BAD_MARKUP and "parse_mode" in message.params:
        return Verdict(_again_plain(message, failure))
    if kind is FailureKind.MAYBE_SENT:
        return Verdict(_unknown(message, failure, now))
    if failure.retryable and message.attempts < MOST_ATTEMPTS:
        wait = min(2.0 ** (message.attempts - 1), _LONGEST_WAIT)
        return Verdict(_later(message, failure, now, wait))
    return Verdict(
        Outcome(message.id, "failed", error=_said(failure)),
        is_person_gone=kind in (FailureKind.BLOCKED, FailureKind.DEACTIVATED),
    )


def _later(message: Outgoing, failure: Failure, now: datetime, wait: float) -> Outcome:
    return Outcome(message.id, "pending", error=_said(failure), not_before=now + timedelta(seconds=wait))


def _again_plain(message: Outgoing, failure: Failure) -> Outcome:
    params: Mapping[str, object] = {
        **{name: value for name, value in message.params.items() if name != "parse_mode"},
        "text": plain(str(message.params.get("text", ""))),
    }
    return Outcome(message.id, "pending", error=_said(failure), params=params)


def _unknown(message: Outgoing, failure: Failure, now: datetime) -> Outcome:
    """The request may have arrived. A reply goes out again once: twice is better than never."""
    if message.priority == 0 and message.resends == 0:
        return Outcome(
            message.id,
            "pending",
            error=_said(failure),
            not_before=now + timedelta(seconds=1),
            is_resend=True,
        )
    return Outcome(message.id, "unknown", error=_said(failure))


def _said(failure: Failure) -> str:
    return f"{failure.kind.value}: {failure.description}"[:300]
