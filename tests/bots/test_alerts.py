from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connections, transaction

from bots.alerts import CHANNEL, parted, with_swallowed
from bots.models import Alert, Bot
from bots.services.acknowledge_alert import acknowledge_alert
from bots.services.mark_told import mark_told
from bots.services.raise_alert import raise_alert
from core.clock import Clock
from tests.cast import make_bot, make_token
from tests.fixtures.database import database_role
from tests.web.people import make_user

Owner = psycopg.Connection[Any]


def rows(bot: Bot | None, *fields: str, **where: Any) -> list[Any]:
    """The alerts of a bot, oldest first."""
    found = Alert.objects.filter(bot=bot, **where).order_by("first_at", "id")
    return list(found.values_list(*fields, flat=len(fields) == 1))


def test_an_alert_is_a_row_that_nobody_was_told_of(bot: Bot, stopped_clock: Clock) -> None:
    assert (
        raise_alert(kind="task_failed", bot_id=bot.id, subject="care.tasks.rotate", detail="ValueError")
        is True
    )
    (alert,) = Alert.objects.filter(bot=bot)
    now = stopped_clock.now()
    assert (alert.kind, alert.subject, alert.detail) == ("task_failed", "care.tasks.rotate", "ValueError")
    assert (alert.count, alert.is_current, alert.first_at, alert.last_at) == (1, True, now, now)
    assert (alert.notified_at, alert.acknowledged_at) == (None, None)
    assert str(alert) == "background task failed care.tasks.rotate"


def test_the_same_within_a_quarter_of_an_hour_is_counted_and_not_repeated(
    bot: Bot, stopped_clock: Clock
) -> None:
    began = stopped_clock.now()
    raise_alert(kind="bot_deaf", bot_id=bot.id, detail="first")
    stopped_clock.advance(timedelta(minutes=14, seconds=59))
    assert raise_alert(kind="bot_deaf", bot_id=bot.id, detail="second") is False
    assert rows(bot, "count", "detail", "first_at", "last_at") == [(2, "first", began, stopped_clock.now())]


def test_after_a_quarter_of_an_hour_it_is_told_anew_with_what_was_swallowed(
    bot: Bot, stopped_clock: Clock
) -> None:
    for _ in range(42):
        raise_alert(kind="error", bot_id=bot.id, subject="KeyError", detail="at x.py:1")
    stopped_clock.advance(timedelta(minutes=15))
    assert raise_alert(kind="error", bot_id=bot.id, subject="KeyError", detail="at x.py:2") is True
    assert raise_alert(kind="error", bot_id=bot.id, subject="KeyError", detail="at x.py:3") is False
    assert rows(bot, "count", "detail", "is_current") == [
        (42, "at x.py:1", False),
        (2, "at x.py:2 (41 more before)", True),
    ]


def test_an_alert_that_was_told_whole_swallowed_nothing(bot: Bot, stopped_clock: Clock) -> None:
    raise_alert(kind="bot_crashed", bot_id=bot.id, detail="it fell")
    stopped_clock.advance(timedelta(hours=3))
    assert raise_alert(kind="bot_crashed", bot_id=bot.id, detail="it fell") is True
    assert rows(bot, "count", "detail", "is_current") == [(1, "it fell", False), (1, "it fell", True)]


def test_another_kind_bot_or_subject_is_another_alert(bot: Bot, other_bot: Bot) -> None:
    subject = f"subject-{uuid4()}"
    for kind, bot_id, about in (
        ("error", bot.id, subject),
        ("task_failed", bot.id, subject),
        ("error", other_bot.id, subject),
        ("error", None, subject),
        ("error", bot.id, "another"),
    ):
        assert raise_alert(kind=kind, bot_id=bot_id, subject=about) is True
        assert raise_alert(kind=kind, bot_id=bot_id, subject=about) is False
    assert rows(None, "count", subject=subject) == [2]
    assert rows(other_bot, "count") == [2]
    assert rows(bot, "count") == [2, 2, 2]


def test_long_subjects_that_begin_alike_are_not_the_same(bot: Bot) -> None:
    assert raise_alert(kind="error", bot_id=bot.id, subject="x" * 200 + "a") is True
    assert raise_alert(kind="error", bot_id=bot.id, subject="x" * 200 + "b") is True
    assert rows(bot, "subject") == ["x" * 120, "x" * 120]


def test_an_alert_holds_no_secrets_no_lines_and_no_more_than_fits(bot: Bot) -> None:
    token = make_token()
    raise_alert(
        kind="error",
        bot_id=bot.id,
        subject=f"POST\n/bot{token}/getMe\x00",
        detail=f"https://api.telegram.org/bot{token}/x\n" + "y" * 900,
    )
    ((subject, detail),) = rows(bot, "subject", "detail")
    assert subject == "POST /bot<token>/getMe"
    assert token not in detail
    assert len(detail) == 300


