"""The inbox in the admin: its list, the door before a conversation, and what is read behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from bots.models import Bot
from bots.roles import Role
from core.clock import Clock, clock
from core.ids import new_id
from sessions_app.models import SavedReply
from tests.cast import make_profile
from tests.dashboard.talks import Talk, make_talk
from tests.web.people import browser, make_coach, make_user

LIST = "/admin/inbox/"
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'
ESCAPED = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"
SHOWS = ("all", "needs", "crisis", "unanswered", "mine", "unread", "taken", "drafts", "later", "nonsense")


def html(response: Any) -> str:
    return str(response.content.decode())


def open_to(me: Client, talk: Talk, reason: str = "quality") -> str:
    """The page of a conversation, a reason given."""
    me.post(f"{talk.page}open/", {"reason": reason})
    answer = me.get(talk.page)
    assert answer.status_code == 200
    return html(answer)


@pytest.fixture
def vera(bot: Bot, stopped_clock: Clock) -> Talk:
    talk = make_talk(bot, first_name="Vera", username="vera_o")
    talk.session(started_at=clock.now() - timedelta(minutes=2))
    talk.says("He never listens.", at=clock.now() - timedelta(minutes=1))
    talk.answers("And you?")
    return talk


@pytest.fixture
def me(bot: Bot) -> Client:
    return browser(make_coach(bot))


# The list


@pytest.mark.parametrize("show", SHOWS)
def test_every_list_opens(vera: Talk, me: Client, show: str) -> None:
    assert me.get(f"{LIST}?show={show}").status_code == 200
    assert me.get(f"{LIST}rows/?show={show}").status_code == 200


def test_the_list_shows_names_and_nothing_that_was_said(vera: Talk, me: Client) -> None:
    page = html(me.get(LIST))
    assert "Vera" in page
    assert "the bot answered" in page
    assert "He never listens." not in page
    assert "And you?" not in page


def test_one_sees_the_conversations_of_ones_own_bots_alone(vera: Talk, me: Client, other_bot: Bot) -> None:
    make_talk(other_bot, first_name="Somebody else")
    assert "Somebody else" not in html(me.get(LIST))
    assert "Somebody else" not in html(me.get(f"{LIST}?bot={other_bot.slug}"))
    both = browser(make_coach(vera.bot, other_bot))
    assert "Somebody else" in html(both.get(LIST))
    assert "Somebody else" not in html(both.get(f"{LIST}?bot={vera.bot.slug}"))


def test_an_analyst_sees_no_conversation(vera: Talk) -> None:
    analyst = browser(make_coach(vera.bot, role=Role.ANALYST))
    page = html(analyst.get(LIST))
    assert "Vera" not in page
    assert "Your role shows no conversations." in page
    assert analyst.get(vera.page).status_code == 404


@pytest.mark.parametrize("term", ["Vera", "@vera_o", "https://t.me/vera_o"])
def test_people_are_found_by_name_or_username(vera: Talk, me: Client, term: str) -> None:
    make_talk(vera.bot, first_name="Mark")
    page = html(me.get(f"{LIST}rows/?q={quote(term)}"))
    assert "Vera" in page
    assert "Mark" not in page


def test_people_are_found_by_their_number(vera: Talk, me: Client) -> None:
    assert "Vera" in html(me.get(f"{LIST}?q={vera.person.telegram_id}"))
    assert "Nobody is called so." in html(me.get(f"{LIST}?q=4711"))


def test_a_long_list_goes_on_by_a_link(bot: Bot, me: Client) -> None:
    now = clock.now()
    for number in range(42):
        make_talk(bot, first_name=f"Person-{number}.", last_seen_at=now - timedelta(minutes=number))
    page = html(me.get(LIST))
    assert "Person-39." in page
    assert "Person-40." not in page
    more = page.split('data-more="')[1].split('"')[0].replace("&amp;", "&")
    older = html(me.get(more))
    assert "Person-39." not in older
    assert "Person-41." in older
    assert "data-more" not in older


@pytest.mark.parametrize("before", ["", "x", "2026-01-01~x", "2026-01-01T00:00:00~" + "0" * 32])
def test_a_place_that_is_none_is_the_beginning(vera: Talk, me: Client, before: str) -> None:
    assert "Vera" in html(me.get(f"{LIST}?before={before}"))


def test_who_has_the_list_already_is_sent_nothing(vera: Talk, me: Client) -> None:
    stamp = html(me.get(f"{LIST}rows/")).split('data-stamp="')[1].split('"')[0]
    assert me.get(f"{LIST}rows/?stamp={stamp}").status_code == 204
    vera.says("One more thing.", at=clock.now() + timedelta(seconds=1))
    assert "the person wrote last" in html(me.get(f"{LIST}rows/?stamp={stamp}"))


def test_badges_say_what_waits(vera: Talk, me: Client) -> None:
    anna = make_coach(vera.bot)
    anna.first_name = "Anna"
    anna.save()
    now = clock.now()
    vera.item(
        need="crisis",
        needed_at=now,
        mode="human",
        operator=anna,
        hand_back_at=now + timedelta(minutes=5),
        assigned_to=anna,
    )
    page = html(me.get(LIST))
    for words in (">crisis<", "answered by Anna", "for Anna"):
        assert words in page, words


def test_the_sidebar_counts_who_needs_a_human(vera: Talk, me: Client) -> None:
    def badge() -> bool:
        item = html(me.get(LIST)).split('<a href="/admin/inbox/"')[1].split("</a>")[0]
        return ">1<" in "".join(item.split())

    assert not badge()
    vera.item(need="asked", needed_at=clock.now())
    assert badge()


# The door


def test_the_reason_is_asked_once_a_day(vera: Talk, stopped_clock: Clock) -> None:
    user = make_coach(vera.bot)
    me = browser(user)
    first = html(me.get(vera.page))
    assert "Why do you open this conversation?" in first
    assert "He never listens." not in first
    answer = me.post(
        f"{vera.page}open/", {"reason": "complaint", "words": "She called.", "query": "show=needs"}
    )
    assert answer.headers["Location"] == f"{vera.page}?show=needs"
    assert "He never listens." in html(me.get(vera.page))
    assert vera.events("conversation.opened") == [
        {"by": user.pk, "reason": "complaint", "conversation": str(vera.id)}
    ]
    assert vera.notes() == ["She called."]
    stopped_clock.advance(timedelta(hours=23))
    me = browser(user)
    assert "He never listens." in html(me.get(vera.page))
    stopped_clock.advance(timedelta(hours=2))
    assert "He never listens." not in html(browser(user).get(vera.page))


def test_without_a_reason_it_stays_closed(vera: Talk, me: Client) -> None:
    me.post(f"{vera.page}open/", {"reason": "other"})
    page = html(me.get(vera.page))
    assert "Say why you open this conversation." in page
    assert "He never listens." not in page


@pytest.mark.parametrize("name", ["live", "aside", "older"])
def test_no_way_leads_around_the_door(vera: Talk, me: Client, name: str) -> None:
    assert me.get(f"{vera.page}{name}/").status_code == 403


def test_nobody_acts_before_the_door(vera: Talk, me: Client) -> None:
    assert me.post(f"{vera.page}do/take/").status_code == 403
    assert vera.items() == []


def test_a_colleagues_reason_is_not_mine(vera: Talk, me: Client) -> None:
    open_to(browser(make_coach(vera.bot)), vera)
    assert "He never listens." not in html(me.get(vera.page))


# The conversation


def test_a_conversation_reads_from_top_to_bottom(vera: Talk, me: Client) -> None:
    page = open_to(me, vera)
    places = [
        page.index(words) for words in ("A provocative session begins", "He never listens.", "And you?")
    ]
    assert places == sorted(places)


def test_older_words_come_by_place(vera: Talk, me: Client) -> None:
    vera.says(*(f"Word-{number}." for number in range(55)), at=clock.now() + timedelta(seconds=1))
    page = open_to(me, vera)
    assert "Word-5." in page
    assert "Word-4." not in page
    place = page.split('data-older-place="')[1].split('"')[0]
    older = html(me.get(f"{vera.page}older/", {"before": place}))
    assert "Word-4." in older
    assert "Word-5." not in older
    assert "He never listens." in older
    assert me.get(f"{vera.page}older/", {"before": "nonsense"}).status_code == 404
    assert me.get(f"{vera.page}older/", {"before": "2026-01-01T00:00:00+00:00~x"}).status_code == 404


def test_edited_words_media_and_other_days_are_marked(bot: Bot, me: Client) -> None:
    talk = make_talk(bot)
    now = clock.now()
    talk.says("[voice]", at=now - timedelta(days=400))
    talk.says("", at=now - timedelta(days=1))
    talk.says("Changed", edited_at=now)
    page = open_to(me, talk)
    for words in ("Voice message", "Without words", "edited", "Today", "Yesterday"):
        assert words in page, words
    assert "[voice]" not in page


def test_what_is_new_since_the_last_look_is_marked(vera: Talk, me: Client, stopped_clock: Clock) -> None:
    stopped_clock.advance(timedelta(minutes=1))
    assert 'data-key="new"' not in open_to(me, vera)
    assert me.get(f"{vera.page}live/", {"seen": "1"}).status_code == 200
    stopped_clock.advance(timedelta(minutes=1))
    vera.says("Are you there?")
    page = html(me.get(vera.page))
    assert page.index("And you?") < page.index('data-key="new"') < page.index("Are you there?")


def test_a_live_page_is_told_only_of_changes(vera: Talk, me: Client, stopped_clock: Clock) -> None:
    page = open_to(me, vera)
    stamp = page.split('data-stamp="')[1].split('"')[0]
    since = page.split('data-since="')[1].split('"')[0]
    asked = {"stamp": stamp, "since": since}
    assert me.get(f"{vera.page}live/", asked).status_code == 204
    stopped_clock.advance(timedelta(minutes=1))
    vera.says("One more thing.")
    answer = me.get(f"{vera.page}live/", asked).json()
    assert answer["stamp"] != stamp
    assert "One more thing." in answer["parts"]["flow"]
    assert set(answer["parts"]) == {"bar", "flow", "drafts", "composer"}
    assert me.get(f"{vera.page}live/", {**asked, "stamp": answer["stamp"]}).status_code == 204


def test_a_look_makes_it_read(vera: Talk, me: Client) -> None:
    open_to(me, vera)
    assert "is-unread" in html(me.get(f"{LIST}rows/"))
    me.get(f"{vera.page}live/")
    assert "is-unread" in html(me.get(f"{LIST}rows/"))
    me.get(f"{vera.page}live/", {"seen": "1"})
    assert "is-unread" not in html(me.get(f"{LIST}rows/"))


def test_the_side_says_who_it_is(vera: Talk, me: Client) -> None:
    vera.item(snoozed_until=clock.now() + timedelta(hours=1))
    open_to(me, vera)
    side = html(me.get(f"{vera.page}aside/"))
    for words in (
        "@vera_o",
        f"/admin/profiles/profile/{vera.person.id}/change/",
        "provocative session",
        "Assign",
    ):
        assert words in side, words


def test_why_is_for_those_who_answer_for_prompts(vera: Talk, me: Client) -> None:
    (said,) = vera.answers("Why not?", model="gpt-x", prompt_tokens=900, cost_micros=1500, latency_ms=2100)
    why = f"{vera.page}why/{said.id}/"
    assert "data-why" not in open_to(me, vera)
    assert me.get(why).status_code == 403
    manager = browser(make_coach(vera.bot, role=Role.MANAGER))
    assert manager.get(why).status_code == 403
    assert "data-why" in open_to(manager, vera)
    page = html(manager.get(why))
    for words in ("gpt-x", "900 → 0", "$0.0015", "2.1 s", "as it ships with the code"):
        assert words in page, words
    assert manager.get(f"{vera.page}why/{new_id()}/").status_code == 404


# Abuse


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("get", "live/"),
        ("get", "aside/"),
        ("get", "older/"),
        ("post", "open/"),
        ("post", "do/take/"),
        ("post", "do/say/"),
    ],
)
def test_a_conversation_of_another_bot_is_not_there(
    vera: Talk, other_bot: Bot, method: str, path: str
) -> None:
    user = make_coach(other_bot)
    stranger = browser(user)
    for bot_id in (vera.bot.id, other_bot.id):
        with capture_logs() as logs:
            answer = getattr(stranger, method)(
                f"/admin/inbox/{bot_id}/{vera.id}/{path}", {"reason": "crisis"}
            )
        assert answer.status_code == 404
        assert [each["event"] for each in logs if each["log_level"] == "warning"] == ["inbox.not_found"]
        assert logs[0]["user_id"] == user.pk
    assert vera.events("conversation.opened") == []
    assert vera.items() == []


def test_whoever_is_not_staff_is_led_to_the_login(vera: Talk) -> None:
    for client in (Client(), browser(make_user(staff=False))):
        answer = client.get(vera.page)
        assert answer.status_code == 302
        assert "/admin/login/" in answer.headers["Location"]


def test_a_form_from_elsewhere_does_nothing(vera: Talk) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_coach(vera.bot))
    assert client.post(f"{vera.page}open/", {"reason": "crisis"}).status_code == 403
    assert vera.events("conversation.opened") == []


def test_what_changes_something_is_never_a_link(vera: Talk, me: Client) -> None:
    open_to(me, vera)
    assert me.get(f"{vera.page}do/take/").status_code == 405
    assert me.post(f"{vera.page}do/nonsense/").status_code == 404
    assert vera.items() == []


def test_hostile_words_and_names_are_text(bot: Bot) -> None:
    talk = make_talk(bot, first_name=HOSTILE, last_name="\u202eevil", username="x")
    SavedReply.objects.create(name=HOSTILE[:60], language="", text=HOSTILE)
    anna = make_coach(bot)
    anna.first_name = "<b>Anna</b>"
    anna.save()
    talk.says(HOSTILE)
    talk.answers(HOSTILE, operator=anna, at=clock.now() + timedelta(seconds=1))
    talk.draft(f"{HOSTILE}</textarea>{HOSTILE}")
    me = browser(anna)
    assert "<script>alert" not in html(me.get(LIST))
    assert "<script>alert" not in html(me.get(talk.page))
    open_to(me, talk)
    me.post(f"{talk.page}do/take/")
    me.post(f"{talk.page}do/note/", {"text": HOSTILE})
    page = html(me.get(talk.page))
    assert page.count(ESCAPED) >= 5
    for shown in (page, html(me.get(f"{talk.page}aside/")), str(me.get(f"{talk.page}live/").json())):
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert "<b>Anna" not in shown
        assert "</textarea>&lt;" not in shown


def test_pages_bring_no_script_or_style_of_their_own(vera: Talk, me: Client) -> None:
    page = open_to(me, vera).split('<div class="ib ')[1].split("</aside>")[0]
    shown = [page, html(me.get(f"{LIST}rows/")), html(me.get(f"{vera.page}aside/"))]
    for forbidden in ("<script", "<style", " style=", " onclick=", "javascript:", "x-data"):
        assert not [part for part in shown if forbidden in part], forbidden


# Cost


def queries(me: Client, address: str) -> int:
    me.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert me.get(address).status_code in (200, 204)
    # Those of SQL files go to psycopg directly and are counted by hand below.
    return len([each for each in captured if " FROM " in each["sql"]])


def test_a_page_asks_the_database_a_bounded_number_of_times(bot: Bot, other_bot: Bot) -> None:
    talks = [make_talk(each) for each in (bot, other_bot) for _ in range(10)]
    for talk in talks:
        talk.says("Hello")
        talk.item(need="asked", needed_at=clock.now())
        make_profile(talk.bot)
    coach = browser(make_coach(bot, other_bot))
    assert queries(coach, LIST) + 2 <= 12
    assert queries(coach, f"{LIST}?show=unread") + 2 <= 12
    open_to(coach, talks[0])
    assert queries(coach, talks[0].page) + 3 <= 12
    assert queries(coach, f"{talks[0].page}aside/") + 1 <= 12
