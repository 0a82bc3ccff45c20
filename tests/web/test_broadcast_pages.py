"""Broadcasts in the admin: the list, writing, starting, progress and buttons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bots.models import Bot
from broadcast.contracts import By
from broadcast.models import Broadcast
from broadcast.states import BroadcastState
from core.clock import Clock, clock
from core.tenancy import in_bots
from tests.broadcast.campaigns import begun, content, frozen, ledger, read, written
from tests.cast import make_bot, make_profile
from tests.web.people import browser, make_coach

LIST = "/admin/broadcast/broadcast/"
ADD = f"{LIST}add/"
HOSTILE = '<script>alert("x")</script>'
ALL = ("add_broadcast", "change_broadcast")


def coach(*bots: Bot, permissions: tuple[str, ...] = ALL) -> User:
    """A member of staff with these bots, who may send."""
    user = make_coach(*bots)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="broadcast", codename__in=permissions)
    )
    return user


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
    with in_bots([bot.id]):
        return Broadcast.objects.get(bot_ids=[bot.id])


def test_all_pages_open(bot: Bot) -> None:
    make_profile(bot, first_name="Vera")
    me = browser(coach(bot))
    draft = written(bot)
    for address in (LIST, f"{LIST}rows/", ADD, page(draft, "write"), page(draft, "look"), page(draft, "start")):
        assert me.get(address).status_code == 200, address
    running = begun(bot)
    for name in ("change", "live", "look", "ledger", "compare", "ledger.csv"):
        assert me.get(page(running, name)).status_code == 200, name
    assert me.get(page(draft)).headers["Location"] == page(draft, "write")


def test_a_broadcast_is_written_in_one_form(bot: Bot) -> None:
    me = browser(coach(bot))
    sent = typed(
        bot,
        **{
            "criteria": " gender=female ",
            "buttons-0-en": "2",
            "label-0-en-0": "Look",
            "kind-0-en-0": "link",
            "target-0-en-0": "https://example.com",
            "label-0-en-1": "Tell me",
            "kind-0-en-1": "say",
            "target-0-en-1": "Tell me more",
            "joins-0-en-1": "1",
            "text-0-en": "Hello,\r\n{name}!",
        },
    )
    answer = me.post(ADD, sent)
    broadcast = only(bot)
    assert answer.headers["Location"] == page(broadcast, "write")
    assert (broadcast.title, broadcast.criteria, broadcast.cap_a_day) == ("News", "gender=female", None)
    assert broadcast.content == {
        "fallback": "en",
        "variants": [
            {
                "label": "A",
                "wordings": {
                    "en": {
                        "text": "Hello,\n{name}!",
                        "buttons": [
                            [
                                {"label": "Look", "url": "https://example.com"},
                                {"label": "Tell me", "say": "Tell me more"},
                            ]
                        ],
                    }
                },
            }
        ],
    }
