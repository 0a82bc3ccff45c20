from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from broadcast.audience import audience, known_words
from broadcast.changes import locked, move
from broadcast.content import from_json
from broadcast.contracts import ITSELF
from broadcast.criteria.errors import CriteriaError
from broadcast.criteria.parsing import parse
from broadcast.criteria.telling import told
from broadcast.models import Broadcast, BroadcastFile, BroadcastShare, Recipient
from broadcast.statements import text_of, with_people
from broadcast.states import BroadcastState
from core.clock import clock
from core.tenancy import in_bots
from mailbox.services.keep_media import keep_media
from profiles.models import Profile

SLICE = 20_000
# From so many on the planner is told at once how large the ledger has become.
WORTH_ANALYSING = 1000
_PLACE = text_of("place")
_MOST_FAILURES = 20


def freeze(*, broadcast_id: UUID, bot_ids: list[UUID], must_stop: Callable[[], bool] = lambda: False) -> bool:
    """Write the audience into the ledger, slice by slice, then let the sending begin; whether it is whole.

    Each slice is a transaction of its own: what died in between goes on from there, and nobody is in the ledger
    twice. Somebody in several of the bots is written to by the one they used last. Criteria that are not understood
    any more pause it.
    """
    failures = 0
    while True:
        try:
            with in_bots(bot_ids):
                is_whole = not _freeze_slice(broadcast_id)
            if is_whole:
                _analyse(broadcast_id, bot_ids)
                return True
        except IntegrityError:
            # Somebody was erased after they had been looked at: the slice is looked at again, without them.
            failures += 1
            if failures > _MOST_FAILURES:
                raise
            continue
        except CriteriaError as error:
            with in_bots(bot_ids):
                _stop(broadcast_id, told(error, "en"))
            return True
        if must_stop():
            return False


def _analyse(broadcast_id: UUID, bot_ids: list[UUID]) -> None:
    """Let the planner know the ledger now: autovacuum may take minutes, in which the wrong index is chosen."""
    with in_bots(bot_ids):
        shares = BroadcastShare.objects.filter(broadcast_id=broadcast_id)
        if sum(shares.values_list("total", flat=True)) >= WORTH_ANALYSING:
            with connection.cursor() as cursor:
                cursor.execute("SELECT analyse_broadcast_recipients()")


def _freeze_slice(broadcast_id: UUID) -> bool:
    """Freeze one more slice; whether there may be more to do."""
    broadcast = locked(broadcast_id)
    if broadcast.state != BroadcastState.FREEZING:
        return False
    shares = {share.bot_id: share for share in BroadcastShare.objects.filter(broadcast=broadcast)}
    share = next(shares[each] for each in broadcast.bot_ids if shares[each].frozen_at is None)
    people = _people(broadcast, share)
    if share.frozen_to is not None:
        people = people.filter(id__gt=share.frozen_to)
    looked_at, last = _add(broadcast, share, people.order_by("id")[:SLICE])
    if looked_at < SLICE:
        share.frozen_at = clock.now()
    else:
        share.frozen_to = last
    share.save(update_fields=["frozen_at", "frozen_to"])
    if all(each.frozen_at is not None for each in shares.values()):
        # In the same transaction: a pause in between would let it go on without what only the beginning does.
        _begin(broadcast, list(shares.values()))
        return False
    return True


def _people(broadcast: Broadcast, share: BroadcastShare, *, slipped: bool = False) -> QuerySet[Profile]:
    """Who of this bot is to be written to. `slipped`: whoever went from bot to bot while the ledger was written."""
    now = broadcast.started_at or clock.now()
    criteria = parse(broadcast.criteria, known_words())
    people = audience(share.bot_id, criteria, now=now)
    others = [each for each in broadcast.bot_ids if each != share.bot_id]
    if not others:
        return people
    known = Recipient.objects.filter(
        bot_id__in=others, broadcast_id=broadcast.id, profile__telegram_id=OuterRef("telegram_id")
    )
    if slipped:
        return people.filter(~Exists(known), last_seen_at__gte=now)
    later = Q(last_seen_at__gt=OuterRef("last_seen_at")) | Q(
        last_seen_at=OuterRef("last_seen_at"), id__gt=OuterRef("id")
    )
    elsewhere = [
        audience(other, criteria, now=now).filter(later, telegram_id=OuterRef("telegram_id"))
        for other in others
    ]
    for each in elsewhere:
        people = people.filter(~Exists(each))
    return people.filter(~Exists(known))


def _add(broadcast: Broadcast, share: BroadcastShare, people: QuerySet[Profile]) -> tuple[int, UUID | None]:
    """Write these into the ledger and count them; how many were looked at, and the last of them."""
    statement, params = with_people(
        _PLACE,
        {
            "bot_id": share.bot_id,
            "broadcast": str(broadcast.id),
            "control": broadcast.control_percent * 100,
            "test": broadcast.test_percent * 100,
            "variants": len(from_json(broadcast.content).variants),
        },
        people,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        looked_at, last, total, spare, control = cursor.fetchone()
    # Added to what is there: somebody who is erased in this moment is counted out by another transaction.
    BroadcastShare.objects.for_bot(share.bot_id).filter(id=share.id).update(
        total=F("total") + total, spare=F("spare") + spare, control=F("control") + control
    )
    return looked_at, last


def _begin(broadcast: Broadcast, shares: list[BroadcastShare]) -> None:
    """The ledger is whole: the sending begins."""
    for share in shares:
        if len(shares) > 1:
            _add(broadcast, share, _people(broadcast, share, slipped=True).order_by("id"))
        share.media_id = _media(broadcast, share.bot_id)
        share.save(update_fields=["media_id"])
    total = sum(BroadcastShare.objects.filter(broadcast=broadcast).values_list("total", flat=True))
    if not total:
        BroadcastShare.objects.filter(broadcast=broadcast).update(done_at=clock.now())
        move(broadcast, BroadcastState.FINISHED, by=ITSELF, action="finished", reason="nobody")
        return
    move(broadcast, BroadcastState.RUNNING, by=ITSELF, action="frozen", note=str(total))


def _stop(broadcast_id: UUID, why: str) -> None:
    broadcast = locked(broadcast_id)
    if broadcast.state == BroadcastState.FREEZING:
        move(broadcast, BroadcastState.PAUSED, by=ITSELF, action="paused", note=why, reason="criteria")


def _media(broadcast: Broadcast, bot_id: UUID) -> UUID | None:
    if not broadcast.media:
        return None
    file = BroadcastFile.objects.get(broadcast=broadcast)
    return keep_media(
        bot_id=bot_id,
        digest=file.digest,
        filename=file.filename,
        content_type=file.content_type,
        content=bytes(file.content),
    )
