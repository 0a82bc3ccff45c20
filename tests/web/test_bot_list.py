"""The list of bots, and what its page fetches by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bots.models import Bot, BotAccess
from bots.roles import Role
from bots.services.keep_picture import keep_picture
from bots.services.observe_state import observe_state
from bots.services.raise_alert import raise_alert
from bots.services.record_polls import record_polls
from care.models import BotDay
from core.clock import Clock, clock
from core.tenancy import in_bot
from mailbox.models import InboundUpdate
from mailbox.models.inbound import InboundOutcome
from tests.cast import make_bot
from tests.fixtures.database import database_role
from tests.web.people import browser, make_coach, make_user

LIST = "/admin/bots/bot/"
LIVE = "/admin/bots/bot/live/"
MOST = 12
HOSTILE = """<script>alert("1")</script><img/src=x/onerror=alert(2)>'"&"""


def live(client: Client, *bots: Bot) -> dict[str, Any]:
    response = client.get(LIVE, {"ids": ",".join(str(each.id) for each in bots)})
    assert response.status_code == 200
    return dict(response.json()["bots"])


def pieces(client: Client, bot: Bot) -> dict[str, str]:
    return dict(live(client, bot)[str(bot.id)])


def receive(bot: Bot, count: int, *, outcome: str = "", at: datetime | None = None) -> None:
    at = at or clock.now()
    with in_bot(bot.id):
        for number in range(count):
            InboundUpdate.objects.create(
                bot=bot,
                kind="message",
                lane=number,
                payload=b"{}",
                due_at=at,
                received_at=at,
                settled_at=at if outcome else None,
                outcome=outcome or InboundOutcome.OPEN,
                seq=number + 1,
            )


def spend(bot: Bot, micros: int) -> None:
    with in_bot(bot.id):
        BotDay.objects.create(bot=bot, day=clock.now().date(), cost_micros=micros, taken_at=clock.now())


def test_what_a_bot_comes_to_stands_beside_it(owner: Client) -> None:
    bot = make_bot(wanted_state="running")
    with database_role("runtime"):
        observe_state(bot_id=bot.id, state="running")
        record_polls(polls={bot.id: (clock.now() - timedelta(seconds=3), None)})
        receive(bot, 2, at=clock.now() - timedelta(minutes=4))
        receive(bot, 1, outcome=InboundOutcome.BURIED)
        spend(bot, 1_234_000)
        raise_alert(kind="error", bot_id=bot.id, subject="something")
        raise_alert(kind="crisis", bot_id=bot.id)

    page = owner.get(LIST, {"q": bot.slug}).content.decode()
    found = pieces(owner, bot)

    for name in ("state", "poll", "waiting", "errors", "cost", "buttons"):
        assert f'data-live="{bot.id}:{name}"' in page
    assert 'class="bot-state is-good"' in found["state"]
    assert found["trouble"] == ""
    assert ">2</span>" in found["waiting"]
    assert "4\xa0minutes ago" in found["waiting"]
    # One alert of an error and one buried update: people in need are no errors.
    assert ">2</a>" in found["errors"]
    assert f"bot={bot.slug}" in found["errors"]
    assert found["cost"] == "$1.23"
    assert found["waiting"] in page
    assert found["cost"] in page


def test_errors_are_those_of_a_day(owner: Client, bot: Bot, stopped_clock: Clock) -> None:
    with database_role("runtime"):
        raise_alert(kind="task_failed", bot_id=bot.id, subject="rotation")
        receive(bot, 1, outcome=InboundOutcome.BURIED)
        receive(bot, 3, outcome=InboundOutcome.DONE)
    stopped_clock.advance(timedelta(hours=23))
    assert ">2</a>" in pieces(owner, bot)["errors"]
    stopped_clock.advance(timedelta(hours=2))
    assert pieces(owner, bot)["errors"] == "0"


