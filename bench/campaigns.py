"""Broadcasts of a bench: bots with many people, written, started and frozen as staff and Celery do it.

Import it after Stage.enter_django: it needs the models.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from bench.crowd import Member, introduce, seat
from bench.stage import Owner, Stage
from bots.models import Bot, ModelProvider, WantedState
from bots.services.register_bot import register_bot
from broadcast.contracts import By
from broadcast.models import Broadcast
from broadcast.services.draft import Draft, draft_broadcast
from broadcast.services.freeze import freeze
from broadcast.services.lifecycle import ask_to_start, confirm_start
from broadcast.states import BroadcastState
from core.tenancy import in_bots

FIRST_RECIPIENT = 10_000_000
# What every message of a broadcast begins with, and nothing else does.
SIGN = "Новость:"
TEXT = SIGN + " {name|друг}, мы открыли новый <b>поток</b>. Приходите, когда будете готовы."
SOURCE = "broadcast-bench"

_WRITER, _CONFIRMER = By(telegram_id=1), By(telegram_id=2)


def gather(
    stage: Stage, *, name: str, bots: int, recipients: int, writers: int = 0, **settings: Any
) -> list[Member]:
    """Register bots, each with so many recipients of its own, and so many people in a session who get nothing.

    They keep to the default pace; bursts are not waited for. `settings` are other fields of the bots.
    """
    members = []
    with stage.connect() as owner:
        for number in range(bots):
            slug = f"{name}-{number}"
            bot = register_bot(
                name=slug,
                slug=slug,
                token=stage.telegram.create_bot(slug),
                api_url=stage.telegram.url,
                provider=ModelProvider.DEMO,
                config={"act_burst": 1_000_000},
            )
            Bot.objects.filter(id=bot.id).update(burst_wait=0.0, wanted_state=WantedState.RUNNING, **settings)
            first = FIRST_RECIPIENT + number * recipients
            introduce(owner, bot.id, recipients, first=first, source=SOURCE)
            stage.telegram.gather(bot.token, first=first, count=recipients)
            if writers:
                seat(owner, bot.id, writers)
            members.append(Member(bot.id, slug, bot.token, writers))
        owner.execute("ANALYZE")
    return members


def start(members: Sequence[Member], **fields: Any) -> UUID:
    """Write a broadcast to the recipients of these bots, and let its audience be frozen."""
    bot_ids = [each.id for each in members]
    draft = Draft(
        title="Bench",
        bot_ids=bot_ids,
        criteria=f"source={SOURCE}",
        content={
            "variants": [{"label": "A", "wordings": {"ru": {"text": TEXT, "buttons": []}}}],
            "fallback": "ru",
        },
        **{"quiet_from": 0, "quiet_until": 0, "cap_a_day": None, **fields},
    )
    with in_bots(bot_ids):
        broadcast = draft_broadcast(draft=draft, by=_WRITER)
    with in_bots(bot_ids):
        state = ask_to_start(broadcast_id=broadcast.id, by=_WRITER).state
    if state == BroadcastState.AWAITING:
        with in_bots(bot_ids):
            confirm_start(broadcast_id=broadcast.id, by=_CONFIRMER)
    return broadcast.id


def freeze_here(broadcast_id: UUID, members: Sequence[Member]) -> None:
    """Do in this process what Celery does after the start."""
    freeze(broadcast_id=broadcast_id, bot_ids=[each.id for each in members])


def state_of(owner: Owner, broadcast_id: UUID) -> str:
    """Where the broadcast stands."""
    row = owner.execute("SELECT state FROM broadcasts WHERE id = %s", [broadcast_id]).fetchone()
    assert row is not None
    return str(row[0])


def seconds_of_freezing(broadcast_id: UUID, members: Sequence[Member]) -> float:
    """From the start to the moment at which the sending could begin."""
    with in_bots([each.id for each in members]):
        broadcast = Broadcast.objects.get(id=broadcast_id)
        changes = dict(broadcast.changes.values_list("action", "at"))
    assert broadcast.started_at is not None
    return float((changes["frozen"] - broadcast.started_at).total_seconds())


def figures(owner: Owner, broadcast_id: UUID) -> dict[str, int]:
    """How many recipients are in each state, counted row by row."""
    rows = owner.execute(
        "SELECT state, count(*) FROM broadcast_recipients WHERE broadcast_id = %s GROUP BY state",
        [broadcast_id],
    )
    return dict(Counter({str(state): int(count) for state, count in rows}))
