from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog

from bots.models import Bot
from broadcast.book import letters_of
from broadcast.contracts import Candidate, Decision, Letter, Released, Rules
from broadcast.deciding import DAY, decide
from broadcast.figures import count_in
from broadcast.keys import sending_key
from broadcast.letters import Letters
from broadcast.models import BroadcastShare, Recipient
from broadcast.pace import Allowance
from broadcast.statements import SQL
from broadcast.states import OUTSTANDING, BroadcastState, RecipientState
from core.clock import clock
from core.errors import AppError
from core.ids import new_id
from mailbox.contracts import Post
from mailbox.models import Media, Priority
from mailbox.services.post import post

log = structlog.get_logger(__name__)

# After a sign of crisis nobody gets a broadcast for so long.
AFTER_CRISIS = timedelta(days=3)
# Looked at in one transaction; people whose night it is are deferred in such portions too.
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Look:
    share: BroadcastShare
    count: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class _Turn:
    candidate: Candidate
    decision: Decision
    variant: int
    letter: Letter | None
    outbound_id: UUID | None


def release(*, bot_id: UUID, room: int, allowance: Allowance) -> Released:
    """Put as many recipients of the bot's broadcasts into its outbox as there is room for; the oldest broadcast first.

    In one transaction with their rows of the ledger: whoever is in the outbox is not waiting any more. A share of
    which nothing is outstanding is done. One whose texts cannot be read keeps none of the others from going out.
    """
    shares = _open_shares(bot_id)
    allowance.forget_all_but({share.broadcast_id for share in shares})
    released = 0
    looks: list[_Look] = []
    unreadable: list[UUID] = []
    for share in shares:
        if released >= room:
            break
        try:
            look = _release(share, room - released, allowance)
        except (AppError, LookupError, ValueError):
            log.exception("broadcast.unreadable", broadcast=str(share.broadcast_id))
            unreadable.append(share.broadcast_id)
            continue
        released += look.count
        looks.append(look)
    # In the order in which the sender locks them, too: nobody waits in a circle.
    for look in sorted(looks, key=lambda each: each.share.broadcast_id):
        _note(look)
    done = [look.share.broadcast for look in looks if look.is_done]
    return Released(
        count=released,
        running=len(shares) - len(done),
        # What is not paid for may not leave at the pace of what is.
        is_paid=bool(shares) and all(share.broadcast.is_paid for share in shares),
        done=tuple((each.id, tuple(each.bot_ids)) for each in done),
        unreadable=tuple(unreadable),
    )


def _open_shares(bot_id: UUID) -> list[BroadcastShare]:
    shares = BroadcastShare.objects.for_bot(bot_id).filter(done_at__isnull=True, frozen_at__isnull=False)
    running = shares.filter(broadcast__state=BroadcastState.RUNNING.value).select_related("broadcast")
    return list(running.order_by("broadcast__started_at", "id"))


def _release(share: BroadcastShare, room: int, allowance: Allowance) -> _Look:
    broadcast = share.broadcast
    most = allowance.most(broadcast.id, rate=broadcast.rate, now=clock.monotonic())
    limit = min(room, MOST_AT_ONCE, MOST_AT_ONCE if most is None else most, _room_for_file(share))
    if limit <= 0 or not _is_still_running(share):
        return _Look(share)
    bot = Bot.objects.get(id=share.bot_id)
    letters, winner = letters_of(broadcast, share, bot)
    candidates = _candidates(share, limit, has_winner=winner is not None)
    if not candidates:
        return _Look(share, is_done=_is_done(share, has_winner=winner is not None))
    rules = Rules(
        quiet_from=broadcast.quiet_from,
        quiet_until=broadcast.quiet_until,
        cap_a_day=broadcast.cap_a_day,
        bot_timezone=bot.timezone,
    )
    turns = [_turn(each, rules, letters, winner) for each in candidates]
    _write(share, turns)
    count = sum(turn.letter is not None for turn in turns)
    allowance.spend(broadcast.id, count)
    changes = Counter(str(turn.decision.state) for turn in turns)
    # They are counted where they come from, too.
    changes.subtract(turn.candidate.state for turn in turns)
    return _Look(share, count, changes)


