"""Broadcasts for tests: written, started and frozen as staff and Celery do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bots.models import Bot
from broadcast.contracts import ITSELF, By
from broadcast.figures import COUNTED
from broadcast.models import Broadcast, BroadcastShare, Recipient
from broadcast.services.draft import Draft, draft_broadcast
from broadcast.services.freeze import freeze
from broadcast.services.lifecycle import ask_to_start
from broadcast.states import RecipientState
from core.tenancy import in_bot, in_bots

TEXT = "Hello, {name|friend}! Something new has begun."


def content(*texts: str, buttons: Any = (), **others: str) -> dict[str, Any]:
    """Content in English with one variant for each text; `others` are texts of the first in other languages."""
    variants = []
    for number, text in enumerate(texts or (TEXT,)):
        wordings: dict[str, Any] = {"en": {"text": text, "buttons": [list(row) for row in buttons]}}
        if number == 0:
            wordings |= {code: {"text": said, "buttons": []} for code, said in others.items()}
        variants.append({"label": "ABCDEF"[number], "wordings": wordings})
    return {"variants": variants, "fallback": "en"}


def written(*bots: Bot, texts: Mapping[str, Any] | None = None, by: By = ITSELF, **fields: Any) -> Broadcast:
    """A draft of these bots; at any hour, without limits a day unless said otherwise."""
    draft = Draft(
        title=fields.pop("title", "News"),
        bot_ids=[bot.id for bot in bots],
        criteria=fields.pop("criteria", ""),
        content=texts or content(),
        **{"quiet_from": 0, "quiet_until": 0, "cap_a_day": None, **fields},
    )
    with in_bots(draft.bot_ids):
        return draft_broadcast(draft=draft, by=by)


def begun(*bots: Bot, by: By = ITSELF, **fields: Any) -> Broadcast:
    """A broadcast whose ledger is whole."""
    broadcast = written(*bots, by=by, **fields)
    bot_ids = [bot.id for bot in bots]
    with in_bots(bot_ids):
        ask_to_start(broadcast_id=broadcast.id, by=by, is_sure=True)
    frozen(broadcast)
    return read(broadcast)


def frozen(broadcast: Broadcast) -> None:
    """Do what Celery does after the start."""
    freeze(broadcast_id=broadcast.id, bot_ids=list(broadcast.bot_ids))


def read(broadcast: Broadcast) -> Broadcast:
    with in_bots(broadcast.bot_ids):
        return Broadcast.objects.get(id=broadcast.id)


def ledger(broadcast: Broadcast, bot_id: UUID, *fields: str) -> list[Any]:
    """Rows of the ledger of one bot, in no order that means anything."""
    with in_bot(bot_id):
        rows = Recipient.objects.for_bot(bot_id).filter(broadcast_id=broadcast.id)
        return sorted(rows.values_list(*(fields or ("state",)), flat=len(fields) < 2), key=str)


def share_of(broadcast: Broadcast, bot_id: UUID) -> BroadcastShare:
    with in_bot(bot_id):
        return BroadcastShare.objects.for_bot(bot_id).get(broadcast_id=broadcast.id)


def recounted(broadcast: Broadcast) -> list[dict[str, int]]:
    """The figures of each bot's share, after they were found to be what counting the rows gives."""
    found = []
    for bot_id in broadcast.bot_ids:
        share = share_of(broadcast, bot_id)
        with in_bot(bot_id):
            rows = list(Recipient.objects.for_bot(bot_id).filter(broadcast_id=broadcast.id))
        counted = Counter(row.state for row in rows)
        kept = {name: getattr(share, name) for name in ("total", *COUNTED)}
        assert kept == {
            "total": len(rows),
            **{state.value: counted[state] for state in RecipientState if state != RecipientState.WAITING},
            "replied": sum(row.replied_at is not None for row in rows),
            "clicked": sum(row.clicked_at is not None for row in rows),
            "deleted": sum(row.deleted_at is not None for row in rows),
        }
        found.append({name: count for name, count in kept.items() if count})
    return found
