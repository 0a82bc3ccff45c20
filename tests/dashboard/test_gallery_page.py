"""The gallery of people: who is shown to whom, narrowed how, and looked on for further."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bots import roles
from bots.models import Bot
from bots.roles import Capability, Role
from core.clock import Clock, clock
from core.sql import Statement
from core.tenancy import in_bot
from dashboard.gallery import listing, photos
from events.models import Event
from profiles.models import Profile
from profiles.selectors import browse_people as browsing
from profiles.selectors.photo_of import Photo
from tests.cast import make_bot, make_profile, on_database
from tests.dashboard.talks import make_talk
from tests.fixtures.telegram import Sandbox, TelegramPerson
from tests.web.people import browser, make_coach, make_user

pytestmark = pytest.mark.usefixtures("as_staff")

PAGE, CARDS, RUNS = "/admin/gallery/", "/admin/gallery/cards/", "/admin/gallery/runs/"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
KWDEFAULTS = dict(browsing.browse_people.__kwdefaults__ or {})
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def html(response: Any) -> str:
    return str(response.content.decode())


def names(response: Any) -> list[str]:
    """Who is shown, from top to bottom."""
    assert response.status_code == 200
    return re.findall(r'<a class="gl-name"[^>]*><bdi>([^<]*)</bdi>', html(response))


def shown(me: Client, **asked: Any) -> list[str]:
    return names(me.get(f"{PAGE}?{urlencode(asked, doseq=True)}"))


def people_of(bot: Bot, *called: str, **fields: Any) -> list[Profile]:
    """People by name; who is named first was seen last."""
    return [
        make_profile(
            bot, **{"first_name": name, "last_seen_at": clock.now() - timedelta(minutes=number), **fields}
        )
        for number, name in enumerate(called)
    ]


@pytest.fixture
def me(bot: Bot) -> Client:
    return browser(make_coach(bot))


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Statements of SQL files, which go to psycopg directly."""
    seen: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        whole = Statement._execute

        def execute(self: Statement, params: Mapping[str, Any], using: str) -> Any:
            seen.append(self._sql.decode())
            return whole(self, params, using)

        patch.setattr(Statement, "_execute", execute)
        yield seen


