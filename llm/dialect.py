"""How a server wants to be asked: compatible servers differ in three words of the same language."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel

from llm.cleaning import clean
from llm.contracts import ChatLine
from llm.reply import Reply, error_in
from llm.schema import response_format

_SPELLED = "Answer with one JSON object that fits this JSON schema, and with nothing else:\n"


@dataclass(frozen=True, slots=True)
class Dialect:
    """`spelled` puts the schema into the words of the prompt, for servers that do not look at the format."""

    form: Literal["json_schema", "json_object", "plain"] = "json_schema"
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    tempered: bool = True
    spelled: bool = False


def messages(lines: tuple[ChatLine, ...]) -> list[dict[str, str]]:
    """The lines as a server takes them: cleaned, empty ones left out."""
    said = ((line.role, clean(line.text)) for line in lines)
    return [{"role": role, "content": text} for role, text in said if text.strip()]


def body(
    dialect: Dialect,
    said: list[dict[str, str]],
    *,
    model: str,
    schema: type[BaseModel] | None,
    max_tokens: int,
    temperature: float | None,
) -> dict[str, Any]:
    """The request's JSON."""
    request: dict[str, Any] = {"model": model, "messages": said}
    if max_tokens > 0:
        request[dialect.limit] = max_tokens
    if temperature is not None and dialect.tempered:
        request["temperature"] = temperature
    if schema is None:
        return request
    if dialect.form == "json_schema":
        request["response_format"] = response_format(schema)
    elif dialect.form == "json_object":
        request["response_format"] = {"type": "json_object"}
    if dialect.spelled:
        request["messages"] = _with_schema_spelled(said, schema)
    return request


def after_complaint(dialect: Dialect, reply: Reply, *, structured: bool) -> Dialect | None:
    """The dialect to try after a 400 or 422, or None when the complaint is not about the dialect."""
    error = error_in(reply.body) or {}
    about = f"{error.get('param')} {error.get('message')}".lower()
    if dialect.limit == "max_tokens" and "max_completion_tokens" in about:
        return replace(dialect, limit="max_completion_tokens")
    if dialect.limit == "max_completion_tokens" and "max_completion_tokens" in about:
        return replace(dialect, limit="max_tokens")
    if dialect.tempered and "temperature" in about:
        return replace(dialect, tempered=False)
    if not structured or dialect.form == "plain":
        return None
    form: Literal["json_object", "plain"] = "json_object" if dialect.form == "json_schema" else "plain"
    return replace(dialect, form=form, spelled=True)


def _with_schema_spelled(said: list[dict[str, str]], schema: type[BaseModel]) -> list[dict[str, str]]:
    wanted = response_format(schema)["json_schema"]["schema"]
    spelled = _SPELLED + json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))
    # Chat templates of small models take one system line, and only as the first.
    if said and said[0]["role"] == "system":
        return [{"role": "system", "content": f"{said[0]['content']}\n\n{spelled}"}, *said[1:]]
    return [{"role": "system", "content": spelled}, *said]
