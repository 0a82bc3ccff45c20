"""The ledger of a broadcast in the admin: pages, the file, and what nobody knows."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bots.models import Bot
from broadcast.admin import ledger
from broadcast.admin.bubble import bubble
from broadcast.models import Broadcast, Recipient
from core import aio
from core.clock import clock
from core.tenancy import in_bot
from profiles.admin.people import ProfileAdmin
from profiles.models import Profile
from tests.broadcast.campaigns import begun, content, read, share_of
from tests.broadcast.campaigns import ledger as rows_of
from tests.cast import make_profile
from tests.web.broadcast_forms import HOSTILE, become, coach, html, in_state, page
from tests.web.people import browser


def walk(client: Any, address: str) -> tuple[list[str], int]:
    """The names on all pages from here on, and the number of pages."""
    names, pages, path = [], 0, address.partition("?")[0]
    while address:
        found = html(client.get(address))
        names += re.findall(r"<bdi>(P\d+)", found)
        pages += 1
        more = re.search(r'href="([^"]*)">More<', found)
        address = more[1].replace("&amp;", "&") if more else ""
        assert not address or address.startswith(path)
    return names, pages


async def read_file(user: Any, broadcast: Broadcast, query: str = "") -> list[dict[str, str]]:
    answer = await aio.run(lambda: browser(user).get(page(broadcast, "ledger.csv") + query))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    said = b"".join([part async for part in answer.streaming_content]).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(said)))


def test_pages_hold_everybody_once(bot: Bot, other_bot: Bot) -> None:
    for number in range(70):
        make_profile(bot, first_name=f"P{number}")
    for number in range(70, 140):
        make_profile(other_bot, first_name=f"P{number}")
    running = begun(bot, other_bot)
    become(running, bot, "sent", most=30, sent_at=clock.now())
    become(running, other_bot, "held", most=60, reason="distress")
    me = browser(coach(bot, other_bot))
    names, pages = walk(me, page(running, "ledger"))
    assert sorted(names) == sorted(f"P{number}" for number in range(140))
    assert pages == 3
    assert len(walk(me, page(running, "ledger") + "?state=held")[0]) == 60
    assert len(walk(me, page(running, "ledger") + "?state=sent")[0]) == 30
    mine, _pages = walk(me, page(running, "ledger") + f"?bot={bot.id}")
    assert sorted(mine) == sorted(f"P{number}" for number in range(70))
    for nonsense in ("?after=x", f"?after={uuid4()}~sent~{uuid4()}", "?state=x&bot=y"):
        assert me.get(page(running, "ledger") + nonsense).status_code == 200, nonsense


def test_a_page_far_behind_asks_as_much_as_the_first(bot: Bot) -> None:
    for _ in range(130):
        make_profile(bot)
    running = begun(bot)
    me = browser(coach(bot))
    first = html(me.get(page(running, "ledger")))
    more = re.search(r'href="([^"]*)">More<', first)
    assert more is not None
    counts = []
    for address in (page(running, "ledger"), more[1].replace("&amp;", "&")):
        with CaptureQueriesContext(connection) as asked:
            me.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_row_says_all_that_is_known(bot: Bot) -> None:
    person = make_profile(bot, first_name=HOSTILE)
    running = begun(bot, texts=content("One", "Two"))
    now = clock.now()
    become(
        running,
        bot,
        "sent",
        sent_at=now - timedelta(hours=2),
        replied_at=now,
        clicked_at=now,
        deleted_at=now,
        language="en",
    )
    shown = html(browser(coach(bot)).get(page(running, "ledger")))
    assert HOSTILE not in shown
    for said in (
        f"/admin/profiles/profile/{person.id}/change/",
        "2\xa0hours ago",
        "replied",
        "clicked",
        "deleted",
    ):
        assert said in shown, said


def test_who_was_erased_has_no_name(bot: Bot) -> None:
    make_profile(bot, first_name="Vera")
    running = begun(bot)
    become(running, bot, "erased", profile_id=None)
    shown = html(browser(coach(bot)).get(page(running, "ledger")))
    assert "Vera" not in shown
    assert "erased" in shown


def test_names_are_for_those_who_may_see_people(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    person = make_profile(bot, first_name="Veronica")
    running = begun(bot)
    me = browser(coach(bot))
    monkeypatch.setattr(ProfileAdmin, "has_view_permission", lambda *_args, **_named: False)
    for name in ("ledger", "look", "start"):
        shown = html(me.get(page(running, name), follow=True))
        assert "Veronica" not in shown
        assert str(person.id) not in shown


def test_unknown_ones_are_decided_by_somebody(bot: Bot) -> None:
    for _ in range(2):
        make_profile(bot)
    running = begun(bot)
    become(running, bot, "unknown", sent_at=clock.now())
    in_state(running, "finished")
    me = browser(coach(bot))
    shown = html(me.get(page(running, "ledger") + "?state=unknown"))
    assert "nobody knows whether these messages arrived" in shown
    one, two = re.findall(r'name="row" value="([^"]+)"', shown)
    answer = me.post(page(running, "decide"), {"row": one, "decision": "arrived"}, follow=True)
    assert "Noted: it arrived." in html(answer)
    assert sorted(rows_of(running, bot.id)) == ["sent", "unknown"]
    assert read(running).state == "finished"
    me.post(page(running, "decide"), {"row": two, "decision": "again"})
    assert sorted(rows_of(running, bot.id)) == ["sent", "waiting"]
    assert read(running).state == "running"
    share = share_of(running, bot.id)
    assert (share.sent, share.unknown, share.done_at) == (1, 0, None)
    again = me.post(page(running, "decide"), {"row": two, "decision": "again"}, follow=True)
    assert "Of this one it is known already." in html(again)
    assert me.post(page(running, "decide"), {"row": "x~y"}).status_code == 404


async def test_the_file_holds_everybody_once(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "SLICE", 4)

    def prepare() -> tuple[Any, Broadcast]:
        for number in range(10):
            make_profile(bot, first_name=f"P{number}", username=f"p{number}")
        running = begun(bot)
        become(running, bot, "sent", most=3, sent_at=clock.now(), telegram_message_id=7)
        return coach(bot), running

    user, running = await aio.run(prepare)
    rows = await read_file(user, running)
    assert sorted(row["name"].strip() for row in rows) == [f"P{number}" for number in range(10)]
    assert [row["state"] for row in rows] == ["sent"] * 3 + ["waiting"] * 7
    assert {row["message_id"] for row in rows} == {"7", ""}
    assert {row["bot"] for row in rows} == {bot.name}
    assert len(await read_file(user, running, "?state=sent")) == 3
    assert await read_file(user, running, "?state=failed") == []


async def test_cells_are_never_run_by_spreadsheets(bot: Bot) -> None:
    names = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", 'He said "hi", twice', "=cmd|' /C calc'!A0"]

    def prepare() -> tuple[Any, Broadcast]:
        for name in names:
            make_profile(bot, first_name=name, last_name="", username="")
        return coach(bot), begun(bot)

    user, running = await aio.run(prepare)
    rows = await read_file(user, running)
    said = sorted(row["name"] for row in rows)
    assert all(each.startswith(("'", "He")) for each in said)
    assert 'He said "hi", twice' in said


async def test_the_file_has_no_names_for_those_who_may_not_see_people(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare() -> tuple[Any, Broadcast]:
        make_profile(bot, first_name="Veronica", username="veronica")
        return coach(bot), begun(bot)

    user, running = await aio.run(prepare)
    monkeypatch.setattr(ProfileAdmin, "has_view_permission", lambda *_args, **_named: False)
    (row,) = await read_file(user, running)
    assert (row["name"], row["username"], row["telegram_id"]) == ("", "", "")
    assert row["state"] == "waiting"


def test_telegram_html_is_built_anew() -> None:
    shown = bubble(
        '<b>B</b><i>I</i><u>U</u><s>S</s><code>c &lt; d</code><pre><code class="language-py">x</code></pre>'
        '<tg-spoiler>T</tg-spoiler><span class="tg-spoiler">P</span><blockquote expandable>Q</blockquote>'
        "<a href='https://e.com/?q=%22onmouseover=alert(1)'>A</a> &amp; tail"
    )
    assert shown == (
        '<div class="bubble-text"><strong>B</strong><em>I</em><u>U</u><s>S</s><code>c &lt; d</code>'
        '<pre><code>x</code></pre><span class="bubble-spoiler" tabindex="0">T</span>'
        '<span class="bubble-spoiler" tabindex="0">P</span><blockquote>Q</blockquote>'
        '<a href="https://e.com/?q=%22onmouseover=alert(1)" target="_blank" '
        'rel="noopener noreferrer nofollow">A</a> &amp; tail</div>'
    )


@pytest.mark.parametrize(
    "hostile",
    [
        HOSTILE,
        '<b onclick="x">y</b>',
        '<a href="javascript:alert(1)">x</a>',
        "<b>never closed",
        '<a href="https://e.com" style="x">y</a>',
        "<img src=x onerror=alert(1)>",
        "</div><script>",
    ],
)
def test_what_telegram_would_not_know_is_shown_as_text(hostile: str) -> None:
    shown = bubble(hostile)
    assert shown.startswith('<div class="bubble-text is-broken">')
    assert shown.count("<") == 2


def test_a_quote_cannot_leave_its_attribute() -> None:
    shown = bubble('<a href="https://e.com/&quot;onmouseover=&quot;x">a</a>')
    assert "onmouseover=&quot;" in shown or shown.count("<") == 2


def test_rows_of_another_broadcast_are_not_decided(bot: Bot) -> None:
    make_profile(bot)
    one, two = begun(bot), begun(bot)
    become(one, bot, "unknown")
    with in_bot(bot.id):
        row = Recipient.objects.for_bot(bot.id).get(broadcast_id=one.id)
        assert Profile.objects.for_bot(bot.id).count() == 1
    browser(coach(bot)).post(page(two, "decide"), {"row": f"{bot.id}~{row.id}", "decision": "arrived"})
    assert rows_of(one, bot.id) == ["unknown"]