def test_a_bot_that_is_gone_raises_nothing() -> None:
    gone = uuid4()
    assert raise_alert(kind="error", bot_id=gone) is False
    assert not Alert.objects.filter(bot_id=gone).exists()


def test_a_kind_that_does_not_exist_is_refused(bot: Bot) -> None:
    with pytest.raises(ValueError, match="gossip"):
        raise_alert(kind="gossip", bot_id=bot.id)
    assert rows(bot, "id") == []


def test_supervisors_hear_of_a_new_row_and_of_no_repetition(bot: Bot, owner_database: Owner) -> None:
    heard: list[str] = []
    owner_database.add_notify_handler(lambda notice: heard.append(notice.payload))
    owner_database.execute(f"LISTEN {CHANNEL}")
    raise_alert(kind="bot_deaf", bot_id=bot.id)
    raise_alert(kind="bot_deaf", bot_id=bot.id)
    owner_database.execute("SELECT 1")
    assert [each for each in heard if each == str(rows(bot, "id")[0])] == heard == [str(rows(bot, "id")[0])]
    owner_database.execute(f"UNLISTEN {CHANNEL}")


def test_an_alert_goes_with_the_transaction_that_it_was_raised_in(bot: Bot) -> None:
    with transaction.atomic():
        raise_alert(kind="error", bot_id=bot.id)
        transaction.set_rollback(True)
    assert rows(bot, "id") == []


def in_parallel(times: int, bot: Bot, minutes_ago: int = 0) -> list[bool]:
    """Raise the same alert from so many connections at the same moment."""
    start = Barrier(times)
    answers: list[bool] = []

    def run() -> None:
        try:
            start.wait(timeout=20)
            answers.append(raise_alert(kind="error", bot_id=bot.id, subject="race", detail="d"))
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_many_who_raise_the_same_at_once_one_is_first_and_none_is_lost(bot: Bot) -> None:
    answers = in_parallel(12, bot)
    assert sorted(answers) == [False] * 11 + [True]
    assert rows(bot, "count", "is_current") == [(12, True)]


def test_of_many_who_come_after_a_quarter_of_an_hour_one_begins_anew(bot: Bot, stopped_clock: Clock) -> None:
    for _ in range(3):
        raise_alert(kind="error", bot_id=bot.id, subject="race", detail="d")
    stopped_clock.advance(timedelta(minutes=16))
    answers = in_parallel(12, bot)
    assert sorted(answers) == [False] * 11 + [True]
    assert rows(bot, "count", "is_current", "detail") == [(3, False, "d"), (12, True, "d (2 more before)")]


def test_a_clock_that_is_a_little_behind_does_not_turn_the_last_time_back(
    bot: Bot, stopped_clock: Clock
) -> None:
    raise_alert(kind="error", bot_id=bot.id)
    later = stopped_clock.now()
    stopped_clock.advance(timedelta(seconds=-5))
    assert raise_alert(kind="error", bot_id=bot.id) is False
    assert rows(bot, "count", "last_at") == [(2, later)]


@pytest.mark.parametrize(
    ("detail", "swallowed", "written"),
    [
        ("", 0, ""),
        ("", 3, "(3 more before)"),
        ("x", 3, "x (3 more before)"),
        ("y" * 400, 12, "y" * 283 + " (12 more before)"),
    ],
)
def test_what_was_swallowed_is_written_so_that_it_can_be_read_again(
    detail: str, swallowed: int, written: str
) -> None:
    assert with_swallowed(detail, swallowed) == written
    assert parted(written) == (detail[:283] if swallowed else detail, swallowed)


def test_who_acknowledges_first_is_kept_and_telegram_need_not_tell_any_more(
    bot: Bot, stopped_clock: Clock
) -> None:
    with database_role("staff"):
        first, second = make_user(), make_user()
        raise_alert(kind="error", bot_id=bot.id)
        (alert_id,) = rows(bot, "id")
        at = stopped_clock.now()
        assert acknowledge_alert(alert_id=alert_id, by=first) is True
        stopped_clock.advance(timedelta(minutes=1))
        assert acknowledge_alert(alert_id=alert_id, by=second) is False
        assert rows(bot, "acknowledged_at", "acknowledged_by", "notified_at") == [(at, first.pk, at)]
        assert acknowledge_alert(alert_id=uuid4(), by=first) is False


def test_an_alert_that_was_told_stays_told_at_its_time(stopped_clock: Clock) -> None:
    bot = make_bot()
    raise_alert(kind="error", bot_id=bot.id)
    ids = rows(bot, "id")
    at = stopped_clock.now()
    assert mark_told(alert_ids=ids) == 1
    stopped_clock.advance(timedelta(minutes=1))
    assert mark_told(alert_ids=ids) == 0
    assert rows(bot, "notified_at") == [at]
