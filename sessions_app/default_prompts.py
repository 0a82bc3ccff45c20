"""The prompts that hold until staff publish others: one text file a prompt and language in `prompts/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

_PROMPTS: Final = Path(__file__).with_name("prompts")

FALLBACK_LANGUAGE: Final = "en"

PROMPT_KEYS: Final = (
    "persona.natasha",
    "coach.natasha",
    "coach.diagnostic",
    "session.summary",
    "diagnostic.result",
    "crisis.check",
    "analysis.stage",
    "analysis.facts",
    "analysis.portrait",
    "analysis.readiness",
)


def default_prompt(key: str, language: str) -> str:
    """The template of this prompt, in English for a language without one. LookupError for no such key."""
    if key not in PROMPT_KEYS:
        msg = f"there is no prompt {key!r}"
        raise LookupError(msg)
    return _read(key, language if language in {"ru", "en"} else FALLBACK_LANGUAGE)


@cache
def _read(key: str, language: str) -> str:
    return (_PROMPTS / f"{key}.{language}.txt").read_text(encoding="utf-8").strip()