def questions(me: Client, address: str) -> int:
    """How many times the database is asked for a page, beside the begin and end of its transaction."""
    me.get(address)
    with counted_statements() as statements, CaptureQueriesContext(connection) as queries:
        assert me.get(address).status_code == 200
    words = [each["sql"].split()[0] for each in queries.captured_queries]
    return len(statements) + sum(word not in ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE") for word in words)


# Who is shown


def test_who_was_seen_last_comes_first_over_all_bots(bot: Bot, other_bot: Bot) -> None:
    people_of(bot, "Anna", "Clara")
    make_profile(other_bot, first_name="Berta", last_seen_at=clock.now() - timedelta(seconds=30))
    both = browser(make_coach(bot, other_bot))
    assert shown(both) == ["Anna", "Berta", "Clara"]
    assert shown(both, bot=other_bot.slug) == ["Berta"]
    assert shown(browser(make_coach(bot))) == ["Anna", "Clara"]


def test_a_bot_that_is_not_theirs_is_not_there(bot: Bot, other_bot: Bot, me: Client) -> None:
    for address in (PAGE, CARDS):
        assert me.get(f"{address}?bot={other_bot.slug}").status_code == 404
        assert me.get(f"{address}?bot=nonsense").status_code == 404


def test_analysts_see_no_people_and_nobody_else_gets_in(bot: Bot) -> None:
    analyst = browser(make_coach(bot, role=Role.ANALYST))
    people_of(bot, "Anna")
    for address in (PAGE, CARDS, RUNS):
        assert analyst.get(address).status_code == 403
    assert analyst.post("/admin/gallery/refresh/", {"pick": f"{bot.id}:{uuid4()}"}).status_code == 403
    assert 'href="/admin/gallery/"' not in html(analyst.get("/admin/"))
    assert Client().get(PAGE).status_code == 302
    assert browser(make_user(staff=False)).get(PAGE).status_code == 302


def test_the_sidebar_leads_to_the_gallery_and_to_the_list(bot: Bot, me: Client) -> None:
    page = html(me.get(PAGE))
    assert 'href="/admin/gallery/"' in page
    assert 'href="/admin/profiles/profile/"' in page


def test_hostile_names_are_text(bot: Bot, me: Client) -> None:
    make_profile(
        bot, first_name=HOSTILE, username='"><b>', journey_stage="<i>", readiness={"<u>": 7}, streams=["<s>"]
    )
    page = html(me.get(f"{PAGE}?{urlencode({'q': '<script>', 'marker': '<script>=1'})}"))
    for each in (page, html(me.get(PAGE)), html(me.get(CARDS))):
        assert "<script>alert" not in each
        assert "<img src=x" not in each
        assert "<u>" not in each
        assert "<s>" not in each
        assert '"><b>' not in each


def test_a_page_takes_at_most_twelve_questions_however_many_people(bot: Bot, other_bot: Bot) -> None:
    me = browser(make_coach(bot, other_bot))
    addresses = [
        PAGE,
        CARDS,
        f"{PAGE}?q=1234&stage=REFUSAL&who=crisis",
        f"{PAGE}?gender=male",
        f"{PAGE}?words=sea",
        RUNS,
    ]
    people_of(bot, "Anna")
    few = [questions(me, address) for address in addresses]
    for each in (bot, other_bot):
        people_of(each, *(f"Vera {number}" for number in range(20)))
    many = [questions(me, address) for address in addresses]
    assert many == few
    assert max(many) <= 12, many


# Narrowing


def test_filters_live_in_the_address_and_each_is_taken_back_by_its_chip(bot: Bot, me: Client) -> None:
    people_of(bot, "Anna", journey_stage="REFUSAL", gender="female", markers={"mood": "calm"})
    people_of(bot, "Berta", journey_stage="ORDEAL", gender="female")
    asked = {"stage": ["REFUSAL", "ORDEAL"], "gender": "female", "marker": "mood=calm", "started": "no"}
    page = html(me.get(f"{PAGE}?{urlencode(asked, doseq=True)}"))
    assert names(me.get(f"{PAGE}?{urlencode(asked, doseq=True)}")) == ["Anna"]
    chips = re.findall(r'class="gl-chip" href="([^"]*)"', page)
    assert chips == [
        "/admin/gallery/?stage=ORDEAL&amp;gender=female&amp;started=no&amp;marker=mood%3Dcalm",
        "/admin/gallery/?stage=REFUSAL&amp;gender=female&amp;started=no&amp;marker=mood%3Dcalm",
        "/admin/gallery/?stage=REFUSAL&amp;stage=ORDEAL&amp;started=no&amp;marker=mood%3Dcalm",
        "/admin/gallery/?stage=REFUSAL&amp;stage=ORDEAL&amp;gender=female&amp;marker=mood%3Dcalm",
        "/admin/gallery/?stage=REFUSAL&amp;stage=ORDEAL&amp;gender=female&amp;started=no",
    ]
    assert 'class="gl-clear" href="/admin/gallery/"' in page
    assert 'class="gl-clear"' not in html(me.get(PAGE))


@pytest.mark.parametrize(
    "query",
    [
        "stage=nonsense&gender=x&seen=never&who=%00&portrait=&language=zz&started=perhaps",
        "before=nonsense",
        "before=2026-01-01T00:00:00~nonsense",
        "looks=-1&looks=99999999999999",
        "q=%00%F0%9F%92%94&marker==&words=%00",
        "q=%25_%5C",
    ],
)
def test_nonsense_in_an_address_narrows_nothing_and_breaks_nothing(bot: Bot, me: Client, query: str) -> None:
    people_of(bot, "Anna")
    for address in (PAGE, CARDS):
        assert me.get(f"{address}?{query}").status_code == 200
    assert shown(me, stage="nonsense", gender="x", seen="never", who="all", portrait="old") == ["Anna"]


def test_the_inbox_knows_who_needs_a_human(bot: Bot, me: Client) -> None:
    talks = [make_talk(bot, first_name=name) for name in ("Anna", "Berta", "Clara")]
    talks[0].item(need="crisis", needed_at=clock.now())
    talks[1].item(need="asked", needed_at=clock.now())
    assert shown(me, who="crisis") == ["Anna"]
    assert sorted(shown(me, who="needs")) == ["Anna", "Berta"]
    assert shown(me, who="crisis", q="Berta") == []


def test_activity_and_portraits_narrow_too(bot: Bot, me: Client) -> None:
    people_of(bot, "Anna", profile_updated_at=clock.now())
    make_profile(bot, first_name="Old", last_seen_at=clock.now() - timedelta(days=50))
    assert shown(me, seen="week") == ["Anna"]
    assert shown(me, seen="before") == ["Old"]
    assert shown(me, portrait="fresh") == ["Anna"]
    assert shown(me, portrait="none") == ["Old"]


def test_words_are_looked_for_by_those_who_may_read_them_and_stay_where_they_are(
    bot: Bot, other_bot: Bot, me: Client
) -> None:
    talk = make_talk(bot, first_name="Anna")
    talk.says("I dream of a white horse")
    make_talk(bot, first_name="Berta").says("Nothing")
    page = html(me.get(f"{PAGE}?words=horses"))
    assert names(me.get(f"{PAGE}?words=horses")) == ["Anna"]
    assert "said it" in page
    assert "white horse" not in page
    assert shown(me, words="horses", who="crisis") == []
    talk.item(need="crisis", needed_at=clock.now())
    assert shown(me, words="horses", who="crisis") == ["Anna"]
    assert "words that everybody says" in html(me.get(f"{PAGE}?words=the"))
    assert talk.events("words.searched") == []
    with in_bot(bot.id):
        assert Event.objects.for_bot(bot.id).filter(kind="words.searched").count() == 1


def test_who_reads_no_words_looks_for_none(bot: Bot, me: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        roles.CAPABILITIES, Role.READ_ONLY, frozenset({Capability.SEE_FIGURES, Capability.SEE_PEOPLE})
    )
    looker = browser(make_coach(bot, role=Role.READ_ONLY))
    people_of(bot, "Anna")
    assert shown(looker) == ["Anna"]
    assert 'name="words"' not in html(looker.get(PAGE))
    assert looker.get(f"{PAGE}?words=horse").status_code == 403
    assert 'name="words"' in html(me.get(PAGE))


# Further


def test_a_list_goes_on_as_it_is_scrolled_and_ends(
    bot: Bot, me: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsing.browse_people, "__kwdefaults__", {**KWDEFAULTS, "limit": 2})
    people_of(bot, "A", "B", "C", "D", "E")
    answer = me.get(f"{PAGE}?gender=-")
    seen = names(answer)
    while found := re.search(r'hx-get="(/admin/gallery/cards/\?[^"]*)"', html(answer)):
        answer = me.get(unescape(found[1]))
        seen += names(answer)
    assert seen == ["A", "B", "C", "D", "E"]
    assert "These are all." in html(answer)


def test_a_page_that_finds_nobody_looks_further_by_itself_for_a_while(
    bot: Bot, me: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        browsing.browse_people, "__kwdefaults__", {**KWDEFAULTS, "limit": 1, "stretches": (1,)}
    )
    monkeypatch.setattr(listing, "MOST_LOOKS", 2)
    people_of(bot, *"ABCDEFGH")
    make_profile(bot, first_name="Rare", gender="other", last_seen_at=clock.now() - timedelta(days=3))
    first = html(me.get(f"{PAGE}?gender=other"))
    assert "Searching further" in first
    assert 'hx-trigger="intersect once"' in first
    link = re.search(r'hx-get="(/admin/gallery/cards/\?[^"]*looks=1[^"]*)"', first)
    assert link is not None
    second = html(me.get(unescape(link[1])))
    assert "Search further back" in second
    assert "hx-trigger" not in second
    # By hand it goes on, anew.
    answer = second
    for _ in range(9):
        found = re.search(r'hx-get="(/admin/gallery/cards/\?[^"]*)"', answer)
        if found is None or "Rare" in answer:
            break
        answer = html(me.get(unescape(found[1])))
    assert "Rare" in answer


def test_how_far_back_was_looked_is_said_as_people_say_it(
    bot: Bot, me: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        browsing.browse_people, "__kwdefaults__", {**KWDEFAULTS, "limit": 1, "stretches": (1,)}
    )
    people_of(bot, "A", "B", last_seen_at=clock.now() - timedelta(minutes=21, seconds=5))
    said: dict[str, str] = {}
    for language in ("en", "ru"):
        me.cookies["django_language"] = language
        page = html(me.get(f"{PAGE}?gender=other"))
        said[language] = re.sub(r"<[^>]*>", "", page).replace("\xa0", " ")
    assert "Nobody among those seen later than 21 minutes ago." in said["en"]
    assert "Среди тех, кто заходил позже, чем 21 минуту назад, никого." in said["ru"]


# What a card says


def test_a_card_says_what_is_known_at_a_glance(bot: Bot, me: Client, stopped_clock: Clock) -> None:
    person = make_profile(
        bot,
        first_name="Vera",
        last_name="Orlova",
        username="vera_o",
        journey_stage="REFUSAL",
        streams=["awakening", "unknown-stream", "x", "y"],
        readiness={"awakening": 72, "past-lives": 9, "odd": "much", "more": 400},
        profile_updated_at=clock.now() - timedelta(days=9),
        last_seen_at=clock.now() - timedelta(hours=2),
        paused_at=clock.now(),
    )
    page = html(me.get(CARDS))
    for each in (
        "Vera Orlova",
        f"@vera_o · {person.telegram_id}",
        "Refusal of the Call",
        "3 / 12",
        "72 %",
        "unknown-stream",
        "+1",
        "paused",
        "2\xa0hours ago",
        "1\xa0week ago",
        f"/admin/profiles/profile/{person.id}/change/",
    ):
        assert each in page, each
    assert page.count('rx="2" class="is-on"/>') == 3
    assert '<rect class="is-on" width="72"' in page
    assert "is-stale" in page
    assert "<img" not in page


def test_odd_rows_are_shown_all_the_same(bot: Bot, me: Client) -> None:
    make_profile(
        bot, first_name="", username="", streams={"no": "list"}, readiness=["no"], journey_stage="ODD"
    )
    make_profile(bot, first_name="\u202e\u200b", readiness={"a": True})
    page = html(me.get(CARDS))
    assert page.count('class="gl-name"') == 2
    assert "ODD" in page


# Nobody


def test_nobody_is_told_what_to_do_next(bot: Bot, me: Client, settings: Any) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    assert "Talk to a bot in the sandbox" in html(me.get(PAGE))
    settings.SANDBOX_URL = ""
    assert "See your bots" in html(me.get(PAGE))
    assert "Nobody fits." in html(me.get(f"{PAGE}?gender=male"))
    assert "No bot was given to you yet." in html(browser(make_user()).get(PAGE))


def test_whoever_may_add_bots_is_led_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "people_bots", lambda _request: [])
    assert "Add a bot" in html(browser(make_user(superuser=True)).get(PAGE))


