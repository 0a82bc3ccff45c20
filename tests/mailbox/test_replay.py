"""What was given up can be handled once more, unless nothing of it was kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from bots.models import Bot
from bots.services.acquire_lease import acquire_lease
from core.clock import clock
from core.ids import new_id
from core.tenancy import in_bot
from mailbox.contracts import Arrival, Hand
from mailbox.models import InboundUpdate
from mailbox.services.accept import accept
from mailbox.services.claim import claim
from mailbox.services.replay import replay
from mailbox.services.settle import bury
from tests.fixtures.database import database_role


def buried(bot: Bot, *, update_id: int, blank: bool) -> InboundUpdate:
    lease = acquire_lease(bot_id=bot.id, holder=f"test:{new_id()}", seconds=-1.0)
    assert lease is not None
    hand = Hand(bot.id, lease.epoch)
    with in_bot(bot.id):
        arrival = Arrival(update_id, "message", 7, 7, False, b'{"update_id": 1}', clock.now())
        accept(bot_id=bot.id, arrivals=[arrival])
        claim(hand=hand, busy=(), lanes=9, burst_wait=0.0)
        bury(hand=hand, ids=[arrival.id], reason="ValueError", blank=blank)
        return InboundUpdate.objects.get(bot_id=bot.id, update_id=update_id)


def test_a_buried_update_goes_back_to_its_queue_as_new(bot: Bot) -> None:
    row = buried(bot, update_id=1, blank=False)
    with in_bot(bot.id):
        assert replay(ids=[row.id]) == 1
        row.refresh_from_db()
    assert (row.outcome, row.settled_at, row.attempts, row.reason) == ("", None, 0, "")
    assert bytes(row.payload) == b'{"update_id": 1}'


def test_of_which_nothing_was_kept_stays_buried(bot: Bot) -> None:
    row = buried(bot, update_id=2, blank=True)
    with in_bot(bot.id):
        assert replay(ids=[row.id]) == 0
        row.refresh_from_db()
    assert (row.outcome, bytes(row.payload)) == ("buried", b"")


def test_another_bots_update_is_out_of_reach(bot: Bot, other_bot: Bot) -> None:
    row = buried(other_bot, update_id=3, blank=False)
    with in_bot(bot.id):
        assert replay(ids=[row.id]) == 0


@pytest.mark.usefixtures("as_staff")
def test_staff_see_why_and_replay_but_not_what_was_said(make_bot: Any) -> None:
    bot = make_bot()
    with database_role("runtime"):
        row = buried(bot, update_id=4, blank=False)
    boss = User.objects.create_superuser(f"boss-{new_id()}", password=str(new_id()))
    client = Client()
    client.force_login(boss)
    page = client.get("/admin/mailbox/buriedupdate/", {"bot": bot.slug}, secure=True)
    assert page.status_code == 200
    assert b"ValueError" in page.content
    assert b"update_id&quot;: 1" not in page.content
    done = client.post(
        f"/admin/mailbox/buriedupdate/?bot={bot.slug}",
        {"action": "replay_selected", "_selected_action": [str(row.id)]},
        secure=True,
    )
    assert done.status_code == 302
    with in_bot(bot.id):
        row.refresh_from_db()
    assert row.settled_at is None
