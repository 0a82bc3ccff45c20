from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from datetime import timedelta
from uuid import UUID

from django.db.models import F

from broadcast.contracts import Figures
from broadcast.models import Broadcast, BroadcastShare, Recipient
from broadcast.states import RecipientState
from broadcast.telling import progress
from core.clock import clock
from mailbox.contracts import Post
from mailbox.models import Priority
from mailbox.selectors.sent_message import sent_message
from mailbox.services.post import post
from profiles.selectors.language_of import language_of
from sessions_app.contracts import Line
from sessions_app.posts import keyboard

# The pace is that of the last so many seconds.
LATELY = timedelta(seconds=30)


def report_progress(*, bot_id: UUID, since: timedelta = timedelta(days=4)) -> int:
    """Tell whoever follows a broadcast of this bot in Telegram how it stands now, where that has changed; how many."""
    told = 0
    followed = Broadcast.objects.filter(
        bot_ids=[bot_id], report_id__isnull=False, changed_at__gt=clock.now() - since
    )
    for broadcast in followed:
        told += _report(bot_id, broadcast)
    return told


def progress_of(language: str, broadcast: Broadcast) -> Line:
    """How a broadcast of one bot stands, in words."""
    share = BroadcastShare.objects.filter(broadcast=broadcast).first()
    figures = (
        Figures(**{each.name: getattr(share, each.name) for each in fields(Figures)}) if share else Figures()
    )
    return progress(
        language,
        broadcast_id=broadcast.id.hex,
        title=broadcast.title,
        state=broadcast.state,
        reason=broadcast.reason,
        figures=figures,
        rate=_rate(broadcast),
    )


def _rate(broadcast: Broadcast) -> float:
    if broadcast.state != "running":
        return 0.0
    since = clock.now() - LATELY
    sent = Recipient.objects.filter(
        bot_id__in=broadcast.bot_ids,
        broadcast_id=broadcast.id,
        state=RecipientState.SENT,
        sent_at__gt=since,
    )
    return sent.count() / LATELY.total_seconds()


def _report(bot_id: UUID, broadcast: Broadcast) -> bool:
    assert broadcast.report_id is not None  # noqa: S101 - that is how they were chosen
    message = sent_message(bot_id=bot_id, message_id=broadcast.report_id)
    if message is None or message.telegram_message_id is None:
        # Not out yet.
        return False
    line = progress_of(language_of(bot_id=bot_id, telegram_id=message.chat_id), broadcast)
    markup = keyboard(line.buttons)
    digest = hashlib.sha256(json.dumps([line.html, markup]).encode()).hexdigest()
    # Telegram refuses an edit that changes nothing.
    changed = Broadcast.objects.filter(id=broadcast.id).exclude(report_digest=digest)
    if not changed.update(report_digest=digest, reports=F("reports") + 1):
        return False
    return bool(
        post(
            bot_id=bot_id,
            posts=[
                Post(
                    key=f"{broadcast.report_id}:report:{broadcast.reports + 1}",
                    chat_id=message.chat_id,
                    method="editMessageText",
                    params={
                        "chat_id": message.chat_id,
                        "message_id": message.telegram_message_id,
                        "text": line.html,
                        "parse_mode": "HTML",
                        "reply_markup": markup,
                    },
                    priority=Priority.OPERATOR,
                )
            ],
        )
    )
