"""Readers of shaped answers: what a model says where a text, a number or a list was asked for, tidied. Pure.

Fields have no defaults, since strict `json_schema` servers refuse them: what a model leaves out is filled in
before validation.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, model_validator

from journey.stages import LANGUAGES, StageCode, stages
from sessions_app.rendering import clean

_SPACES: Final = re.compile(r"\s+")
_ITEM_BREAK: Final = re.compile(r"\n|;\s")
_BULLET: Final = re.compile(r"^\s*(?:[-*•–—]|\d{1,2}[.)])\s+")
_NUMBER: Final = re.compile(r"[-+−]?\d{1,9}(?:[.,]\d{1,9})?")
# Lists within lists: a model that goes deeper has lost its way.
_DEEPEST: Final = 4
_LARGEST: Final = 1e300
_LONGEST_NAME: Final = 100
_NOTHING: Final = frozenset({"", "null", "none", "n/a", "нет", "неясно", "-", "—"})


class Outcome(BaseModel):
    """A shaped answer: unknown fields are ignored, missing ones are blank."""

    # "additionalProperties" is said for strict servers; what comes is still read leniently.
    model_config = ConfigDict(extra="ignore", json_schema_extra={"additionalProperties": False})

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return dict.fromkeys(cls.model_fields) | dict(value)


def text(value: object, *, depth: int = 0) -> str:
    """The value as text that can be kept and sent; "" for what is none."""
    if value is None or isinstance(value, bool | bytes | Mapping):
        return ""
    if isinstance(value, str):
        return clean(value).strip()
    if isinstance(value, float) and not value.is_integer():
        return str(value)
    if isinstance(value, int | float):
        return f"{value:.0f}" if abs(number(value)) < _LARGEST else ""
    if isinstance(value, Iterable) and depth < _DEEPEST:
        return "; ".join(part for part in (text(each, depth=depth + 1) for each in value) if part)
    return ""


def cut(words: str, limit: int) -> str:
    """At most `limit` characters, cut between words with an ellipsis."""
    if len(words) <= limit:
        return words
    head = words[: limit - 1]
    at = head.rfind(" ", limit // 2)
    return (head[:at] if at > 0 else head).rstrip(" ,;:–—-") + "…"


def line(limit: int) -> BeforeValidator:
    """One line of at most `limit` characters."""
    return BeforeValidator(lambda value: cut(_SPACES.sub(" ", text(value)), limit))


def _unless_nothing(said: str) -> str:
    return "" if said[:20].casefold().strip(" .") in _NOTHING else said


def optional_line(limit: int) -> BeforeValidator:
    """As `line`, and None for what only says that there is nothing."""

    def read(value: object) -> str | None:
        said = _unless_nothing(_SPACES.sub(" ", text(value)))
        return cut(said, limit) if said else None

    return BeforeValidator(read)


def told_line(limit: int) -> BeforeValidator:
    """As `line`, and "" for what only says that there is nothing."""
    return BeforeValidator(lambda value: cut(_SPACES.sub(" ", _unless_nothing(text(value))), limit))


def told_prose(limit: int) -> BeforeValidator:
    """As `prose`, and "" for what only says that there is nothing."""
    return BeforeValidator(lambda value: cut(_unless_nothing(text(value)), limit))


def prose(limit: int) -> BeforeValidator:
    """Text that keeps its lines, of at most `limit` characters."""
    return BeforeValidator(lambda value: cut(text(value), limit))


def lines(limit: int, most: int) -> BeforeValidator:
    """At most `most` different lines of at most `limit` characters, however the model listed them."""

    def read(value: object) -> list[str]:
        parts: Iterable[object]
        if isinstance(value, str):
            parts = _ITEM_BREAK.split(value)
        elif isinstance(value, Mapping):
            parts = value.values()
        else:
            parts = value if isinstance(value, Iterable) else ()
        found: dict[str, str] = {}
        for part in parts:
            said = cut(_SPACES.sub(" ", _BULLET.sub("", text(part))), limit)
            if _unless_nothing(said):
                found.setdefault(said.casefold(), said)
            if len(found) == most:
                break
        return list(found.values())

    return BeforeValidator(read)


def number(value: object) -> float:
    """The first number in the value; 0 where there is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value) if math.isfinite(value) else 0.0
        except OverflowError:
            # A whole number may have any length.
            return _LARGEST if value > 0 else -_LARGEST
    found = _NUMBER.search(value) if isinstance(value, str) else None
    return float(found[0].replace(",", ".").replace("−", "-")) if found else 0.0


def confidence(value: object) -> float:
    """A confidence from 0 to 1, also where it was given in percent."""
    found = number(value)
    return max(0.0, min(1.0, found / 100 if found > 1 else found))


def percent(value: object) -> int:
    """Whole percent from 0 to 100, also where a share of one was given."""
    found = number(value)
    if 0 < found < 1 and not (isinstance(value, str) and "%" in value):
        found *= 100
    return round(max(0.0, min(100.0, found)))


def listed(value: object, *, named: str) -> list[object]:
    """The entries of a list of objects, also where they came alone, or as an object with `named` for its keys."""
    if isinstance(value, Mapping):
        if named in value:
            return [value]
        return [{named: key, **each} for key, each in value.items() if isinstance(each, Mapping)]
    return list(value) if isinstance(value, list | tuple) else []


def entries(most: int, *, named: str) -> BeforeValidator:
    """At most `most` entries that name themselves; what is no object is left out."""

    def read(value: object) -> list[object]:
        found: list[object] = [
            each
            for each in listed(value, named=named)
            if isinstance(each, BaseModel) or (isinstance(each, Mapping) and text(each.get(named)))
        ]
        return found[:most]

    return BeforeValidator(read)


def stage_code(value: object) -> StageCode | None:
    """The stage of this code, name or number; None where it is none of the twelve."""
    word = text(value)[:_LONGEST_NAME]
    code = re.sub(r"[\s-]+", "_", word).upper()
    if code in StageCode.__members__:
        return StageCode(code)
    for language in LANGUAGES:
        for stage in stages(language):
            if word.casefold() == stage.name.casefold() or word == str(stage.number):
                return stage.code
    return None


def flag(value: object) -> bool:
    """Whether the value says yes."""
    return value is True or text(value).casefold() in {"true", "yes", "да", "1"}


OptionalStage = Annotated[
    StageCode | None,
    BeforeValidator(stage_code),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "enum": [code.value for code in StageCode]}, {"type": "null"}]}
    ),
]
