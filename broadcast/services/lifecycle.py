"""What staff and bots' admins do with a broadcast once it is written: each change under its lock, with who did it."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from bots.models import AlertKind
from bots.services.raise_alert import raise_alert
from broadcast.changes import locked, move, note_change, wake
from broadcast.content import from_json
from broadcast.contracts import ITSELF, By
from broadcast.errors import BroadcastError
from broadcast.examining import FASTEST, SLOWEST, examine
from broadcast.figures import count_in
from broadcast.models import Broadcast, BroadcastChange, BroadcastShare, Recipient
from broadcast.selectors.estimate import estimate
from broadcast.services.withdraw_recipients import withdraw_recipients
from broadcast.states import OPEN, UNDER_WAY, BroadcastState, RecipientState
from core.clock import clock
from core.ids import new_id
from core.tenancy import in_bots

_TROUBLE: Final = {
    "errors": "too many errors; look at its ledger before it goes on",
    "content": "its texts cannot be read; cancel it and write it again",
}


def ask_to_start(
    *, broadcast_id: UUID, by: By, at: datetime | None = None, is_sure: bool = False
) -> Broadcast:
    """Start a draft, or have it start at a time. Where it reaches very many, somebody else has to confirm first.

    `is_sure` is wanted for criteria that leave nobody out. Raises BroadcastError: `state`, `empty_audience`,
    `past`, `everybody`, and what `examine` raises.
    """
    with transaction.atomic():
        broadcast = locked(broadcast_id)
        if broadcast.state != BroadcastState.DRAFT:
            raise BroadcastError("state", _("Only a draft can be started."))
        if at is not None and at <= clock.now():
            raise BroadcastError("past", _("This time has passed already."))
        examine(broadcast)
        if not broadcast.criteria.strip() and not is_sure:
            raise BroadcastError(
                "everybody", _("Without criteria it goes to everybody: confirm that this is meant.")
            )
        audience = estimate(bot_ids=broadcast.bot_ids, criteria=broadcast.criteria)
        if not audience.total and not audience.is_at_least:
            raise BroadcastError("empty_audience", _("Nobody fits these criteria."))
        broadcast.scheduled_at = at
        if audience.total > settings.BROADCAST_CONFIRM_ABOVE or audience.is_at_least:
            move(broadcast, BroadcastState.AWAITING, by=by, action="asked", note=str(audience.total))
        else:
            _go(broadcast, by, "started")
    return broadcast


def confirm_start(*, broadcast_id: UUID, by: By) -> Broadcast:
    """Agree, as a second person, that it starts. Raises BroadcastError: `state`, `same_person`, `past`."""
    with transaction.atomic():
        broadcast = locked(broadcast_id)
        if broadcast.state != BroadcastState.AWAITING:
            raise BroadcastError("state", _("Nothing waits to be confirmed here."))
        asked = BroadcastChange.objects.filter(broadcast=broadcast, action="asked").order_by("-at").first()
        if by.is_nobody or (asked is not None and _is_same(asked, by)):
            raise BroadcastError("same_person", _("Somebody else than who asked for it has to confirm."))
        if broadcast.scheduled_at is not None and broadcast.scheduled_at <= clock.now():
            # It is later than was meant: better soon than never, since two people want it.
            broadcast.scheduled_at = None
        broadcast.confirmed_by_id = by.user_id
        _go(broadcast, by, "confirmed")
    return broadcast


def back_to_draft(*, broadcast_id: UUID, by: By) -> Broadcast:
    """Take back what was asked or scheduled. Raises BroadcastError `state`."""
    with transaction.atomic():
        broadcast = locked(broadcast_id)
        broadcast.scheduled_at = None
        move(broadcast, BroadcastState.DRAFT, by=by, action="taken_back")
    return broadcast


def start_due(*, broadcast_id: UUID) -> None:
    """The time of a scheduled broadcast has come. What has changed since is looked at again: a mistake cancels it."""
    now = clock.now()
    with transaction.atomic():
        broadcast = locked(broadcast_id)
        if broadcast.state != BroadcastState.SCHEDULED or (broadcast.scheduled_at or now) > now:
            # Taken back meanwhile, or put off.
            return
        try:
            examine(broadcast)
        except BroadcastError as error:
            move(
                broadcast,
                BroadcastState.CANCELLED,
                by=ITSELF,
                action="cancelled",
                note=error.message or "",
                reason=error.code.removeprefix("broadcast."),
            )
            return
        _go(broadcast, ITSELF, "started", is_due=True)


def pause_broadcast(*, broadcast_id: UUID, by: By = ITSELF, reason: str = "") -> Broadcast:
    """Send nothing more for now: what waits in the outboxes comes back. Raises BroadcastError `state`."""
    with transaction.atomic():
        broadcast = locked(broadcast_id)
        move(broadcast, BroadcastState.PAUSED, by=by, action="paused", reason=reason)
        _withdraw(broadcast)
    return broadcast


def resume_broadcast(*, broadcast_id: UUID, by: By) -> Broadcast:
    """Go on where it was. Raises BroadcastError `state`."""
    with transaction.atomic():
        broadcast = locked(broadcast_id)
        if broadcast.state != BroadcastState.PAUSED:
            raise BroadcastError("state", _("Only what is paused can go on."))
        shares = BroadcastShare.objects.filter(broadcast=broadcast)
        # The errors of before are known to whoever lets it go on.
        shares.update(recent="")
        is_whole = not shares.filter(frozen_at__isnull=True).exists()
        move(
            broadcast,
            BroadcastState.RUNNING if is_whole else BroadcastState.FREEZING,
            by=by,
            action="resumed",
        )
    return broadcast


def cancel_broadcast(*, broadcast_id: UUID, by: By) -> Broadcast:
    """End it: whoever has it, has it; nobody else gets it. Raises BroadcastError `state`."""
    with transaction.atomic():
        broadcast = locked(broadcast_id)
        was_under_way = broadcast.state in UNDER_WAY
        move(broadcast, BroadcastState.CANCELLED, by=by, action="cancelled")
        if was_under_way:
            _withdraw(broadcast)
    return broadcast


def finish_if_done(*, broadcast_id: UUID) -> bool:
    """Finish a broadcast of whose shares nothing is outstanding any more; whether it is finished by this."""
    with transaction.atomic():
        broadcast = locked(broadcast_id)
        if broadcast.state != BroadcastState.RUNNING:
            return False
        if BroadcastShare.objects.filter(broadcast=broadcast, done_at__isnull=True).exists():
            return False
        move(broadcast, BroadcastState.FINISHED, by=ITSELF, action="finished")
    return True


def retry_failed(*, broadcast_id: UUID, by: By) -> int:
    """Try those again who failed, and nobody else; how many. Raises BroadcastError: `state`, `nobody_failed`."""
    with transaction.atomic():
        broadcast = locked(broadcast_id)
        if broadcast.state not in (BroadcastState.FINISHED, BroadcastState.RUNNING, BroadcastState.PAUSED):
            raise BroadcastError("state", _("Only a broadcast that was sent has people who failed."))
        count = 0
        for bot_id in sorted(broadcast.bot_ids):
            failed = Recipient.objects.for_bot(bot_id).filter(
                broadcast_id=broadcast.id, state=RecipientState.FAILED
            )
            again = failed.update(
                state=RecipientState.WAITING, reason="", outbound_id=None, released_at=None, not_before=None
            )
            if again:
                count_in(bot_id, broadcast.id, {RecipientState.FAILED: -again}, done_at=None, recent="")
            count += again
        if not count:
            raise BroadcastError("nobody_failed", _("Nobody failed."))
        if broadcast.state == BroadcastState.FINISHED:
            move(broadcast, BroadcastState.RUNNING, by=by, action="retried", note=str(count))
        else:
            note_change(broadcast, by=by, action="retried", note=str(count))
            wake(broadcast)
    return count


def choose_winner(*, broadcast_id: UUID, label: str, by: By) -> Broadcast:
    """Send this text to those who wait for the better one.

    Raises BroadcastError: `state`, `no_such_text`, `no_rest`.
    """
    with transaction.atomic():
        broadcast = locked(broadcast_id)
        if broadcast.state not in (BroadcastState.FINISHED, BroadcastState.RUNNING, BroadcastState.PAUSED):
            raise BroadcastError("state", _("The texts were not tried yet."))
        if label not in [each.label for each in from_json(broadcast.content).variants]:
            raise BroadcastError("no_such_text", _("There is no text of this name."))
        shares = BroadcastShare.objects.filter(broadcast=broadcast, spare__gt=0)
        if broadcast.winner or not shares.exists():
            raise BroadcastError("no_rest", _("Nobody waits for the better text."))
        broadcast.winner = label
        shares.update(done_at=None)
        if broadcast.state == BroadcastState.FINISHED:
            move(broadcast, BroadcastState.RUNNING, by=by, action="winner", note=label)
        else:
            note_change(broadcast, by=by, action="winner", note=label)
            wake(broadcast)
    return broadcast


def set_rate(*, broadcast_id: UUID, rate: float | None, by: By) -> Broadcast:
    """Change how fast it goes, also while it runs. Raises BroadcastError: `state`, `rate`."""
    if rate is not None and not SLOWEST <= rate <= FASTEST:
        raise BroadcastError("rate", _("The rate is from 0.1 to 1000 messages a second."))
    with transaction.atomic():
        broadcast = locked(broadcast_id)
        if broadcast.state in (BroadcastState.FINISHED, BroadcastState.CANCELLED):
            raise BroadcastError("state", _("It is over."))
        broadcast.rate = rate
        note_change(broadcast, by=by, action="rate", note="" if rate is None else f"{rate:g}")
        wake(broadcast)
    return broadcast


def delete_draft(*, broadcast_id: UUID) -> None:
    """Remove a broadcast of which nothing was ever sent. Raises BroadcastError `state`."""
    with transaction.atomic():
        broadcast = locked(broadcast_id)
        is_unsent = not BroadcastShare.objects.filter(broadcast=broadcast, total__gt=0).exists()
        if broadcast.state not in OPEN and not (broadcast.state == BroadcastState.CANCELLED and is_unsent):
            raise BroadcastError("state", _("What was sent stays in the books."))
        broadcast.delete()


def pause_troubled(*, broadcast_id: UUID, reason: str = "errors") -> bool:
    """Pause a broadcast by itself since too much goes wrong, and alert; whether it was running.

    `reason` is "errors", or "content" where its texts cannot be read. Called in the scope of any of its bots.
    """
    bot_ids = Broadcast.objects.filter(id=broadcast_id).values_list("bot_ids", flat=True).first() or []
    with in_bots(bot_ids):
        broadcast = Broadcast.objects.select_for_update(no_key=True).filter(id=broadcast_id).first()
        if broadcast is None or broadcast.state != BroadcastState.RUNNING:
            return False
        pause_broadcast(broadcast_id=broadcast_id, reason=reason)
        for bot_id in bot_ids:
            raise_alert(
                kind=AlertKind.BROADCAST_PAUSED,
                bot_id=bot_id,
                subject=str(broadcast_id),
                detail=f"{broadcast.title}: {_TROUBLE[reason]}",
            )
    return True


def _go(broadcast: Broadcast, by: By, action: str, *, is_due: bool = False) -> None:
    if broadcast.scheduled_at is not None and not is_due:
        move(broadcast, BroadcastState.SCHEDULED, by=by, action=action)
        return
    existing = set(BroadcastShare.objects.filter(broadcast=broadcast).values_list("bot_id", flat=True))
    BroadcastShare.objects.bulk_create(
        BroadcastShare(id=new_id(), bot_id=bot_id, broadcast=broadcast)
        for bot_id in broadcast.bot_ids
        if bot_id not in existing
    )
    move(broadcast, BroadcastState.FREEZING, by=by, action=action)


def _withdraw(broadcast: Broadcast) -> None:
    for bot_id in sorted(broadcast.bot_ids):
        withdraw_recipients(bot_id=bot_id, broadcast_id=broadcast.id)


def _is_same(asked: BroadcastChange, by: By) -> bool:
    if asked.by_id is not None:
        return asked.by_id == by.user_id
    return asked.by_telegram_id is not None and asked.by_telegram_id == by.telegram_id
