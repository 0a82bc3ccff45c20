"""Writing a broadcast, before it is started."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from broadcast.attachments import fit_file
from broadcast.changes import locked, move, note_change
from broadcast.contracts import By
from broadcast.errors import BroadcastError
from broadcast.models import Broadcast, BroadcastFile
from broadcast.states import OPEN, BroadcastState
from core.clock import clock
from core.ids import new_id
from core.tenancy import visible_bots


@dataclass(frozen=True, slots=True)
class Draft:
    """What staff write of a broadcast; `content` as `broadcast.content.to_json` gives it."""

    title: str
    bot_ids: Sequence[UUID]
    criteria: str
    content: Mapping[str, object]
    control_percent: int = 0
    test_percent: int = 100
    quiet_from: int = 21
    quiet_until: int = 9
    cap_a_day: int | None = 2
    rate: float | None = None
    is_paid: bool = False
    error_percent: int = 5
    errors_in_row: int = 20


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was uploaded."""

    filename: str
    content_type: str
    content: bytes


def draft_broadcast(*, draft: Draft, by: By) -> Broadcast:
    """Write a new broadcast down. Whatever is wrong with it is said when it is to be started.

    Raises BroadcastError `no_bots` for a bot that is out of scope.
    """
    now = clock.now()
    broadcast = Broadcast(
        id=new_id(),
        **_fields(draft),
        created_by_id=by.user_id,
        asked_by_telegram_id=by.telegram_id,
        created_at=now,
        changed_at=now,
    )
    with transaction.atomic():
        broadcast.save(force_insert=True)
        note_change(broadcast, by=by, action="written")
    return broadcast


def rewrite_broadcast(*, broadcast_id: UUID, draft: Draft, by: By) -> Broadcast:
    """Change what is not under way; what waited to be confirmed or for its time is a draft again.

    Raises BroadcastError: `state`, `no_bots`.
    """
    with transaction.atomic():
        broadcast = _open(broadcast_id)
        for name, value in _fields(draft).items():
            setattr(broadcast, name, value)
        BroadcastFile.objects.filter(broadcast=broadcast).update(bot_ids=broadcast.bot_ids)
        _changed(broadcast, by, "rewritten")
    return broadcast


def attach_file(*, broadcast_id: UUID, kind: str, file: File, by: By) -> Broadcast:
    """Let a file go along. Raises BroadcastError: `state`, and `media` for a file that Telegram would not take."""
    fit = fit_file(kind=kind, filename=file.filename, content_type=file.content_type, content=file.content)
    with transaction.atomic():
        broadcast = _open(broadcast_id)
        broadcast.media = kind
        BroadcastFile.objects.update_or_create(
            broadcast=broadcast,
            defaults={
                "bot_ids": broadcast.bot_ids,
                "filename": fit.filename,
                "content_type": fit.content_type,
                "content": file.content,
                "digest": hashlib.sha256(kind.encode() + b":" + file.content).hexdigest(),
                "size": len(file.content),
            },
        )
        _changed(broadcast, by, "file_attached")
    return broadcast


def detach_file(*, broadcast_id: UUID, by: By) -> Broadcast:
    """Let no file go along. Raises BroadcastError `state`."""
    with transaction.atomic():
        broadcast = _open(broadcast_id)
        broadcast.media = ""
        BroadcastFile.objects.filter(broadcast=broadcast).delete()
        _changed(broadcast, by, "file_removed")
    return broadcast


def duplicate_broadcast(*, broadcast_id: UUID, by: By) -> Broadcast:
    """A new draft like this one, with its file. Raises BroadcastError `unknown`."""
    with transaction.atomic():
        original = locked(broadcast_id)
        copy = draft_broadcast(draft=draft_of(original), by=by)
        file = BroadcastFile.objects.filter(broadcast=original).first()
        if file is not None:
            file.broadcast_id = copy.id
            file.save(force_insert=True)
            copy.media = original.media
            copy.save(update_fields=["media"])
    return copy


def draft_of(broadcast: Broadcast) -> Draft:
    """What was written, as it can be written again."""
    return Draft(**{name: getattr(broadcast, name) for name in Draft.__dataclass_fields__})


def _open(broadcast_id: UUID) -> Broadcast:
    broadcast = locked(broadcast_id)
    if broadcast.state not in OPEN:
        raise BroadcastError("state", _("What is under way or over cannot be rewritten; duplicate it."))
    return broadcast


def _changed(broadcast: Broadcast, by: By, action: str) -> None:
    if broadcast.state == BroadcastState.DRAFT:
        note_change(broadcast, by=by, action=action)
        return
    # Whoever confirmed it did not see this.
    broadcast.scheduled_at = None
    move(broadcast, BroadcastState.DRAFT, by=by, action=action)


def _fields(draft: Draft) -> dict[str, object]:
    bots = list(dict.fromkeys(draft.bot_ids))
    if not bots or not set(bots) <= set(visible_bots() or ()):
        raise BroadcastError("no_bots", _("Choose at least one bot that exists."))
    title = " ".join(draft.title.split())[:120]
    return {**asdict(draft), "title": title or "—", "bot_ids": bots, "criteria": draft.criteria.strip()}
