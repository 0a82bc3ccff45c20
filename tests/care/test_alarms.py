"""What admins read, for every kind of alert, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from bots.contracts import WaitingAlert
from bots.models import AlertKind
from care import alarms
from care.alarms import alert_text, digest_text
from core.clock import clock
from sessions_app.crisis import CrisisKind
from tests.sessions_app.telegram_html import seen, utf16_units

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ALERT = WaitingAlert(
    id=uuid4(), bot_id=uuid4(), kind="error", subject="", detail="", count=1, swallowed=0, first_at=NOON
)


def said(language: str = "en", *, timezone: str = "UTC", bot: str | None = "Vera", **fields: object) -> str:
    with clock.stopped(NOON + timedelta(minutes=7)):
        return alert_text(replace(ALERT, **fields), language, bot=bot, timezone=timezone)


def subjects(kind: str) -> list[str]:
    return {
        "bot_deaf": ["", "conflict"],
        "budget_spent": ["2026-03-02 daily", "2026-03-02 rotation"],
        "crisis": [*CrisisKind, "something else"],
        "model_unreachable": ["gpt-4o-mini"],
    }.get(kind, ["a subject"])


@pytest.mark.parametrize("language", ["ru", "en", "de"])
@pytest.mark.parametrize("kind", AlertKind.values)
def test_every_alert_can_be_said_and_is_well_formed(kind: str, language: str) -> None:
    for subject in subjects(kind):
        text = said(language, kind=kind, subject=subject, detail="a <detail> & more", count=3, swallowed=41)
        assert "{" not in text
        assert "a <detail> & more" in seen(text)
        assert ("Vera" in text, "3" in text, "41" in text) == (True, True, True)


def test_both_languages_say_the_same_things() -> None:
    assert alarms._read("ru").keys() == alarms._read("en").keys()


def test_a_critical_error_reads_like_this() -> None:
    assert said(subject="KeyError in admin:index", detail="KeyError at bots/admin/home.py:3 home") == (
        "🔴 <b>Critical error</b>\n"
        "Bot: Vera\n"
        "<code>KeyError in admin:index</code>\n"
        "<i>KeyError at bots/admin/home.py:3 home</i>\n"
        "\n"
        "Something broke that nobody foresaw.\n"
        "\n"
        "Since 12:00 UTC."
    )


def test_it_concerns_the_installation_where_no_bot_is_named() -> None:
    assert "\nThe whole installation\n" in said(bot=None)
    assert "\nВся установка\n" in said("ru", bot=None)


@pytest.mark.parametrize(
    ("timezone", "time"),
    [("Europe/Moscow", "15:00 MSK"), ("Asia/Kathmandu", "17:45 +0545"), ("Nowhere/At_All", "12:00 UTC")],
)
def test_times_are_those_of_the_bots_own_clock(timezone: str, time: str) -> None:
    assert said(timezone=timezone).endswith(f"Since {time}.")


def test_another_day_is_named() -> None:
    assert said(first_at=NOON - timedelta(days=1)).endswith("Since 01.03 12:00 UTC.")


def test_a_crisis_says_what_kind_it_is_and_nothing_else() -> None:
    text = said(kind="crisis", subject="self_harm")
    assert text.splitlines()[0] == "🆘 <b>A sign of crisis</b>"
    assert "Somebody spoke of harming themselves." in text
    assert "self_harm" not in text
    assert "Somebody may be in danger." in said(kind="crisis", subject="unheard of")


@pytest.mark.parametrize(
    ("subject", "words"),
    [("update buried", "under “Buried updates”"), ("a worker of runbots ended", "was started again")],
)
def test_errors_that_staff_can_do_something_about_say_what(subject: str, words: str) -> None:
    assert words in said(subject=subject)
    assert "nobody foresaw" not in said(subject=subject)


def test_a_budget_is_named_in_words() -> None:
    text = said(kind="budget_spent", subject="2026-03-02 rotation", detail="1.00 of 1.00 USD")
    assert "Profiles are not refreshed any more" in text
    assert "2026-03-02" not in text
    assert "a part of what the bot does" in said(kind="budget_spent", subject="")


def test_the_longest_digest_fits_into_one_message() -> None:
    bots = {uuid4(): "Ы" * 100 for _ in range(40)}
    alerts = [replace(ALERT, bot_id=bot, subject="&" * 120, count=100_000, swallowed=7) for bot in bots]
    for language in ("ru", "en"):
        text = digest_text(alerts, language, bots=bots)
        assert utf16_units(seen(text)) <= 4096
        assert "25" in text.splitlines()[-3]
