"""A person's link to the platform: made, followed, counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from bots.models import Bot
from core.clock import Clock, clock
from core.tenancy import in_bot
from events.models import Event
from profiles.models import ActivityLog, Profile, Stream
from profiles.platform import PlatformVisit, platform_link, read_token
from profiles.services.erase_profile import erase_profile
from profiles.services.save_stream import save_stream, withdraw_stream
from tests.cast import make_bot, make_profile
from tests.web.people import browser, make_coach

PLATFORM = "https://relove.example/welcome?from=bot"
PHONE = "Mozilla/5.0 (Linux; Android 14; CUBOT NOTE) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


@pytest.fixture
def bot(as_staff: None) -> Bot:
    return make_bot(platform_url=PLATFORM)


@pytest.fixture
def vera(bot: Bot) -> UUID:
    return make_profile(bot).id


@pytest.fixture
def stream(as_staff: None) -> Iterator[str]:
    slug = f"stream-{uuid4().hex[:8]}"
    save_stream(
        slug=slug, is_new=True, name_ru="Поток", name_en="Stream", url="https://relove.example/stream"
    )
    yield slug
    Stream.objects.filter(slug=slug).delete()


def path(bot: Bot, profile_id: UUID, stream: str = "") -> str:
    return urlsplit(platform_link(bot_id=bot.id, profile_id=profile_id, stream=stream)).path


def follow(address: str, *, agent: str = PHONE, **headers: str) -> HttpResponse:
    return Client().get(address, headers={"user-agent": agent, **headers})


def visits(bot: Bot) -> list[tuple[UUID, Any]]:
    with in_bot(bot.id):
        rows = ActivityLog.objects.for_bot(bot.id).filter(kind="platform_visit").order_by("created_at", "id")
        return list(rows.values_list("profile_id", "details"))


def events(bot: Bot) -> list[tuple[str, Any]]:
    with in_bot(bot.id):
        rows = Event.objects.for_bot(bot.id).order_by("created_at", "id")
        return list(rows.values_list("kind", "payload"))


def test_a_link_is_whole_short_and_nowhere_called_localhost(bot: Bot, vera: UUID, settings: Settings) -> None:
    link = platform_link(bot_id=bot.id, profile_id=vera)
    assert link.startswith("http://127.0.0.1:")
    settings.PUBLIC_URL = "http://localhost:8000"
    assert platform_link(bot_id=bot.id, profile_id=vera).startswith("http://127.0.0.1:8000/go/")
    settings.PUBLIC_URL = "https://localhost.relove.example"
    link = platform_link(bot_id=bot.id, profile_id=vera)
    assert link.startswith("https://localhost.relove.example/go/")
    settings.PUBLIC_URL = "https://relove.example/base"
    link = platform_link(bot_id=bot.id, profile_id=vera, stream="x" * 32)
    assert link.startswith("https://relove.example/base/go/")
    token = link.rpartition("/")[2]
    assert len(token) < 200
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~")
    assert read_token(token) == PlatformVisit(bot.id, vera, "x" * 32)
    assert str(vera) not in link


def test_following_it_leads_to_the_platform_and_counts(bot: Bot, vera: UUID, stopped_clock: Clock) -> None:
    response = follow(path(bot, vera))
    assert (response.status_code, response["Location"]) == (302, PLATFORM)
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert visits(bot) == [(vera, {})]
    with in_bot(bot.id):
        row = Profile.objects.for_bot(bot.id).get(id=vera)
    assert (row.has_visited_platform, row.visited_platform_at) == (True, clock.now())
    assert events(bot) == [("platform.visited", {}), ("funnel.visited_platform", {})]


def test_a_stream_has_its_own_page_while_it_is_on_offer(bot: Bot, vera: UUID, stream: str) -> None:
    address = path(bot, vera, stream)
    assert follow(address)["Location"] == "https://relove.example/stream"
    assert visits(bot) == [(vera, {"stream": stream})]
    assert events(bot)[0] == ("platform.visited", {"stream": stream})
    withdraw_stream(slug=stream)
    assert follow(address)["Location"] == PLATFORM
    # Without a page of its own it is the platform, too.
    assert follow(path(bot, vera, "shadow"))["Location"] == PLATFORM


def test_an_impatient_finger_is_one_visit_and_a_later_one_another(
    bot: Bot, vera: UUID, stream: str, stopped_clock: Clock
) -> None:
    for _ in range(3):
        assert follow(path(bot, vera)).status_code == 302
    follow(path(bot, vera, stream))
    assert visits(bot) == [(vera, {}), (vera, {"stream": stream})]
    stopped_clock.advance(timedelta(minutes=2))
    follow(path(bot, vera))
    assert len(visits(bot)) == 3
    assert [kind for kind, _ in events(bot)].count("funnel.visited_platform") == 1


@pytest.mark.parametrize(
    "agent",
    [
        "TelegramBot (like TwitterBot)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "WhatsApp/2.23.20.0",
        "Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)",
        "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Twitterbot/1.0",
    ],
)
def test_programs_that_look_at_links_are_led_on_and_not_counted(bot: Bot, vera: UUID, agent: str) -> None:
    assert follow(path(bot, vera), agent=agent)["Location"] == PLATFORM
    assert (visits(bot), events(bot)) == ([], [])


def test_a_mere_look_does_not_count(bot: Bot, vera: UUID) -> None:
    response = Client().head(path(bot, vera))
    assert (response.status_code, response["Location"]) == (302, PLATFORM)
    assert follow(path(bot, vera), **{"sec-purpose": "prefetch;prerender"}).status_code == 302
    assert follow(path(bot, vera), purpose="prefetch").status_code == 302
    assert Client().post(path(bot, vera)).status_code == 405
    assert visits(bot) == []


@pytest.mark.parametrize(
    "broken", ["{token}x", "x{token}", "{token:.80}", "x", "~", "яяяяяяяяяя", "a" * 5000]
)
def test_a_broken_link_leads_nowhere(bot: Bot, vera: UUID, broken: str) -> None:
    token = path(bot, vera).rpartition("/")[2]
    response = follow(f"/go/{broken.format(token=token)}", **{"accept-language": "ru"})
    assert response.status_code == 404
    assert "Эта ссылка никуда не ведёт" in response.content.decode()
    assert visits(bot) == []


def test_a_link_signed_for_something_else_leads_nowhere(bot: Bot, vera: UUID, settings: Settings) -> None:
    address = path(bot, vera)
    settings.SECRET_KEY = "another installation's key, long enough to be one of its own"
    response = follow(address)
    assert response.status_code == 404
    assert "This link leads nowhere" in response.content.decode()


def test_the_link_of_a_bot_that_is_gone_leads_nowhere(bot: Bot, vera: UUID) -> None:
    link = platform_link(bot_id=uuid4(), profile_id=vera)
    assert follow(urlsplit(link).path).status_code == 404
    # Somebody who is of another bot is nobody here.
    foreign = make_bot()
    assert follow(path(foreign, vera)).status_code == 200
    assert (visits(foreign), visits(bot)) == ([], [])


def test_who_was_erased_is_led_on_and_nobody(bot: Bot, vera: UUID) -> None:
    address = path(bot, vera)
    with in_bot(bot.id):
        erase_profile(bot_id=bot.id, profile_id=vera)
    assert follow(address)["Location"] == PLATFORM
    assert visits(bot) == []
    assert [kind for kind, _ in events(bot)] == ["profile.erased"]


def test_who_does_not_agree_any_more_is_not_counted(bot: Bot) -> None:
    stranger = make_profile(bot, consented_at=None)
    assert follow(path(bot, stranger.id))["Location"] == PLATFORM
    assert (visits(bot), events(bot)) == ([], [])


@pytest.mark.parametrize(
    "address", ["", "javascript:alert(1)", "ftp://relove.example", "//relove.example", "https://["]
)
def test_without_a_platform_there_is_a_kind_page_in_the_persons_language(
    as_staff: None, address: str
) -> None:
    bot = make_bot(platform_url=address)
    for language, said in (("ru", "Платформа ещё не открыта"), ("en", "The platform is not open yet")):
        person = make_profile(bot, language=language)
        response = follow(path(bot, person.id), **{"accept-language": "de"})
        assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
        assert said in response.content.decode()
        assert f'<html lang="{language}">' in response.content.decode()


def test_staff_who_are_logged_in_follow_it_like_everybody(bot: Bot, vera: UUID) -> None:
    # Their own scope stands around the view, and it names other bots.
    coach = browser(make_coach(make_bot()))
    response = coach.get(path(bot, vera), headers={"user-agent": PHONE})
    assert (response.status_code, response["Location"]) == (302, PLATFORM)
    assert visits(bot) == [(vera, {})]


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = (Path(__file__).parents[2] / "templates" / "profiles" / "no_platform.html").read_text()
    assert "http" not in page
    assert "src=" not in page