@pytest.mark.parametrize(
    ("wanted", "state", "look"),
    [
        ("running", "starting", "wait"),
        ("running", "backing_off", "wait"),
        ("running", "conflict", "bad"),
        ("paused", "paused", "rest"),
        ("stopped", "running", "rest"),
    ],
)
def test_a_state_looks_as_it_is_wanted(owner: Client, wanted: str, state: str, look: str) -> None:
    bot = make_bot(wanted_state=wanted)
    with database_role("runtime"):
        observe_state(bot_id=bot.id, state=state)
    found = pieces(owner, bot)["state"]
    assert f'class="bot-state is-{look}"' in found
    assert ("wanted: stopped" in found) is (state == "running")


def test_a_bot_that_nobody_answers_is_told_though_it_says_that_it_runs(
    owner: Client, stopped_clock: Clock
) -> None:
    bot = make_bot(wanted_state="running")
    with database_role("runtime"):
        observe_state(bot_id=bot.id, state="running")
        record_polls(polls={bot.id: (stopped_clock.now() - timedelta(minutes=30), None)})
        Bot.objects.filter(id=bot.id).update(updated_at=stopped_clock.now() - timedelta(hours=1))
    found = pieces(owner, bot)
    assert 'class="bot-state is-bad"' in found["state"]
    assert "No successful poll for a while" in found["trouble"]


def test_small_costs_are_not_nothing_and_what_was_not_counted_is_no_cost(owner: Client, bot: Bot) -> None:
    assert pieces(owner, bot)["cost"] == "–"
    with database_role("runtime"):
        spend(bot, 5)
    assert pieces(owner, bot)["cost"] == "&lt; $0.01"


def test_the_list_asks_no_more_for_many_bots_than_for_one(owner: Client) -> None:
    mark = f"few-{uuid4().hex[:8]}"

    def questions(address: str, query: dict[str, str]) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(address, query).status_code == 200
        # Beside the begin and the end of the transaction.
        return len([each for each in queries if each["sql"].split()[0] not in {"BEGIN", "COMMIT"}])

    bots = [make_bot(slug=f"{mark}-0")]
    questions(LIST, {"q": mark})
    one, one_live = questions(LIST, {"q": mark}), questions(LIVE, {"ids": str(bots[0].id)})
    for number in range(1, 9):
        bots.append(make_bot(slug=f"{mark}-{number}"))
        keep_picture(bot_id=bots[-1].id, content=b"\xff\xd8\xff picture")
        with database_role("runtime"):
            raise_alert(kind="error", bot_id=bots[-1].id, subject="x")
            receive(bots[-1], 2)
    assert questions(LIST, {"q": mark}) == one <= MOST
    assert questions(LIVE, {"ids": ",".join(str(each.id) for each in bots)}) == one_live <= MOST


def test_names_and_errors_with_scripts_are_words(owner: Client) -> None:
    bot = make_bot(name=HOSTILE, username="<b>bot", wanted_state="running")
    with database_role("runtime"):
        observe_state(bot_id=bot.id, state="deaf", error=HOSTILE)
    page = owner.get(LIST, {"q": bot.slug}).content.decode()
    found = pieces(owner, bot)
    for text in (page, found["trouble"], found["buttons"]):
        assert "<script>alert" not in text
        assert "<img/src" not in text
    assert "&lt;script&gt;alert(&quot;1&quot;)" in page
    assert "&lt;script&gt;alert" in found["trouble"]


@pytest.mark.parametrize(
    ("wanted", "offered"),
    [
        ("running", ["pause", "stop", "restart"]),
        ("paused", ["start", "stop", "restart"]),
        ("stopped", ["start"]),
    ],
)
def test_buttons_are_those_that_make_sense(owner: Client, wanted: str, offered: list[str]) -> None:
    bot = make_bot(wanted_state=wanted)
    buttons = pieces(owner, bot)["buttons"]
    every = ("start", "pause", "stop", "restart")
    assert [each for each in every if f"/{bot.id}/{each}/" in buttons] == offered
    assert f'href="/admin/bot-token/{bot.id}/"' in buttons
    assert ('title="Resume"' in buttons) is (wanted == "paused")


def test_buttons_are_those_of_the_role_in_this_bot(bot: Bot, other_bot: Bot) -> None:
    person = make_coach(bot, role=Role.MANAGER)
    BotAccess.objects.create(user=person, bot=other_bot, role=Role.COACH)
    found = live(browser(person), bot, other_bot)
    assert f"/{bot.id}/start/" in found[str(bot.id)]["buttons"]
    assert found[str(other_bot.id)]["buttons"] == '<span class="bot-buttons"></span>'