def _is_still_running(share: BroadcastShare) -> bool:
    """Whoever pauses it waits until these recipients are in the outbox, and takes them back from there.

    A text for the rest that was chosen since it was read is known from here on: a share would be done without them.
    """
    broadcast = share.broadcast
    (row,) = SQL["hold"].rows({"bot_id": share.bot_id, "broadcast_id": broadcast.id})
    broadcast.winner, broadcast.changed_at = row.winner, row.changed_at
    return bool(row.state == BroadcastState.RUNNING)


def _room_for_file(share: BroadcastShare) -> int:
    """One recipient alone takes a file to Telegram; the others follow by the id that it got there."""
    if share.media_id is None:
        return MOST_AT_ONCE
    media = Media.objects.for_bot(share.bot_id).filter(id=share.media_id)
    if media.exclude(file_id="").exists():
        return MOST_AT_ONCE
    under_way = Recipient.objects.for_bot(share.bot_id).filter(
        broadcast_id=share.broadcast_id, state=RecipientState.RELEASED
    )
    return 0 if under_way.exists() else 1


def _candidates(share: BroadcastShare, limit: int, *, has_winner: bool) -> list[Candidate]:
    now = clock.now()
    rows = SQL["candidates"].rows(
        {
            "bot_id": share.bot_id,
            "broadcast_id": share.broadcast_id,
            "now": now,
            "limit": limit,
            "has_winner": has_winner,
            "crisis_since": now - AFTER_CRISIS,
            "day_ago": now - DAY,
        }
    )
    return [Candidate(**row._asdict()) for row in rows]


def _turn(candidate: Candidate, rules: Rules, letters: Letters, winner: int | None) -> _Turn:
    now = clock.now()
    variant = candidate.variant if candidate.variant is not None else winner or 0
    decision = decide(candidate, rules=rules, now=now)
    if decision.state != RecipientState.RELEASED:
        return _Turn(candidate, decision, variant, None, None)
    return _Turn(candidate, decision, variant, letters.letter(candidate, variant=variant, now=now), new_id())


def _write(share: BroadcastShare, turns: Sequence[_Turn]) -> None:
    posts = [
        Post(
            id=turn.outbound_id,
            key=sending_key(turn.candidate.recipient_id, turn.candidate.tries),
            chat_id=turn.candidate.telegram_id,
            method=turn.letter.method,
            params=turn.letter.params,
            priority=Priority.BROADCAST,
            not_after=turn.decision.not_after,
            correlation_id=str(share.broadcast_id),
        )
        for turn in turns
        if turn.letter is not None and turn.outbound_id is not None
    ]
    post(bot_id=share.bot_id, posts=posts)
    SQL["decided"].run(
        {
            "bot_id": share.bot_id,
            "now": clock.now(),
            "ids": [turn.candidate.recipient_id for turn in turns],
            "states": [str(turn.decision.state) for turn in turns],
            "reasons": [turn.decision.reason for turn in turns],
            "variants": [turn.variant for turn in turns],
            "languages": [turn.letter.language if turn.letter else "" for turn in turns],
            "not_before": [turn.decision.not_before for turn in turns],
            "outbound_ids": [turn.outbound_id for turn in turns],
        }
    )


def _is_done(share: BroadcastShare, *, has_winner: bool) -> bool:
    states = [*OUTSTANDING, *([RecipientState.SPARE] if has_winner else [])]
    rows = Recipient.objects.for_bot(share.bot_id).filter(broadcast_id=share.broadcast_id)
    # One state after the other: each is a look at the head of an index.
    return not any(rows.filter(state=state).exists() for state in states)


def _note(look: _Look) -> None:
    others = {"done_at": clock.now()} if look.is_done else {}
    count_in(look.share.bot_id, look.share.broadcast_id, look.changes, **others)
