"""What a failed send means for the message. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from mailbox.contracts import MediaFile, Outcome, Outgoing
from runtime.delivery.files import files_in
from sessions_app.rendering import plain
from telegram_client.failures import Failure, FailureKind

# 1 + 2 + 4 + … seconds, five minutes at most between two: some eighteen minutes of trying.
MOST_ATTEMPTS = 12
_LONGEST_WAIT = 300.0

_GONE = frozenset({FailureKind.BLOCKED, FailureKind.DEACTIVATED})
# Nobody reads what is sent there, with or without a picture.
_NOBODY = _GONE | {FailureKind.CHAT_NOT_FOUND}


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
    another_form = _another_form(message, failure, now)
    if another_form is not None:
        return Verdict(another_form)
    if kind is FailureKind.MAYBE_SENT or _may_be_one_too_many(message, kind):
        return Verdict(_unknown(message, failure, now))
    if failure.retryable and message.attempts < MOST_ATTEMPTS:
        wait = min(2.0 ** (message.attempts - 1), _LONGEST_WAIT)
        return Verdict(_later(message, failure, now, wait))
    has_words = message.method == "sendPhoto" and message.params.get("caption")
    if kind not in _NOBODY and has_words and not message.is_bulk:
        # A picture that cannot be sent keeps nobody from its words; of many alike staff want to know before.
        return Verdict(_without_picture(message, failure))
    return Verdict(
        Outcome(message.id, "failed", error=_said(failure)),
        is_person_gone=kind in _GONE,
    )


def _may_be_one_too_many(message: Outgoing, kind: FailureKind) -> bool:
    """A server may have acted before it failed: of what goes to many nobody gets one twice."""
    return kind is FailureKind.SERVER_ERROR and message.is_bulk and message.method.startswith("send")


def _another_form(message: Outgoing, failure: Failure, now: datetime) -> Outcome | None:
    if files_in(message.params) and "file identifier" in failure.description.lower():
        return _uploaded_again(message, failure, now)
    if failure.kind is FailureKind.MIGRATED and failure.migrate_to is not None:
        return _moved(message, failure, failure.migrate_to)
    if failure.kind is FailureKind.BAD_MARKUP and "parse_mode" in message.params:
        return _again_plain(message, failure)
    return None


def too_late(message: Outgoing, files: Mapping[UUID, MediaFile], *, now: datetime) -> Verdict | None:
    """What need not be tried any more: its time is over, or a file that goes along is gone."""
    if message.not_after is not None and message.not_after < now:
        return Verdict(Outcome(message.id, "failed", error="its time was over"))
    if not files.keys() >= set(files_in(message.params).values()):
        return Verdict(Outcome(message.id, "failed", error="a file that goes along is gone"))
    return None


def _uploaded_again(message: Outgoing, failure: Failure, now: datetime) -> Outcome:
    """Telegram knows its own id of a file no longer: the bytes go out again, for a while."""
    if message.attempts >= MOST_ATTEMPTS:
        return Outcome(message.id, "failed", error=_said(failure))
    return Outcome(
        message.id,
        "pending",
        error=_said(failure),
        not_before=now + timedelta(seconds=1),
        file_ids=dict.fromkeys(files_in(message.params).values(), ""),
    )


def _later(message: Outgoing, failure: Failure, now: datetime, wait: float) -> Outcome:
    return Outcome(message.id, "pending", error=_said(failure), not_before=now + timedelta(seconds=wait))


def _moved(message: Outgoing, failure: Failure, chat_id: int) -> Outcome:
    """A group has become a supergroup: what is said follows it."""
    params = {**message.params, "chat_id": chat_id}
    return Outcome(message.id, "pending", error=_said(failure), params=params, chat_id=chat_id)


def _again_plain(message: Outgoing, failure: Failure) -> Outcome:
    params: Mapping[str, object] = {
        name: plain(str(value)) if name in ("text", "caption") else value
        for name, value in message.params.items()
        if name != "parse_mode"
    }
    return Outcome(message.id, "pending", error=_said(failure), params=params)


def _without_picture(message: Outgoing, failure: Failure) -> Outcome:
    params: dict[str, object] = {
        name: value for name, value in message.params.items() if name not in ("photo", "caption")
    }
    params["text"] = message.params["caption"]
    return Outcome(message.id, "pending", error=_said(failure), params=params, method="sendMessage")


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
