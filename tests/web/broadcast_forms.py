"""What browsers send to the pages of broadcasts, and who sits in front of them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from bots.models import Bot
from bots.roles import Role
from broadcast.models import Broadcast, BroadcastShare, Recipient
from core.tenancy import in_bot, in_bots
from tests.web.people import make_coach

LIST = "/admin/broadcast/broadcast/"
ADD = f"{LIST}add/"
HOSTILE = '<script>alert("x")</script>'


def coach(*bots: Bot, role: Role = Role.MANAGER) -> User:
    """A member of staff with these bots, who may send where they are a manager."""
    return make_coach(*bots, role=role)


def page(broadcast: Broadcast, name: str = "change") -> str:
    return f"{LIST}{broadcast.id}/{name}/"


def typed(*bots: Bot, **fields: Any) -> dict[str, Any]:
    """The form of a broadcast as a browser sends it: one text in English, with no buttons."""
    return {
        "title": "News",
        "bots": [str(bot.id) for bot in bots],
        "criteria-as": "text",
        "criteria": "",
        "languages": ["en"],
        "fallback": "en",
        "variants": "1",
        "text-0-en": "Hello, {name|friend}!",
        "buttons-0-en": "0",
        "kind": "photo",
        "quiet_from": "0",
        "quiet_until": "0",
        "cap_a_day": "",
        "rate": "",
        "error_percent": "5",
        "errors_in_row": "20",
        "control_percent": "0",
        "test_percent": "100",
        "op": "save",
        **fields,
    }


def html(response: Any) -> str:
    return str(response.content.decode())


def only(bot: Bot) -> Broadcast:
    """The one broadcast of this bot."""
    with in_bots([bot.id]):
        return Broadcast.objects.get(bot_ids=[bot.id])


def count(bot: Bot) -> int:
    with in_bots([bot.id]):
        return Broadcast.objects.filter(bot_ids__contains=[bot.id]).count()


def become(broadcast: Broadcast, bot: Bot, state: str, *, most: int | None = None, **fields: Any) -> None:
    """Let recipients that wait be in another state, figures and all, as sending would have left them."""
    with in_bot(bot.id):
        waiting = Recipient.objects.for_bot(bot.id).filter(broadcast_id=broadcast.id, state="waiting")
        ids = list(waiting.order_by("id").values_list("id", flat=True)[:most])
        Recipient.objects.for_bot(bot.id).filter(id__in=ids).update(state=state, **fields)
        share = BroadcastShare.objects.for_bot(bot.id).get(broadcast_id=broadcast.id)
        setattr(share, state, getattr(share, state) + len(ids))
        share.save()


def in_state(broadcast: Broadcast, state: str) -> None:
    """Let a broadcast be in another state without the way there."""
    with in_bots(broadcast.bot_ids):
        Broadcast.objects.filter(id=broadcast.id).update(state=state)
