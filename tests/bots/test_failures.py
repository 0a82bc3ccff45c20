"""What failed unforeseen reaches staff, and telling them breaks nothing."""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import Any

import pytest
from celery import shared_task, signals
from django.core.signals import got_request_exception
from django.db import OperationalError, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from structlog.testing import capture_logs

from bots import alarms
from bots.alarms import described, task_failed, tell_failure
from bots.models import Alert, Bot
from core.errors import AppError
from core.task_metrics import watch_failures
from tests.cast import make_bot
from tests.web.people import browser, make_user


class OurOwnError(AppError):
    def __init__(self) -> None:
        super().__init__(code="tests.ours", permanent=True, message="Told in our words.")


def explode(request: HttpRequest, name: str) -> HttpResponse:
    """A view that writes something, and then fails on what a person said."""
    make_bot(name=request.GET["bot"])
    message = "words of a person"
    raise KeyError(message)


def refuse(request: HttpRequest) -> HttpResponse:
    raise OurOwnError


urlpatterns = [
    path("explode/<str:name>/", explode, name="explode"),
    path("refuse/", refuse),
]


def alerts(kind: str, subject: str) -> list[tuple[str, int]]:
    found = Alert.objects.filter(kind=kind, subject=subject, bot=None).order_by("first_at", "id")
    return list(found.values_list("detail", "count"))


def failed(subject: str, error: BaseException) -> None:
    tell_failure(kind="error", subject=subject, error=error)


@pytest.mark.urls(__name__)
def test_an_exception_of_a_view_is_told_although_its_transaction_is_undone(as_staff: None) -> None:
    client = browser(make_user(superuser=True))
    client.raise_request_exception = False
    name = f"never-{make_user().username}"
    response = client.get("/explode/vera-pavlovna/", {"bot": name})
    assert response.status_code == 500
    ((detail, count),) = alerts("error", "KeyError in explode")
    assert count == 1
    assert detail.startswith("KeyError at tests/bots/test_failures.py:")
    assert detail.endswith(" explode")
    assert "words" not in detail
    assert not Alert.objects.filter(subject__contains="vera-pavlovna").exists()
    assert not Bot.objects.filter(name=name).exists()


@pytest.mark.urls(__name__)
def test_our_own_words_are_told_and_a_view_without_a_name_by_its_path_in_code() -> None:
    client = Client(raise_request_exception=False)
    assert client.get("/refuse/").status_code == 500
    ((detail, _),) = alerts("error", "OurOwnError in tests.bots.test_failures.refuse")
    assert detail.startswith("OurOwnError: Told in our words. at tests/bots/test_failures.py:")


def test_a_request_that_failed_before_it_had_a_view_is_told_too() -> None:
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        got_request_exception.send(sender=None, request=None)
    assert len(alerts("error", "ZeroDivisionError in ?")) == 1
    # Nothing failed: nothing is told.
    got_request_exception.send(sender=None, request=None)
    assert not Alert.objects.filter(subject__startswith="NoneType").exists()


def test_a_failure_is_told_from_within_a_transaction_that_is_past_saving() -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        failed("from a broken transaction", ValueError("x"))
    assert alerts("error", "from a broken transaction") == [("ValueError", 1)]


def test_a_database_that_is_away_is_told_in_the_log_alone() -> None:
    with capture_logs() as logs:
        failed("no database", OperationalError("connection refused"))
    assert [(each["event"], each["subject"]) for each in logs] == [
        ("alert.database_unavailable", "no database")
    ]
    assert alerts("error", "no database") == []


def test_an_alert_that_cannot_be_written_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    address = connections.settings["default"]
    with capture_logs() as logs, monkeypatch.context() as patch:
        # The thread of the alert finds nobody at the database's address.
        patch.setitem(address, "PORT", "1")
        failed("database away since", ValueError("x"))
    assert [each["event"] for each in logs] == ["alert.not_raised"]
    assert alerts("error", "database away since") == []
    failed("database back", ValueError("x"))
    assert alerts("error", "database back") == [("ValueError", 1)]


def test_a_storm_of_failures_takes_few_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = BoundedSemaphore(1)
    monkeypatch.setattr(alarms, "_telling", taken)
    monkeypatch.setattr(alarms, "PATIENCE_SECONDS", 0.01)
    with taken, capture_logs() as logs:
        failed("storm", ValueError("x"))
    assert [each["event"] for each in logs] == ["alert.too_many"]
    assert alerts("error", "storm") == []


def test_a_process_without_threads_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoThread:
        def __init__(self, **kwargs: Any) -> None:
            pass

        def start(self) -> None:
            message = "can't start new thread"
            raise RuntimeError(message)

    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr(alarms, "Thread", NoThread)
        for _ in range(10):
            failed("no thread", ValueError("x"))
    assert {each["event"] for each in logs} == {"alert.not_raised"}
    failed("threads again", ValueError("x"))
    assert len(alerts("error", "threads again")) == 1


def test_a_background_task_that_fails_is_told_by_its_name() -> None:
    @shared_task(name="tests.fails")
    def fails() -> None:
        message = "words of a person"
        raise KeyError(message)

    watch_failures(lambda task, error: task_failed(task=task, error=error))
    try:
        for _ in range(2):
            fails.apply()
    finally:
        signals.task_failure.disconnect(dispatch_uid="failures.tell")
    ((detail, count),) = alerts("task_failed", "tests.fails")
    assert count == 2
    assert detail.startswith("KeyError at tests/bots/test_failures.py:")
    assert "words" not in detail


def test_a_task_without_a_name_or_an_error_is_no_trouble() -> None:
    told: list[tuple[str, BaseException]] = []
    watch_failures(lambda task, error: told.append((task, error)))
    error = ValueError()
    try:
        signals.task_failure.send(sender=object(), exception=error)
        signals.task_failure.send(sender=object(), exception=None)
    finally:
        signals.task_failure.disconnect(dispatch_uid="failures.tell")
    assert told == [("?", error)]


def test_an_error_is_described_by_where_it_happened_in_our_code() -> None:
    try:
        transaction.set_rollback(True)
    except transaction.TransactionManagementError as error:
        said = described(error)
    assert said.startswith("TransactionManagementError at tests/bots/test_failures.py:")
    assert described(ValueError("never raised")) == "ValueError"
    assert described(OurOwnError()) == "OurOwnError: Told in our words."