def test_who_sees_figures_alone_sees_the_bot_and_not_who_waits(bot: Bot, other_bot: Bot) -> None:
    with database_role("runtime"):
        receive(bot, 3)
        spend(bot, 2_000_000)
        spend(other_bot, 3_000_000)
    analyst = browser(make_coach(bot, role=Role.ANALYST))
    found = live(analyst, bot, other_bot)
    assert list(found) == [str(bot.id)]
    assert (found[str(bot.id)]["waiting"], found[str(bot.id)]["cost"]) == ("–", "$2.00")
    assert other_bot.username not in analyst.get(LIST).content.decode()


def test_what_is_asked_for_live_is_ids_of_bots(owner: Client, bot: Bot) -> None:
    assert live(owner) == {}
    assert owner.get(LIVE, {"ids": str(uuid4())}).json() == {"bots": {}}
    assert owner.get(LIVE, {"ids": f"{bot.id},nonsense"}).status_code == 404
    assert owner.post(LIVE).status_code == 405


def test_nobody_but_staff_is_told(bot: Bot) -> None:
    for client in (Client(), browser(make_user(staff=False))):
        for address in (f"{LIVE}?ids={bot.id}", f"/admin/bots/bot/{bot.id}/picture/"):
            response = client.get(address)
            assert (response.status_code, response["Location"][:13]) == (302, "/admin/login/")


def test_a_bots_picture_comes_from_here_and_may_be_kept_by_its_reader(owner: Client, bot: Bot) -> None:
    content = b"\xff\xd8\xff the picture"
    address = f"/admin/bots/bot/{bot.id}/picture/"
    assert owner.get(address).status_code == 404
    assert f'src="{address}' not in owner.get(LIST, {"q": bot.slug}).content.decode()

    with clock.stopped(datetime(2026, 3, 2, 12, tzinfo=UTC)):
        keep_picture(bot_id=bot.id, content=content)

    assert f'src="{address}?v=' in owner.get(LIST, {"q": bot.slug}).content.decode()
    response = owner.get(address)
    assert (response.content, response["Content-Type"]) == (content, "image/jpeg")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "private" in response["Cache-Control"]
    again = owner.get(address, headers={"if-modified-since": response["Last-Modified"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_picture_of_another_bot_is_not_there(bot: Bot, other_bot: Bot) -> None:
    for each in (bot, other_bot):
        keep_picture(bot_id=each.id, content=b"\x89PNG\r\n\x1a\n picture")
    client = browser(make_coach(bot, role=Role.ANALYST))
    assert client.get(f"/admin/bots/bot/{bot.id}/picture/").status_code == 200
    assert client.get(f"/admin/bots/bot/{other_bot.id}/picture/").status_code == 404


def test_an_empty_list_says_what_to_do_next(bot: Bot) -> None:
    nobody = browser(make_coach())
    empty = nobody.get(LIST).content.decode()
    assert "Ask an owner to give you access to one." in empty
    assert f"{LIST}add/" not in empty
    # Whoever looked for something is told so, and led back to all of it.
    looked = browser(make_coach(bot)).get(LIST, {"q": "no such bot at all"}).content.decode()
    assert "Nothing fits" in looked
    assert "Ask an owner" not in looked


def test_how_many_there_are_is_said_in_any_language(bot: Bot) -> None:
    shown = browser(make_coach(bot)).get(LIST, headers={"Accept-Language": "ru"}).content.decode()
    assert "Всего: 1" in shown


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        (LIST, {"q": "zzz"}),
        ("/admin/bots/persona/", {"q": "zzz"}),
        ("/admin/bots/alert/", {"kind__exact": "error", "seen": "yes"}),
    ],
)
def test_a_whole_list_offers_no_way_to_the_whole(bot: Bot, address: str, asked: dict[str, str]) -> None:
    # Of one bot: a list of several pages offers to show them all at once.
    client = browser(make_coach(bot, role=Role.OWNER))
    assert "Show all" not in client.get(address).content.decode()
    assert "Show all" in client.get(address, asked).content.decode()
