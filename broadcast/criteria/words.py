"""The catalogue of texts about criteria."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from journey.stages import FALLBACK_LANGUAGE, LANGUAGES

_TEXTS: Final = Path(__file__).with_name("texts")


def say(section: str, name: str, language: str, /, **values: object) -> str:
    """A text with its values; a language that we have no words in gets English ones."""
    return str(texts(language)[section][name]).format_map(values)


def texts(language: str) -> Mapping[str, Any]:
    """The whole catalogue in one language."""
    return _read(language if language in LANGUAGES else FALLBACK_LANGUAGE)


@cache
def _read(language: str) -> Mapping[str, Any]:
    return tomllib.loads((_TEXTS / f"{language}.toml").read_text(encoding="utf-8"))