# Their picture


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What Telegram was asked for; it answers with a tiny picture."""
    asked: list[int] = []

    async def fetch(*, telegram_id: int, **_how: Any) -> bytes | None:
        asked.append(telegram_id)
        return None if telegram_id == 404 else b"\xff\xd8\xff picture"

    monkeypatch.setattr(photos, "fetch_bot_picture", fetch)
    return asked


def test_a_picture_comes_by_way_of_us_and_is_asked_for_once(
    bot: Bot, me: Client, pictures: list[int], redis_url: str
) -> None:
    person = make_profile(bot, photo_id="AQADunique", photo_file_id="file", telegram_id=77_001)
    address = f"/admin/gallery/photo/{bot.id}/{person.id}/"
    assert f'src="{address}?v=AQADunique"' in html(me.get(CARDS))
    for _ in range(2):
        answer = me.get(address)
        assert (answer.status_code, answer.content) == (200, b"\xff\xd8\xff picture")
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["Cache-Control"] == "private, max-age=86400"
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert pictures == [77_001]


def test_a_picture_that_cannot_be_had_is_none_and_not_asked_for_again(
    bot: Bot, me: Client, pictures: list[int], redis_url: str
) -> None:
    person = make_profile(bot, photo_id="gone", photo_file_id="file", telegram_id=404)
    for _ in range(2):
        assert me.get(f"/admin/gallery/photo/{bot.id}/{person.id}/").status_code == 404
    assert pictures == [404]


def test_pictures_of_others_are_not_there(bot: Bot, other_bot: Bot, me: Client, pictures: list[int]) -> None:
    theirs = make_profile(other_bot, photo_id="p", photo_file_id="f")
    bare = make_profile(bot)
    analyst = browser(make_coach(bot, role=Role.ANALYST))
    mine = make_profile(bot, photo_id="p", photo_file_id="f")
    assert me.get(f"/admin/gallery/photo/{other_bot.id}/{theirs.id}/").status_code == 404
    assert me.get(f"/admin/gallery/photo/{bot.id}/{theirs.id}/").status_code == 404
    assert me.get(f"/admin/gallery/photo/{bot.id}/{bare.id}/").status_code == 404
    assert analyst.get(f"/admin/gallery/photo/{bot.id}/{mine.id}/").status_code == 404
    assert Client().get(f"/admin/gallery/photo/{bot.id}/{mine.id}/").status_code == 302
    assert pictures == []


def test_a_bot_whose_token_cannot_be_read_shows_no_pictures(
    bot: Bot, me: Client, pictures: list[int]
) -> None:
    person = make_profile(bot, photo_id="p2", photo_file_id="f")
    Bot.objects.filter(id=bot.id).update(token_sealed="broken")
    try:
        assert me.get(f"/admin/gallery/photo/{bot.id}/{person.id}/").status_code == 404
    finally:
        # Others turn the keys of all bots.
        Bot.objects.filter(id=bot.id).update(token_sealed=bot.token_sealed)
    assert pictures == []


async def test_a_picture_is_the_one_that_telegram_shows(
    sandbox: Sandbox, telegram_person: TelegramPerson, redis_url: str
) -> None:
    await telegram_person.set_face(photo=PNG)
    bot = await on_database(make_bot, token=telegram_person.token, api_url=sandbox.url)
    person = await on_database(make_profile, bot, telegram_id=telegram_person.id, photo_id="shown")
    shown = Photo(telegram_person.id, "shown")
    found = await asyncio.to_thread(photos.picture_of, bot_id=bot.id, profile_id=person.id, photo=shown)
    assert found == photos.Picture(PNG, "image/png")


def test_a_bot_without_people_says_so_and_not_that_nobody_fits(bot: Bot) -> None:
    coach = browser(make_coach(bot))
    whole = coach.get("/admin/gallery/", {"bot": bot.slug}).content.decode()
    assert ("Nobody has talked with this bot yet." in whole, "Nobody fits." in whole) == (True, False)
    narrowed = coach.get("/admin/gallery/", {"bot": bot.slug, "gender": "male"}).content.decode()
    assert ("Nobody has talked with" in narrowed, "Nobody fits." in narrowed) == (False, True)
