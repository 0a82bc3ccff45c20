"""A Chat Completions body becomes a completion or a failure. Pure; believes nothing that a server sends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from llm.cleaning import clean, clean_values, whole_sentences
from llm.pricing import token_count
from llm.reply import Failure, Reply, failure_of, load_json

# A person is answered in 4,096 characters at most: what is beyond this is a model that lost its way.
LONGEST_TEXT = 16_000
_CHARS_PER_TOKEN_AT_MOST = 8
_MOST_CANDIDATES = 20
_HTML = re.compile(r"\s*<(!doctype|html|head|body)\b", re.IGNORECASE)
_THOUGHT = re.compile(r"\s*<think>.*?(</think>|\Z)", re.DOTALL)
_FENCE = re.compile(r"```[A-Za-z]*\s*\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model said, cleaned. Tokens are None where the server did not say."""

    text: str
    cut_off: bool
    prompt_tokens: int | None
    completion_tokens: int | None
    failure: Failure | None = None


def read_completion(reply: Reply, *, max_tokens: int) -> Completion:
    """The completion in a 200. `failure` is set where it is of no use; its tokens were spent all the same."""
    data = load_json(reply.body)
    if not isinstance(data, dict):
        is_html = _HTML.match(reply.body[:200].decode("utf-8", "replace"))
        return _useless("html" if is_html else "not_json", {})
    choices = data.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        return _without_choice(reply, data)
    message = choice.get("message")
    message = message if isinstance(message, dict) else {}
    text = _THOUGHT.sub("", clean(_text_of(message.get("content"))), count=1).strip()
    cut_off = choice.get("finish_reason") == "length"
    code = _uselessness(text, message, choice, max_tokens=max_tokens, cut_off=cut_off)
    if code:
        return _useless(code, data, cut_off=cut_off)
    return Completion(text, cut_off, *_tokens(data))


def readable(text: str, *, cut_off: bool) -> str:
    """A text for a person: one that was cut off ends with its last whole sentence."""
    return whole_sentences(text) if cut_off else text


def parse_structured(text: str, schema: type[BaseModel]) -> BaseModel | None:
    """The first JSON in the text that fits the schema: alone, fenced, or with talk around it."""
    for candidate in _candidates(text):
        try:
            return schema.model_validate(clean_values(candidate))
        except (ValidationError, RecursionError):
            continue
    return None


def _candidates(text: str) -> Iterator[object]:
    for part in (text, *_FENCE.findall(text)):
        value = load_json(part)
        if value is not None:
            yield value
    decoder = json.JSONDecoder()
    at = text.find("{")
    for _ in range(_MOST_CANDIDATES):
        if at < 0:
            return
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            yield value
        at = text.find("{", end)


def _text_of(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        # Some servers answer in parts, as they are asked.
        parts = (part.get("text") for part in content if isinstance(part, dict))
        return "".join(part for part in parts if isinstance(part, str))
    return ""


def _uselessness(
    text: str, message: dict[str, Any], choice: dict[str, Any], *, max_tokens: int, cut_off: bool
) -> str:
    if message.get("refusal") or choice.get("finish_reason") == "content_filter":
        return "refusal"
    if not text:
        return "truncated" if cut_off else "empty"
    if len(text) > max(LONGEST_TEXT, max_tokens * _CHARS_PER_TOKEN_AT_MOST):
        return "too_long"
    return "html" if _HTML.match(text) else ""


def _without_choice(reply: Reply, data: dict[str, Any]) -> Completion:
    error = data.get("error")
    if not error:
        return _useless("no_choice", data)
    # Gateways say 200 and put the status of the server behind them into the body.
    code = error.get("code") if isinstance(error, dict) else None
    status = code if isinstance(code, int) and 400 <= code < 600 else 502
    failure = failure_of(Reply(status=status, body=reply.body, retry_after=reply.retry_after))
    return Completion("", False, *_tokens(data), failure=failure)


def _useless(code: str, data: dict[str, Any], *, cut_off: bool = False) -> Completion:
    return Completion("", cut_off, *_tokens(data), failure=Failure(code, "garbage", 200))


def _tokens(data: dict[str, Any]) -> tuple[int | None, int | None]:
    usage = data.get("usage")
    if not isinstance(usage, dict):
        return None, None
    return token_count(usage.get("prompt_tokens")), token_count(usage.get("completion_tokens"))
