"""The page of the background work: each kind, its last runs, when it is due, and what failed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from celery.schedules import crontab
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bots.models import Bot
from bots.roles import Role
from care.models import RotationRun
from config.celery import app
from core.clock import Clock, clock
from core.tenancy import in_bot
from dashboard.queues.kinds import KINDS, all_kinds
from dashboard.queues.schedule import due
from events.models import TaskRun
from tests.fixtures.database import database_role
from tests.web.people import browser, make_coach

PAGE = "/admin/work/"
ARCHIVE = "profiles.tasks.archive_activity"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _only_these_runs() -> None:
    with database_role("runtime"):
        TaskRun.objects.all().delete()


def ran(task: str, **fields: Any) -> None:
    now = clock.now()
    with database_role("runtime"):
        TaskRun.objects.create(
            **{
                "key": str(uuid4()),
                "task": task,
                "state": "done",
                "first_at": now,
                "started_at": now,
                "ended_at": now,
                "seconds": 1.5,
                **fields,
            }
        )


def html(response: Any) -> str:
    assert response.status_code == 200
    # As it is read.
    return re.sub(r"[ \n\xa0]+", " ", re.sub(r"<[^>]+>", " ", str(response.content.decode())))


def kind(client: Client, task: str) -> dict[str, Any]:
    kinds = client.get(PAGE).context["kinds"]
    return next(each for each in kinds if each["task"] == task)


def test_every_kind_is_a_task_and_what_has_no_words_stands_by_its_name() -> None:
    app.loader.import_default_modules()
    planned = {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {each.task for each in KINDS} <= set(app.tasks)
    assert planned <= {each.task for each in all_kinds(planned)}
    assert all_kinds(["a.new_task"])[-1].name == "new task"


def test_a_kind_tells_its_schedule_its_last_run_and_what_it_came_to(
    owner: Client, stopped_clock: Clock
) -> None:
    ran(ARCHIVE, figures={"moved_old": 1234, "moved_excess": 0, "slices": 2, "is_cut_short": True})
    stopped_clock.advance(timedelta(minutes=5))
    shown = kind(owner, ARCHIVE)
    assert (shown["schedule"], shown["next"]) == ("Sundays at 02:15 UTC", "8 Mar, 02:15")
    assert shown["last"]["figures"] == "old rows moved: 1\u202f234 · transactions: 2 · goes on later"
    assert shown["last"]["took"] == "2 s"
    page = html(owner.get(PAGE))
    assert "Archive of activity" in page
    assert "5 minutes ago" in page


def test_runs_before_the_last_are_listed_and_quiet_ones_together(owner: Client) -> None:
    earlier = clock.now() - timedelta(hours=1)
    ran(ARCHIVE, is_quiet=True, times=17, started_at=earlier, figures={"moved_old": 0})
    ran(ARCHIVE, figures={"moved_old": 3})
    page = html(owner.get(PAGE))
    assert "nothing to do" in page
    assert "17 runs" in page


def test_what_failed_stands_with_its_error_and_a_run_whose_process_died_is_told(owner: Client) -> None:
    ran(ARCHIVE, state="failed", error="<b>LookupError</b> at x.py:1")
    ran(
        "mailbox.tasks.trim_mailbox",
        state="running",
        started_at=clock.now() - timedelta(hours=1),
        seconds=None,
    )
    response = owner.get(PAGE)
    assert "&lt;b&gt;LookupError&lt;/b&gt; at x.py:1" in response.content.decode()
    assert "What failed" in html(response)
    assert "its process died" in html(response)


def test_what_should_have_run_and_did_not_is_told(owner: Client, stopped_clock: Clock) -> None:
    ran("mailbox.tasks.trim_mailbox")
    assert "Late, so that somebody should look" not in html(owner.get(PAGE))
    stopped_clock.advance(timedelta(hours=2))
    page = html(owner.get(PAGE))
    assert (
        "Late, so that somebody should look whether beat and the workers run: Trimming of the queues" in page
    )


def test_rounds_over_portraits_are_those_of_ones_own_bots(bot: Bot, other_bot: Bot) -> None:
    now = clock.now()
    for each in (bot, other_bot):
        with in_bot(each.id):
            RotationRun.objects.create(
                bot=each,
                trigger="daily",
                state="done",
                candidates=40,
                processed=40,
                updated=31,
                skipped=8,
                failed=1,
                prompt_tokens=12_000,
                completion_tokens=345,
                cost_micros=2_340_000,
                wanted_at=now,
                started_at=now - timedelta(seconds=75),
                ended_at=now,
            )
    client = browser(make_coach(bot, role=Role.ANALYST))
    page = html(client.get(PAGE))
    assert bot.name in page
    assert other_bot.name not in page
    for said in ("40 / 40", "31", "12\u202f345", "$2.34", "75 s"):
        assert said in page


def test_what_all_bots_together_came_to_is_for_superusers(bot: Bot) -> None:
    ran(ARCHIVE, state="failed", error="LookupError at x.py:1", figures={"moved_old": 77})
    page = html(browser(make_coach(bot, role=Role.OWNER)).get(PAGE))
    assert "Archive of activity" in page
    assert "failed" in page
    assert "LookupError" not in page
    assert "old rows moved" not in page


@pytest.mark.parametrize(
    ("when", "last", "next_at", "is_late"),
    [
        (60.0, None, NOON, False),
        (60.0, NOON - timedelta(seconds=20), NOON + timedelta(seconds=40), False),
        (60.0, NOON - timedelta(minutes=11), NOON, False),
        (60.0, NOON - timedelta(minutes=13), NOON, True),
        (crontab(minute="7,37"), NOON - timedelta(minutes=23), NOON + timedelta(minutes=7), False),
        (crontab(minute="7,37"), NOON - timedelta(minutes=53), NOON + timedelta(minutes=7), True),
        (crontab(minute="30", hour="3"), None, NOON + timedelta(hours=15, minutes=30), False),
        (
            crontab(minute="15", hour="2", day_of_week="0"),
            None,
            datetime(2026, 3, 8, 2, 15, tzinfo=UTC),
            False,
        ),
        (
            crontab(minute="0", hour="5", day_of_month="1"),
            None,
            datetime(2026, 4, 1, 5, 0, tzinfo=UTC),
            False,
        ),
    ],
)
def test_when_a_task_is_due(when: Any, last: datetime | None, next_at: datetime, is_late: bool) -> None:
    found = due("a.task", last_at=last, now=NOON, beat={"it": {"task": "a.task", "schedule": when}})
    assert found is not None
    assert (found.next_at, found.is_late) == (next_at, is_late)


def test_what_has_no_schedule_runs_when_it_is_asked_for(owner: Client) -> None:
    assert due("other", last_at=None, now=NOON, beat={}) is None
    assert kind(owner, "mailbox.tasks.clear_shelf")["schedule"] == "when it is asked for"


def test_whoever_is_nobodys_staff_sees_nothing(bot: Bot) -> None:
    assert Client().get(PAGE).status_code == 302
    assert browser(make_coach(bot, role=Role.ANALYST)).get(f"{PAGE}live/").status_code == 200


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}live/"])
def test_the_page_asks_twelve_questions_at_most_however_much_ran(
    bot: Bot, owner: Client, address: str
) -> None:
    def questions() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(address).status_code == 200
        found = [each["sql"] for each in queries.captured_queries]
        return [each for each in found if each.split()[0] not in ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")]

    ran(ARCHIVE)
    questions()
    few = questions()
    for each in KINDS:
        for number in range(12):
            ran(each.task, state="failed" if number % 2 else "done", figures={"n": 1})
    many = questions()
    assert len(many) == len(few)
    assert len(many) <= 12, "\n".join(each[:150] for each in many)
