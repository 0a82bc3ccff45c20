"""What the openai provider makes of a server that answers."""

from __future__ import annotations

import asyncio
import sys

import pytest
from aiohttp import web

from llm.contracts import ChatLine, ModelUnavailable, Question, Rehearsal, Usage
from llm.dialect import Dialect, after_complaint, body, messages
from llm.reply import Reply
from tests.llm.conftest import (
    GOOD_VERDICT,
    KEY,
    VERDICT,
    Asker,
    Stub,
    Verdict,
    answers,
    complains,
    completion,
    says,
    sends,
)


async def test_the_answer_carries_text_usage_cost_and_source(stub: Stub, asker: Asker) -> None:
    answer = await asker.ask("Мне грустно")

    assert answer.text == "Привет!"
    assert answer.parsed is None
    assert answer.usage == Usage(prompt_tokens=100, completion_tokens=10, cost_micros=21, estimated=False)
    assert (answer.model, answer.source, answer.attempts) == ("main", "model", 1)
    assert answer.latency_ms >= 0
    assert asker.results == [("ok", "")]
    assert (asker.outcomes[0].purpose, asker.outcomes[0].model) == ("turn", "main")


async def test_the_server_hears_the_lines_the_settings_and_the_key(stub: Stub, asker: Asker) -> None:
    await asker.ask("Мне грустно")

    assert stub.requests == [
        {
            "model": "main",
            "messages": [
                {"role": "system", "content": "Ты Наташа."},
                {"role": "user", "content": "Мне грустно"},
            ],
            "max_tokens": 300,
            "temperature": 0.7,
        }
    ]
    assert stub.headers[0]["Authorization"] == f"Bearer {KEY}"


async def test_nothing_of_the_process_environment_reaches_a_bots_server(
    stub: Stub, asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-process")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-of-the-admin")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-process")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-of-the-process")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    asker.with_settings(api_key="")

    await asker.ask()

    assert "Authorization" not in stub.headers[0]
    assert "OpenAI-Organization" not in stub.headers[0]
    assert "OpenAI-Project" not in stub.headers[0]


async def test_a_questions_own_limit_wins(stub: Stub, asker: Asker) -> None:
    await asker.ask(max_tokens=7)

    assert stub.requests[0]["max_tokens"] == 7


async def test_no_temperature_is_sent_where_none_is_set(stub: Stub, asker: Asker) -> None:
    asker.with_settings(temperature=None)

    await asker.ask()

    assert "temperature" not in stub.requests[0]


async def test_nul_and_lone_surrogates_are_cleaned_on_the_way_out_and_in(stub: Stub, asker: Asker) -> None:
    stub.will(sends(b'{"choices": [{"message": {"content": "a\\u0000b\\ud83dc \\ud83d\\ude00"}}]}'))

    answer = await asker.ask("x\x00y\ud83dz")

    assert stub.requests[0]["messages"][1]["content"] == "xy\ufffdz"
    assert answer.text == "ab\ufffdc 😀"


async def test_lines_without_text_are_not_sent(stub: Stub, asker: Asker) -> None:
    await asker.ask("\x00", "  ", "слово")

    assert [line["content"] for line in stub.requests[0]["messages"]] == ["Ты Наташа.", "слово"]


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        [],
        {"prompt_tokens": None, "completion_tokens": "10"},
        {"prompt_tokens": -1, "completion_tokens": 1.5},
        {"prompt_tokens": True, "completion_tokens": 10**30},
    ],
)
async def test_usage_that_is_not_believable_is_estimated(stub: Stub, asker: Asker, usage: object) -> None:
    stub.will(says("пятнадцать букв", usage=usage))

    answer = await asker.ask("а" * 30)

    assert answer.usage == Usage(prompt_tokens=10, completion_tokens=3, cost_micros=3, estimated=True)


async def test_one_missing_figure_is_estimated_and_the_other_kept(stub: Stub, asker: Asker) -> None:
    stub.will(says("пятнадцать букв", usage={"prompt_tokens": 50}))

    answer = await asker.ask()

    assert answer.usage == Usage(prompt_tokens=50, completion_tokens=3, cost_micros=9, estimated=True)


async def test_content_in_parts_is_put_together(stub: Stub, asker: Asker) -> None:
    stub.will(says([{"type": "text", "text": "При"}, {"text": "вет"}, {"image": 1}, "x", {"text": 5}]))

    assert (await asker.ask()).text == "Привет"


async def test_thoughts_of_a_reasoning_model_are_not_told(stub: Stub, asker: Asker) -> None:
    stub.will(says("<think>\nон грустит\n</think>\n\nЧто случилось?"))

    assert (await asker.ask()).text == "Что случилось?"


