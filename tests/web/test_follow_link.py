"""A link under a broadcast: followed, counted, and a door to nowhere else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from django.test import Client

from bots.models import Bot
from broadcast.links import counted_link, read_link
from broadcast.models import Broadcast, Recipient
from broadcast.states import RecipientState
from core.clock import Clock
from core.tenancy import in_bot
from tests.broadcast.campaigns import content, frozen, recounted, written
from tests.broadcast.test_freeze import start
from tests.cast import make_bot, make_profile
from tests.web.people import browser, make_coach

PHONE = "Mozilla/5.0 (Linux; Android 14; CUBOT NOTE) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
PAGE = "https://relove.example/one?from=bot"
BUTTONS = [[{"label": "Read", "url": PAGE}, {"label": "Yes", "say": "Yes"}]]


@pytest.fixture
def bot(as_staff: None) -> Bot:
    return make_bot()


@pytest.fixture
def broadcast(bot: Bot) -> Broadcast:
    """Two people have it, as far as the ledger knows."""
    for _ in range(2):
        make_profile(bot)
    broadcast = written(bot, texts=content(buttons=BUTTONS))
    start(broadcast)
    frozen(broadcast)
    return broadcast


def recipients(broadcast: Broadcast) -> list[UUID]:
    with in_bot(broadcast.bot_ids[0]):
        rows = Recipient.objects.for_bot(broadcast.bot_ids[0]).filter(broadcast_id=broadcast.id)
        return list(rows.order_by("id").values_list("id", flat=True))


def address(broadcast: Broadcast, recipient_id: UUID, button: int = 0) -> str:
    link = counted_link(bot_id=broadcast.bot_ids[0], recipient_id=recipient_id, button=button)
    return urlsplit(link).path


def follow(path: str, *, client: Client | None = None, agent: str = PHONE, **headers: str) -> Any:
    answer: Any = (client or Client()).get(path, headers={"user-agent": agent, **headers})
    return answer


def clicked(broadcast: Broadcast) -> int:
    (figures,) = recounted(broadcast)
    return figures.get("clicked", 0)


def test_it_leads_on_and_is_counted_once_a_person(broadcast: Broadcast) -> None:
    one, other = recipients(broadcast)
    answer = follow(address(broadcast, one))
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    follow(address(broadcast, one))
    assert clicked(broadcast) == 1
    follow(address(broadcast, other))
    assert clicked(broadcast) == 2


@pytest.mark.parametrize(
    "seen",
    [
        {"agent": "TelegramBot (like TwitterBot)"},
        {"agent": "facebookexternalhit/1.1"},
        {"sec-purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
    ],
)
def test_programs_that_only_look_are_led_on_and_not_counted(broadcast: Broadcast, seen: Any) -> None:
    assert follow(address(broadcast, recipients(broadcast)[0]), **seen)["Location"] == PAGE
    assert clicked(broadcast) == 0


def test_looking_for_its_head_counts_nothing_and_nothing_can_be_posted(broadcast: Broadcast) -> None:
    path = address(broadcast, recipients(broadcast)[0])
    assert Client().head(path, headers={"user-agent": PHONE}).status_code == 302
    assert Client().post(path).status_code == 405
    assert clicked(broadcast) == 0


def test_after_three_days_it_still_leads_on(broadcast: Broadcast, stopped_clock: Clock) -> None:
    (one, _) = recipients(broadcast)
    with in_bot(broadcast.bot_ids[0]):
        Recipient.objects.for_bot(broadcast.bot_ids[0]).filter(id=one).update(sent_at=stopped_clock.now())
    stopped_clock.advance(timedelta(hours=72))
    assert follow(address(broadcast, one))["Location"] == PAGE
    assert clicked(broadcast) == 0


def test_a_link_that_we_did_not_make_leads_nowhere(broadcast: Broadcast, bot: Bot) -> None:
    (one, _) = recipients(broadcast)
    path = address(broadcast, one)
    strange = counted_link(bot_id=uuid4(), recipient_id=one, button=0)
    paths = [
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        path.replace("~", "~x"),
        path.partition("~")[0],
        "/b/~",
        "/b/" + "x" * 500,
        "/b/жжж",
        urlsplit(strange).path,
        # A button that is not there, and a recipient who is not.
        address(broadcast, one, button=2),
        address(broadcast, uuid4()),
    ]
    for each in paths:
        assert follow(each).status_code == 404, each
    assert clicked(broadcast) == 0
    # A button of another kind leads nowhere either.
    assert follow(address(broadcast, one, button=1)).status_code == 404


def test_a_link_says_nothing_of_whom_it_was_made_for(broadcast: Broadcast, bot: Bot) -> None:
    (one, _) = recipients(broadcast)
    link = counted_link(bot_id=bot.id, recipient_id=one, button=255)
    assert read_link(link.rpartition("/")[2]) == (bot.id, one, 255)
    assert len(link) < 200
    for mark in (str(one), one.hex, str(bot.id), bot.id.hex):
        assert mark not in link


def test_a_member_of_staff_of_another_bot_is_led_on_like_anybody(broadcast: Broadcast) -> None:
    """The page has the scope of whoever is logged in; the link has its own."""
    stranger = browser(make_coach(make_bot()))
    assert follow(address(broadcast, recipients(broadcast)[0]), client=stranger)["Location"] == PAGE
    assert clicked(broadcast) == 1


def test_it_leads_on_for_those_who_were_erased(broadcast: Broadcast, bot: Bot) -> None:
    (one, _) = recipients(broadcast)
    with in_bot(bot.id):
        Recipient.objects.for_bot(bot.id).filter(id=one).update(profile=None, state=RecipientState.SENT)
    assert follow(address(broadcast, one)).status_code == 302
