"""A line of the log tells what happened and where; never a secret, and never what a person said."""

from __future__ import annotations

import asyncio
import enum
import gc
import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import structlog
from django.conf import settings as django_settings
from django.db import DataError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.models import Bot
from core.errors import AppError
from core.logs import PRIVATE_FIELDS, logging_config
from core.tenancy import in_bot
from profiles.models import Profile
from tests.cast import make_profile, make_token

TOKEN = make_token()
WORDS = "мне так одиноко, что я пью"

log = structlog.get_logger("tests.room")
foreign = logging.getLogger("some.library")

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def stream(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the process writes, in the format that the test's parameter names (json without one)."""
    config = logging_config(level="DEBUG", fmt=getattr(request, "param", "json"))
    formatter = dict(config["formatters"]["structured"])
    handler = logging.config.DictConfigurator({}).resolve(config["handlers"]["stderr"]["class"])(
        io.StringIO()
    )
    handler.setFormatter(formatter.pop("()")(**formatter))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.stream
    root.setLevel(level)
    root.removeHandler(handler)
    written = handler.stream.getvalue()
    # Whatever a test of this file logs, this holds.
    for secret in (TOKEN, TOKEN.partition(":")[2], WORDS, "одиноко", json.dumps(WORDS)[1:-1]):
        assert secret not in written


@pytest.fixture
def lines(stream: io.StringIO) -> Lines:
    def lines() -> list[dict[str, Any]]:
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    return lines


def refused_value() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::int", [WORDS])


def test_an_event_is_one_line_with_its_fields(lines: Lines):
    bot_id = UUID("01a1fb7b-a99d-7210-9f30-b61c0f274a05")
    with structlog.contextvars.bound_contextvars(correlation="c1"):
        log.info("turn.answered", bot=bot_id, ms=12, is_late=False, missing=None)
    (line,) = lines()
    assert datetime.fromisoformat(line.pop("timestamp")).tzinfo is not None
    assert line == {
        "event": "turn.answered",
        "bot": str(bot_id),
        "ms": 12,
        "is_late": False,
        "missing": None,
        "correlation": "c1",
        "level": "info",
        "logger": "tests.room",
    }


def test_plain_values_are_written_as_people_read_them(lines: Lines):
    class State(enum.Enum):
        OPEN = "open"

    log.info(
        "x",
        state=State.OPEN,
        at=datetime(2026, 3, 2, tzinfo=UTC),
        wait=timedelta(seconds=90),
        cost=Decimal("0.10"),
        path=Path("/tmp/x"),
        some=[1, (2, "b")],
    )
    (line,) = lines()
    assert [line[key] for key in ("state", "at", "wait", "cost", "path", "some")] == [
        "open",
        "2026-03-02 00:00:00+00:00",
        "0:01:30",
        "0.10",
        "/tmp/x",
        [1, [2, "b"]],
    ]


@pytest.mark.parametrize("stream", ["json", "console"], indirect=True)
@pytest.mark.parametrize("name", sorted(PRIVATE_FIELDS))
def test_private_fields_go_however_deep(stream: io.StringIO, name: str):
    log.info("x", **{name: WORDS}, update={"message": [{name: WORDS}]})
    assert stream.getvalue().count("<private>") == 2


def test_of_objects_only_the_kind_is_told(lines: Lines):
    @dataclass
    class Person:
        name: str

    log.info("x", person=Person(WORDS), error=ValueError(WORDS), raw=WORDS.encode(), bot=Bot(name=WORDS))
    (line,) = lines()
    assert [line[key] for key in ("person", "error", "raw", "bot")] == [
        "<Person>",
        "<ValueError>",
        "<bytes>",
        "<Bot>",
    ]


def test_what_contains_itself_is_cut_off(lines: Lines):
    ring: list[object] = []
    ring.append(ring)
    log.info("x", ring=ring)
    assert lines()[0]["ring"] == [[[[["<list>"]]]]]


@pytest.mark.parametrize("stream", ["json", "console"], indirect=True)
def test_tokens_are_taken_out_of_every_place(stream: io.StringIO):
    url = f"https://api.telegram.org/bot{TOKEN}/getUpdates"
    log.info(f"asked {url}", url=url, urls=[url], by={url: url}, path=Path(url))  # noqa: G004 - what a careless hand writes
    log.info("asked %s", url)
    foreign.warning("asked %s", url)
    foreign.warning(f"asked {url}")
    structlog.contextvars.bind_contextvars(url=url)
    log.info("asked")
    structlog.contextvars.unbind_contextvars("url")
    assert stream.getvalue().count("/bot<token>/getUpdates") == 10


@pytest.mark.parametrize("stream", ["json", "console"], indirect=True)
def test_a_database_error_does_not_quote_what_a_person_said(stream: io.StringIO, bot: Bot):
    with pytest.raises(DataError) as error, transaction.atomic():
        refused_value()
    log.error("turn.failed", exc_info=error.value)
    log.error("turn.failed", said=str(error.value))
    foreign.error("failed", exc_info=error.value)
    foreign.error("failed: %s", error.value, exc_info=error.value)
    assert stream.getvalue().count(" < InvalidTextRepresentation(22P02) at ") == 3
    assert stream.getvalue().count(" refused_value > cursor.py:") == 3


def test_a_broken_constraint_does_not_quote_what_a_person_said(lines: Lines, bot: Bot):
    vera = make_profile(bot, first_name=WORDS, telegram_id=4242)
    again = Profile(bot=bot, telegram_id=4242, first_name=WORDS, language="en")
    again.last_seen_at = again.created_at = vera.created_at
    with pytest.raises(IntegrityError) as error, in_bot(bot.id):
        again.save(force_insert=True)
    log.error("turn.failed", exc_info=error.value, said=f"{error.value}")
    (line,) = lines()
    assert "4242" not in line["said"]
    assert line["exception"].startswith("IntegrityError() at test_logs.py:")
    assert " < UniqueViolation(23505) at " in line["exception"]


def test_an_error_of_ours_is_told_with_its_code_and_its_causes(lines: Lines):
    def fail() -> None:
        try:
            try:
                raise KeyError(WORDS)
            except KeyError as error:
                raise ValueError(WORDS) from error
        except ValueError as error:
            raise AppError(code="room.thing", permanent=True, message=f"no way in with {TOKEN}") from error

    with pytest.raises(AppError) as caught:
        fail()
    log.error("room.failed", exc_info=caught.value)
    (line,) = lines()
    assert line["exception"].startswith("AppError(room.thing): no way in with <token> at test_logs.py:")
    assert [each.partition("(")[0] for each in line["exception"].split(" < ")] == [
        "AppError",
        "ValueError",
        "KeyError",
    ]


def test_errors_that_came_together_are_told_together(lines: Lines):
    log.error("x", exc_info=ExceptionGroup(WORDS, [ValueError(WORDS), KeyError(WORDS)]))
    kinds = [each.partition("(")[0] for each in lines()[0]["exception"].split(" < ")]
    assert kinds == ["ExceptionGroup", "ValueError", "KeyError"]


def test_causes_in_a_ring_are_told_once(lines: Lines):
    first, second = ValueError(WORDS), KeyError(WORDS)
    first.__cause__, second.__cause__ = second, first
    log.error("x", exc_info=first)
    assert lines()[0]["exception"] == "ValueError() at ? < KeyError() at ?"


@pytest.mark.parametrize("told", [True, None, False, (None, None, None)])
def test_no_exception_is_no_exception(lines: Lines, told: object):
    log.error("x", exc_info=told)
    foreign.error("x", exc_info=told)
    assert ["exception" in line for line in lines()] == [False, False]


def test_the_exception_in_hand_is_told(lines: Lines):
    try:
        raise ValueError(WORDS)
    except ValueError:
        log.exception("x")
        foreign.exception("x %s", WORDS)
    assert [line["exception"].partition("(")[0] for line in lines()] == ["ValueError", "ValueError"]
    assert [line["event"] for line in lines()] == ["x", "x %s"]


async def test_a_task_that_nobody_awaited_does_not_say_what_it_held(lines: Lines):
    async def fail() -> None:
        raise ValueError(WORDS)

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    del task
    gc.collect()
    assert [line["event"] for line in lines() if line["logger"] == "asyncio"] == [
        "Task exception was never retrieved"
    ]


def test_a_failed_celery_task_does_not_say_what_it_held(lines: Lines):
    context = {"name": "bots.tasks.x", "exc": repr(ValueError(WORDS)), "args": [WORDS]}
    celery = logging.getLogger("celery.app.trace")
    celery.error(
        "Task %(name)s raised: %(exc)s\n%(args)s",
        context,
        exc_info=ValueError(WORDS),
        extra={"data": context},
    )
    celery.info("Task %(name)s succeeded: %(args)s", context)
    assert [line["event"] for line in lines()] == [
        "Task %(name)s raised: %(exc)s",
        "Task %(name)s succeeded: %(args)s",
    ]


def test_a_failed_request_is_told_with_its_path(lines: Lines):
    error = ValueError(WORDS)
    logging.getLogger("django.request").error("Internal Server Error: %s", "/admin/bots/", exc_info=error)
    (line,) = lines()
    assert (line["event"], line["exception"]) == ("Internal Server Error: /admin/bots/", "ValueError() at ?")


def test_what_libraries_attach_to_a_record_stays_out(lines: Lines):
    foreign.warning("refused", extra={"request": WORDS, "status_code": 403, "data": {"x": WORDS}})
    (line,) = lines()
    assert (line["status_code"], "request" in line, "data" in line) == (403, False, False)


def test_a_line_that_cannot_be_written_does_not_print_its_values(
    stream: io.StringIO, capsys: pytest.CaptureFixture[str]
):
    foreign.propagate = True
    with pytest.MonkeyPatch.context() as patch:
        # pytest's own handlers raise here; ours is the one in question.
        patch.setattr(logging, "raiseExceptions", False)
        patch.setattr("_pytest.logging.LogCaptureHandler.handleError", lambda *_: None)
        foreign.warning("%d people", WORDS)
    assert json.loads(stream.getvalue()) == {
        "event": "log.failed",
        "logger": "some.library",
        "kind": "TypeError",
    }
    assert WORDS not in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["httpx", "httpcore", "httpx2", "aiohttp.client", "openai", "telegram.Bot", "asyncio"]
)
def test_libraries_that_print_addresses_are_quiet(lines: Lines, name: str):
    logging.getLogger(name).info("POST https://api.telegram.org/bot%s/getMe", TOKEN)
    logging.getLogger(name).debug(WORDS)
    assert lines() == []


def test_the_settings_use_these_lines():
    assert django_settings.LOGGING["root"]["handlers"] == ["stderr"]
    assert django_settings.LOGGING["handlers"]["stderr"]["class"] == "core.logs.LineHandler"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.just(f"/bot{TOKEN}/x")
    | st.just(TOKEN),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just(TOKEN), inner, max_size=3)
    ),
    max_leaves=10,
)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(fields=st.dictionaries(st.text("abcdefg", min_size=1, max_size=5), json_values, max_size=4))
def test_no_field_carries_a_token_out(stream: io.StringIO, fields: dict[str, Any]):
    log.info("x", **{f"field_{name}": value for name, value in fields.items()})
    foreign.info("x %s", fields)