async def test_a_text_that_was_cut_off_ends_with_its_last_sentence(stub: Stub, asker: Asker) -> None:
    stub.will(says("Первая мысль. Вторая мысль! Треть", finish="length"))

    assert (await asker.ask()).text == "Первая мысль. Вторая мысль!"


async def test_a_structured_answer_is_parsed(stub: Stub, asker: Asker) -> None:
    stub.will(says(GOOD_VERDICT))

    answer = await asker.ask(schema=Verdict)

    assert answer.parsed == VERDICT
    assert answer.text == GOOD_VERDICT
    asked = stub.requests[0]["response_format"]
    assert asked["type"] == "json_schema"
    assert asked["json_schema"]["name"] == "Verdict"
    assert asked["json_schema"]["strict"] is True
    assert asked["json_schema"]["schema"] == {
        "description": "What the model is asked to judge in these tests.",
        "type": "object",
        "properties": {
            "stage": {"type": "string"},
            "certainty": {"type": "number"},
            "reasons": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["stage", "certainty", "reasons"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{GOOD_VERDICT}\n```",
        f"Вот что я вижу:\n```\n{GOOD_VERDICT}\n```\nУдачи!",
        f"Думаю так: {GOOD_VERDICT} — и всё.",
        f'{{не то}} {{"stage": 1}} {GOOD_VERDICT}',
        f"\ufeff{GOOD_VERDICT}",
        GOOD_VERDICT.replace("ORDEAL", "ORD\\u0000EAL"),
    ],
)
async def test_structured_answers_are_found_in_what_is_around_them(
    stub: Stub, asker: Asker, text: str
) -> None:
    stub.will(says(text))

    answer = await asker.ask(schema=Verdict)

    assert answer.parsed == VERDICT
    assert answer.attempts == 1


async def test_a_structured_answer_that_does_not_fit_is_asked_for_once_more_in_words(
    stub: Stub, asker: Asker
) -> None:
    stub.will(says("Мне кажется, это испытание."), says(GOOD_VERDICT))

    answer = await asker.ask(schema=Verdict)

    assert answer.parsed == VERDICT
    assert answer.attempts == 2
    assert answer.usage == Usage(prompt_tokens=200, completion_tokens=20, cost_micros=42)
    assert asker.results == [("garbage", "misfit"), ("ok", "")]
    assert asker.waits == [0.0]
    first, second = (request["messages"][0]["content"] for request in stub.requests)
    assert first == "Ты Наташа."
    assert second.startswith("Ты Наташа.\n\nAnswer with one JSON object")
    assert '"certainty":{"type":"number"}' in second


async def test_a_structured_answer_that_was_cut_off_gets_more_room(stub: Stub, asker: Asker) -> None:
    stub.will(says(GOOD_VERDICT[:30], finish="length"), says(GOOD_VERDICT))

    answer = await asker.ask(schema=Verdict)

    assert answer.parsed == VERDICT
    assert [request["max_tokens"] for request in stub.requests] == [300, 600]
    assert asker.results == [("garbage", "truncated"), ("ok", "")]


async def test_a_server_without_schemas_is_asked_in_a_weaker_way_and_remembered(
    stub: Stub, asker: Asker
) -> None:
    refusal = complains(400, "response_format: unknown value", param="response_format")
    stub.will(refusal, refusal, says(GOOD_VERDICT))

    answer = await asker.ask(schema=Verdict)
    again = await asker.ask(schema=Verdict)

    assert answer.parsed == again.parsed == VERDICT
    assert (answer.attempts, again.attempts) == (1, 1)
    assert [request.get("response_format", {}).get("type") for request in stub.requests] == [
        "json_schema",
        "json_object",
        None,
        None,
    ]
    assert "JSON" not in stub.requests[0]["messages"][0]["content"]
    assert all("JSON schema" in request["messages"][0]["content"] for request in stub.requests[1:])


async def test_what_was_learnt_for_a_schema_does_not_spell_it_into_plain_questions(
    stub: Stub, asker: Asker
) -> None:
    stub.will(complains(400, "no response_format here"), says(GOOD_VERDICT))

    await asker.ask(schema=Verdict)
    await asker.ask()

    assert stub.requests[2]["messages"][0]["content"] == "Ты Наташа."
    assert "response_format" not in stub.requests[2]


async def test_a_model_that_knows_only_the_newer_limit_and_no_temperature_is_served(
    stub: Stub, asker: Asker
) -> None:
    stub.will(
        complains(400, "Unsupported parameter: use 'max_completion_tokens' instead.", param="max_tokens"),
        complains(400, "Unsupported value: 'temperature' does not support 0.7.", param="temperature"),
        says(),
    )

    first = await asker.ask()
    await asker.ask()

    assert first.attempts == 1
    assert [set(request) - {"model", "messages"} for request in stub.requests] == [
        {"max_tokens", "temperature"},
        {"max_completion_tokens", "temperature"},
        {"max_completion_tokens"},
        {"max_completion_tokens"},
    ]


async def test_openai_itself_is_asked_with_the_newer_limit_first() -> None:
    said = messages((ChatLine("user", "Привет"),))
    newer = Dialect(limit="max_completion_tokens")
    complaint = b'{"error": {"message": "unknown field max_completion_tokens"}}'

    request = body(newer, said, model="m", schema=None, max_tokens=5, temperature=None)
    other = after_complaint(newer, Reply(400, complaint), structured=False)

    assert request == {
        "model": "m",
        "messages": [{"role": "user", "content": "Привет"}],
        "max_completion_tokens": 5,
    }
    assert other == Dialect(limit="max_tokens")


async def test_without_a_limit_none_is_sent(stub: Stub, asker: Asker) -> None:
    asker.with_settings(max_tokens=0)

    await asker.ask()

    assert set(stub.requests[0]) == {"model", "messages", "temperature"}


async def test_the_schema_comes_first_where_there_is_no_system_line(stub: Stub, asker: Asker) -> None:
    stub.will(complains(400, "response_format?"), says(GOOD_VERDICT))
    rehearsal = Rehearsal(lines=(), turn=0, language="ru")
    question = Question("judge", (ChatLine("user", "Привет"),), rehearsal, schema=Verdict)

    await asker.model.ask(question)

    assert [line["role"] for line in stub.requests[1]["messages"]] == ["system", "user"]
    assert stub.requests[1]["messages"][0]["content"].startswith("Answer with one JSON object")


async def test_many_questions_at_once_each_get_their_own_answer(stub: Stub, asker: Asker) -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        said = (await request.json())["messages"][-1]["content"]
        return await says(f"эхо {said}")(request)

    stub.will(echo)

    answers_ = await asyncio.gather(*(asker.ask(str(number)) for number in range(40)))

    assert [answer.text for answer in answers_] == [f"эхо {number}" for number in range(40)]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (says(None), "empty"),
        (says(""), "empty"),
        (says(" \n\x00"), "empty"),
        (says(5), "empty"),
        (says({"a": 1}), "empty"),
        (says(None, finish="length"), "truncated"),
        (says("<think>и так далее"), "empty"),
        (says("нет", finish="content_filter"), "refusal"),
        (answers(completion() | {"choices": []}), "no_choice"),
        (answers({}), "no_choice"),
        (answers({"choices": None}), "no_choice"),
        (answers({"choices": ["x"]}), "no_choice"),
        (answers({"choices": [{}]}), "empty"),
        (answers({"choices": [{"message": {"content": None, "refusal": "I can't."}}]}), "refusal"),
        (answers([1, 2]), "not_json"),
        (answers("text"), "not_json"),
        (answers(None), "not_json"),
        (sends(b""), "not_json"),
        (sends(b"\xff\xfe\x00"), "not_json"),
        (sends(b"[" * 100_000), "not_json"),
        (sends(b'{"choices": ' + b"9" * 5000 + b"}"), "not_json"),
        (sends(b'{"choices": [{"mess'), "not_json"),
        (sends(b"", status=204), "not_json"),
        (sends(b"<!DOCTYPE html><html><body>Bad gateway</body></html>", kind="text/html"), "html"),
        (says("<html><body>no</body></html>"), "html"),
        (says("x" * 1_000_000), "too_long"),
        (sends(b" " * 3_000_000), "too_long"),
    ],
)
async def test_garbage_is_asked_for_once_more_and_then_the_model_is_unavailable(
    stub: Stub, asker: Asker, step: object, code: str
) -> None:
    stub.will(step)  # type: ignore[arg-type]

    with pytest.raises(ModelUnavailable) as refusal:
        await asker.ask()

    assert refusal.value.code == code
    assert refusal.value.permanent is False
    assert asker.results == [("garbage", code), ("garbage", code)]
    assert asker.waits == [0.0]
    assert asker.breaker.unreachable_since is None


async def test_garbage_once_is_forgiven(stub: Stub, asker: Asker) -> None:
    stub.will(says(None), says())

    answer = await asker.ask()

    assert (answer.text, answer.attempts) == ("Привет!", 2)


async def test_what_garbage_cost_is_told_with_the_error(stub: Stub, asker: Asker) -> None:
    stub.will(says(""))

    with pytest.raises(ModelUnavailable) as refusal:
        await asker.ask()

    assert refusal.value.spent == Usage(prompt_tokens=200, completion_tokens=20, cost_micros=42)


async def test_the_sdk_is_imported_with_the_first_question(stub: Stub, asker: Asker) -> None:
    await asker.ask()

    assert "openai" in sys.modules
