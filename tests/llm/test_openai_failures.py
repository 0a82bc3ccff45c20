"""What the openai provider does with a server that refuses, fails, hangs or is not there."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
import traceback
from datetime import timedelta
from typing import Any

import pytest

from core.clock import clock
from llm.breaker import Breaker
from llm.contracts import ModelRefused, ModelUnavailable, Question, Rehearsal
from llm.model import patience
from llm.providers.openai import PROBE_WAIT
from llm.providers.wire import Wire
from llm.reply import Lost
from tests.llm.conftest import (
    GOOD_VERDICT,
    KEY,
    Asker,
    Step,
    Stub,
    Verdict,
    answers,
    complains,
    drips,
    hangs,
    hangs_up,
    says,
    sends,
)

NAME = "Оля"
SECRETS = f"{KEY} {NAME} sk-otherkey99999999 token=123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def assert_waits(waits: list[float], *atleast: float) -> None:
    assert len(waits) == len(atleast)
    for wait, least in zip(waits, atleast, strict=True):
        assert least <= wait <= least * 1.25


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529])
async def test_what_may_pass_is_tried_twice_more_with_growing_waits(
    stub: Stub, asker: Asker, status: int
) -> None:
    stub.will(complains(status), complains(status), says())

    answer = await asker.ask()

    assert (answer.text, answer.attempts) == ("Привет!", 3)
    assert_waits(asker.waits, 2.0, 4.0)
    assert [result for result, _ in asker.results] == ["retry", "retry", "ok"]


@pytest.mark.parametrize(
    ("status", "code"),
    [(408, "timeout"), (409, "server_error"), (429, "rate_limited"), (500, "server_error")],
)
async def test_after_three_failures_the_model_is_unavailable(
    stub: Stub, asker: Asker, status: int, code: str
) -> None:
    stub.will(complains(status))

    with pytest.raises(ModelUnavailable) as error:
        await asker.ask()

    assert (error.value.code, error.value.permanent) == (code, False)
    assert len(stub.requests) == 3
    assert [result for result, _ in asker.results] == ["retry", "retry", "failed"]


async def test_the_fallback_model_is_asked_once_after_that(stub: Stub, asker: Asker) -> None:
    asker.with_settings(fallback_model="spare")
    stub.will(complains(500), complains(500), complains(500), says("Запасной голос"))

    answer = await asker.ask()

    assert (answer.text, answer.model, answer.source, answer.attempts) == (
        "Запасной голос",
        "spare",
        "fallback_model",
        4,
    )
    assert [request["model"] for request in stub.requests] == ["main", "main", "main", "spare"]
    assert_waits(asker.waits, 2.0, 4.0)


async def test_when_the_fallback_fails_too_the_first_failure_is_told(stub: Stub, asker: Asker) -> None:
    asker.with_settings(fallback_model="spare")
    stub.will(complains(429), complains(429), complains(429), complains(500))

    with pytest.raises(ModelUnavailable) as error:
        await asker.ask()

    assert error.value.code == "rate_limited"
    assert len(stub.requests) == 4


async def test_garbage_leads_to_the_fallback_too(stub: Stub, asker: Asker) -> None:
    asker.with_settings(fallback_model="spare")
    stub.will(says("не то"), says("опять"), says(GOOD_VERDICT))

    answer = await asker.ask(schema=Verdict)

    assert (answer.source, answer.attempts) == ("fallback_model", 3)


async def test_a_model_that_does_not_exist_is_not_retried_but_falls_back(stub: Stub, asker: Asker) -> None:
    asker.with_settings(fallback_model="spare")
    stub.will(complains(404, "The model does not exist", code="model_not_found"), says())

    answer = await asker.ask()

    assert (answer.source, answer.attempts) == ("fallback_model", 2)
    assert asker.results == [("failed", "model_unknown"), ("ok", "")]


async def test_a_failure_that_may_pass_outweighs_one_that_does_not(stub: Stub, asker: Asker) -> None:
    asker.with_settings(fallback_model="spare")
    stub.will(complains(404, "no such model"), complains(500))

    with pytest.raises(ModelUnavailable) as error:
        await asker.ask()

    assert error.value.code == "server_error"


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (complains(401, "Incorrect API key", code="invalid_api_key"), "key_refused"),
        (sends(b"no", status=401, kind="text/plain"), "key_refused"),
        (complains(403), "access_denied"),
        (complains(402), "quota_exhausted"),
        (complains(429, "You exceeded your quota", code="insufficient_quota"), "quota_exhausted"),
        (complains(400, "too long", code="context_length_exceeded"), "question_too_long"),
        (complains(413), "question_too_long"),
        (complains(400, "filtered", type="content_filter"), "content_refused"),
        (complains(400, "no"), "question_refused"),
        (answers({"error": "just words"}, status=422), "question_refused"),
        (answers({"object": "error", "message": "no such model"}, status=404), "model_unknown"),
        (answers({"detail": "Not Found"}, status=404), "address_wrong"),
        (sends(b"<html>", status=404), "address_wrong"),
        (sends(b"", status=301, headers={"Location": "http://127.0.0.1:1/v1"}), "address_wrong"),
        (complains(418), "question_refused"),
    ],
)
async def test_what_waiting_cannot_cure_is_asked_once(
    stub: Stub, asker: Asker, step: Step, code: str
) -> None:
    stub.will(step)

    with pytest.raises(ModelRefused) as error:
        await asker.ask()

    assert (error.value.code, error.value.permanent) == (code, True)
    assert len(stub.requests) == 1
    assert asker.waits == []
    assert asker.results == [("failed", code)]


async def test_a_refused_key_is_not_tried_with_the_fallback(stub: Stub, asker: Asker) -> None:
    asker.with_settings(fallback_model="spare")
    stub.will(complains(401))

    with pytest.raises(ModelRefused):
        await asker.ask()

    assert len(stub.requests) == 1


async def test_a_complaint_about_every_dialect_ends(stub: Stub, asker: Asker) -> None:
    stub.will(complains(400, "max_completion_tokens, temperature and response_format are all wrong"))

    with pytest.raises(ModelRefused) as error:
        await asker.ask(schema=Verdict)

    assert error.value.code == "question_refused"
    assert len(stub.requests) <= 5


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"code": 429, "message": "slow down"}, "rate_limited"),
        ({"code": 503, "message": "down"}, "server_error"),
        ({"code": "odd", "message": "down"}, "server_error"),
        ("words", "server_error"),
    ],
)
async def test_an_error_inside_a_200_is_an_error(stub: Stub, asker: Asker, error: object, code: str) -> None:
    stub.will(answers({"error": error}))

    with pytest.raises(ModelUnavailable) as refusal:
        await asker.ask()

    assert refusal.value.code == code
    assert len(stub.requests) == 3


async def test_retry_after_is_honoured(stub: Stub, asker: Asker) -> None:
    stub.will(complains(429, headers={"Retry-After": "7"}), says())

    await asker.ask()

    assert asker.waits == [7.0]


@pytest.mark.parametrize("retry_after", ["0", "-5", "nan", "soon", "Wed, 21 Oct 2015 07:28:00 GMT"])
async def test_retry_after_that_says_less_than_our_own_wait_does_not_shorten_it(
    stub: Stub, asker: Asker, retry_after: str
) -> None:
    stub.will(complains(429, headers={"Retry-After": retry_after}), says())

    await asker.ask()

    assert_waits(asker.waits, 2.0)


@pytest.mark.parametrize("retry_after", ["60", "1e300", "Wed, 21 Oct 2065 07:28:00 GMT"])
async def test_nobody_waits_for_a_server_that_wants_minutes(
    stub: Stub, asker: Asker, retry_after: str
) -> None:
    asker.with_settings(fallback_model="spare")
    stub.will(complains(429, headers={"Retry-After": retry_after}), says())

    answer = await asker.ask()

    assert (answer.source, answer.attempts) == ("fallback_model", 2)
    assert asker.waits == []


@pytest.mark.parametrize("step", [hangs, drips])
async def test_a_server_that_never_finishes_is_a_timeout(stub: Stub, asker: Asker, step: Any) -> None:
    asker.with_settings(timeout=0.1)
    stub.will(step)

    with pytest.raises(ModelUnavailable) as error:
        await asker.ask()

    assert error.value.code == "timeout"
    assert asker.results == [("retry", "timeout"), ("retry", "timeout"), ("failed", "timeout")]


async def test_a_server_that_hangs_up_is_unreachable(stub: Stub, asker: Asker) -> None:
    stub.will(hangs_up)

    with pytest.raises(ModelUnavailable) as error:
        await asker.ask()

    assert error.value.code == "unreachable"
    assert len(asker.outcomes) == 3


async def test_a_refused_connection_is_unreachable(asker: Asker) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        asker.with_settings(base_url=f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
        with pytest.raises(ModelUnavailable) as error:
            await asker.ask()

    assert error.value.code == "unreachable"
    assert asker.results == [("retry", "unreachable"), ("retry", "unreachable"), ("failed", "unreachable")]


async def test_tls_with_a_server_that_speaks_none_is_unreachable(stub: Stub, asker: Asker) -> None:
    asker.with_settings(base_url=stub.url.replace("http:", "https:"))

    with pytest.raises(ModelUnavailable) as error:
        await asker.ask()

    assert error.value.code == "unreachable"


async def test_a_body_that_inflates_is_bounded(stub: Stub, asker: Asker) -> None:
    stub.will(sends(gzip.compress(b" " * 200_000_000), headers={"Content-Encoding": "gzip"}))

    with pytest.raises(ModelUnavailable) as error:
        await asker.ask()

    assert error.value.code == "too_long"


async def test_time_left_too_short_for_another_try_goes_to_the_fallback(stub: Stub, asker: Asker) -> None:
    asker.with_settings(timeout=40.0, fallback_model="spare")
    with clock.stopped() as stopped:

        async def takes_long(_: Any) -> Any:
            stopped.advance(timedelta(seconds=44))
            return await complains(500)(_)

        stub.will(takes_long, says())
        answer = await asker.ask()

    # 95 s in all, 40 of them kept for the fallback: 11 are left, too few for a wait and a quarter of a try.
    assert patience(asker.settings) == 95.0
    assert (answer.source, answer.attempts) == ("fallback_model", 2)


@pytest.mark.parametrize("key", ["sk-with\nnewline", "sk-ключ", "sk with space", "sk-\x00"])
async def test_a_key_that_cannot_be_sent_is_refused_without_being_quoted(
    stub: Stub, asker: Asker, key: str
) -> None:
    asker.with_settings(api_key=key)

    with pytest.raises(ModelRefused) as error:
        await asker.ask()

    assert error.value.code == "key_malformed"
    assert key not in str(error.value)
    assert stub.requests == []


async def test_blanks_around_a_pasted_key_do_not_matter(stub: Stub, asker: Asker) -> None:
    asker.with_settings(api_key=f" {KEY}\n")

    await asker.ask()

    assert stub.headers[0]["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("address", ["ftp://x/v1", "nonsense", "http://", "http://[::1", "http://a\x00b/"])
async def test_an_address_that_is_none_is_refused(asker: Asker, address: str) -> None:
    asker.with_settings(base_url=address)

    with pytest.raises(ModelRefused) as error:
        await asker.ask()

    assert error.value.code == "address_malformed"


async def test_openai_itself_is_not_asked_without_a_key(asker: Asker) -> None:
    asker.with_settings(base_url="", api_key="")

    with pytest.raises(ModelRefused) as error:
        await asker.ask()

    assert error.value.code == "key_missing"


async def test_a_question_without_words_is_not_sent(stub: Stub, asker: Asker) -> None:
    question = Question(purpose="turn", lines=(), rehearsal=Rehearsal(lines=(), turn=0, language="ru"))

    with pytest.raises(ModelRefused) as error:
        await asker.model.ask(question)

    assert error.value.code == "question_empty"
    assert stub.requests == []


async def test_a_closed_model_is_unavailable(stub: Stub, asker: Asker) -> None:
    await asker.ask()
    await asker.model.aclose()

    with pytest.raises(ModelUnavailable) as error:
        await asker.ask()

    assert error.value.code == "closed"


async def test_closing_ends_a_question_that_waits_for_its_next_try(stub: Stub, asker: Asker) -> None:
    stub.will(complains(500))

    async def close(_: float) -> None:
        await asker.model.aclose()

    asker.wait = close
    with pytest.raises(ModelUnavailable) as error:
        await asker.ask()

    assert error.value.code == "closed"
    assert len(stub.requests) == 1


async def test_closing_ends_a_question_that_waits_for_the_server(stub: Stub, asker: Asker) -> None:
    stub.will(hangs)
    asked = asyncio.create_task(asker.ask())
    await stub.heard.wait()

    await asker.model.aclose()

    with pytest.raises(ModelUnavailable) as error:
        await asked
    assert error.value.code == "closed"


async def test_a_wire_that_was_closed_is_unreachable() -> None:
    wire = Wire(base_url="http://127.0.0.1:1/v1", api_key="")
    await wire.aclose()

    assert await wire.post({}, seconds=1.0) == Lost("unreachable")


@pytest.mark.parametrize(
    ("fallback", "asked"), [("", ["main", "main", "main"]), ("spare", ["main", "main", "spare"])]
)
async def test_a_question_is_over_when_patience_says(
    stub: Stub, asker: Asker, fallback: str, asked: list[str]
) -> None:
    asker.with_settings(timeout=30.0, fallback_model=fallback)
    with clock.stopped() as stopped:

        async def takes_all_it_may(request: Any) -> Any:
            stopped.advance(timedelta(seconds=float(request.headers["x-stainless-read-timeout"])))
            return await complains(408)(request)

        async def wait(seconds: float) -> None:
            stopped.advance(timedelta(seconds=seconds))

        asker.wait = wait
        stub.will(takes_all_it_may)
        began = clock.monotonic()
        with pytest.raises(ModelUnavailable):
            await asker.ask()
        took = clock.monotonic() - began

    assert round(took, 6) <= patience(asker.settings)
    assert [request["model"] for request in stub.requests] == asked


async def test_an_endpoint_that_keeps_failing_is_left_alone_and_tried_again_later(
    stub: Stub, asker: Asker
) -> None:
    asker.breaker = Breaker(threshold=2, cool_down=30.0)
    stub.will(complains(500), complains(500), says())
    with clock.stopped() as stopped:
        began = clock.now()
        with pytest.raises(ModelUnavailable) as first:
            await asker.ask()
        with pytest.raises(ModelUnavailable) as second:
            await asker.ask()
        assert asker.breaker.unreachable_since == began
        stopped.advance(timedelta(seconds=30))
        answer = await asker.ask()

    assert (first.value.code, second.value.code) == ("server_error", "breaker_open")
    assert answer.attempts == 1
    assert asker.results == [
        ("retry", "server_error"),
        ("failed", "server_error"),
        ("breaker_open", "breaker_open"),
        ("ok", ""),
    ]
    assert len(stub.requests) == 3
    assert asker.breaker.unreachable_since is None


async def test_two_questions_at_once_are_both_answered_when_the_endpoint_is_back(
    stub: Stub, asker: Asker
) -> None:
    asker.breaker = Breaker(threshold=1, cool_down=30.0)
    asker.breaker.failed()
    asker.wait = asyncio.sleep
    with clock.stopped() as stopped:
        stopped.advance(timedelta(seconds=31))
        answers = await asyncio.gather(asker.ask(), asker.ask())

    assert [answer.text for answer in answers] == ["Привет!", "Привет!"]
    assert asker.breaker.state == "closed"


async def test_a_question_does_not_wait_long_for_a_probe_that_hangs(stub: Stub, asker: Asker) -> None:
    asker.breaker = Breaker(threshold=1, cool_down=30.0)
    asker.breaker.failed()
    stub.will(hangs)
    with clock.stopped() as stopped:
        stopped.advance(timedelta(seconds=31))
        probe = asyncio.create_task(asker.ask())
        await stub.heard.wait()
        with pytest.raises(ModelUnavailable) as refused:
            await asker.ask()
        probe.cancel()

    assert refused.value.code == "breaker_open"
    assert sum(asker.waits) == pytest.approx(PROBE_WAIT)


async def test_refusals_and_limits_do_not_open_the_breaker(stub: Stub, asker: Asker) -> None:
    asker.breaker = Breaker(threshold=1)
    stub.will(complains(429), complains(401))

    with pytest.raises(ModelRefused):
        await asker.ask()

    assert asker.breaker.state == "closed"


async def test_a_probe_that_is_cancelled_gives_its_place_back(stub: Stub, asker: Asker) -> None:
    asker.breaker = Breaker(threshold=1, cool_down=30.0)
    asker.breaker.failed()
    stub.will(hangs)
    with clock.stopped() as stopped:
        stopped.advance(timedelta(seconds=31))
        probe = asyncio.create_task(asker.ask())
        await stub.heard.wait()
        probe.cancel()
        with pytest.raises(asyncio.CancelledError):
            await probe
        stub.will(says())
        answer = await asker.ask()

    assert answer.text == "Привет!"


@pytest.mark.parametrize(
    "step",
    [
        complains(401, SECRETS, code=SECRETS, type=SECRETS, param=SECRETS),
        complains(429, SECRETS),
        complains(500, SECRETS),
        complains(400, SECRETS),
        says(None, refusal=SECRETS),
        sends(SECRETS.encode(), kind="text/html"),
        sends(SECRETS.encode(), status=502, kind="text/html"),
        sends(b"", status=302, headers={"Location": "http://u:sk-otherkey99999999@127.0.0.1:1/"}),
        hangs_up,
    ],
)
async def test_no_secret_and_no_word_of_a_person_is_in_an_error_or_a_log(
    stub: Stub,
    asker: Asker,
    logged: list[dict[str, Any]],
    caplog: pytest.LogCaptureFixture,
    step: Step,
) -> None:
    caplog.set_level(logging.DEBUG)
    stub.will(step)

    with pytest.raises((ModelUnavailable, ModelRefused)) as error:
        await asker.ask(f"Меня зовут {NAME}")

    told = " ".join(
        [
            str(error.value),
            repr(error.value),
            error.value.message,
            *traceback.format_exception(error.value),
            repr(asker.outcomes),
            repr(logged),
            caplog.text,
            repr(asker.settings),
        ]
    )
    for secret in (KEY, NAME, *SECRETS.split()):
        assert secret not in told
    assert error.value.__cause__ is None
    assert error.value.__context__ is None
    assert {event["event"] for event in logged} == {"llm.attempt_failed"}
