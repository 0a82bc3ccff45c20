"""Whether somebody is written to now, later or not at all. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from broadcast.contracts import Candidate, Decision, Rules
from broadcast.states import RecipientState
from care.hours import local_time

DAY = timedelta(days=1)


def decide(candidate: Candidate, *, rules: Rules, now: datetime) -> Decision:
    """What becomes of a recipient whose turn has come.

    Reasons: `erased`; `no_consent`, `barred`, `paused`, `distress` (held back for good); `left` (they have blocked the
    bot); `quiet_hours`, `enough_today` (deferred).
    """
    closed = _closed(candidate)
    if closed is not None:
        return closed
    if rules.cap_a_day is not None and len(candidate.lately) >= rules.cap_a_day:
        # Free again once the oldest of those that fill the cap is a day old.
        oldest = candidate.lately[rules.cap_a_day - 1] if rules.cap_a_day else now
        return Decision(RecipientState.DEFERRED, "enough_today", not_before=oldest + DAY)
    local = local_time(now, candidate.timezone, rules.bot_timezone)
    opens_at, closes_at = _hours(local, rules)
    if opens_at is not None:
        return Decision(RecipientState.DEFERRED, "quiet_hours", not_before=opens_at)
    return Decision(RecipientState.RELEASED, not_after=closes_at)


def _closed(candidate: Candidate) -> Decision | None:
    """Why somebody does not get it at all; None where only the moment has to be right."""
    if candidate.profile_id is None:
        return Decision(RecipientState.ERASED, "erased")
    held = {
        "no_consent": not candidate.may,
        "barred": candidate.is_barred,
        "distress": candidate.in_distress,
        "paused": candidate.is_paused,
    }
    for reason, holds in held.items():
        if holds:
            return Decision(RecipientState.HELD, reason)
    return None if candidate.is_active else Decision(RecipientState.BLOCKED, "left")


def _hours(local: datetime, rules: Rules) -> tuple[datetime | None, datetime | None]:
    """When the quiet hours end, if it is quiet now; else when the next begin, if there are any."""
    if rules.quiet_from == rules.quiet_until:
        return None, None
    hour = local.hour
    if rules.quiet_from < rules.quiet_until:
        is_quiet = rules.quiet_from <= hour < rules.quiet_until
    else:
        is_quiet = hour >= rules.quiet_from or hour < rules.quiet_until
    following = _next(local, rules.quiet_until if is_quiet else rules.quiet_from)
    return (following, None) if is_quiet else (None, following)


def _next(local: datetime, hour: int) -> datetime:
    """The next time that the clock on the wall shows this hour."""
    at = local.replace(hour=hour % 24, minute=0, second=0, microsecond=0)
    return at if at > local else at + DAY
