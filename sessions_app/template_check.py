"""What is wrong with the template of a prompt, before anybody speaks with it. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from sessions_app.default_prompts import PROMPT_KEYS
from sessions_app.fences import variables
from sessions_app.prompt import ALLOWED_VARIABLES
from sessions_app.rendering import clean

LONGEST_TEMPLATE: Final = 20_000
# Further away than this, another name is no help.
_NEAR: Final = 0.5
# Words in braces that are nearly a variable: spaces inside, dashes, or letters of another alphabet.
_NEARLY: Final = re.compile(r"\{([ \t]*[^\W\d][\w .\-]{0,60})\}")
_OPEN: Final = re.compile(r"\{([a-z][a-z_]{2,60})\b(?!\})")
_APART: Final = re.compile(r"[\s.\-]+")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong.

    `name` is what stands in the braces (for `unknown`: nothing is known by that name; for `misspelt`: it is not
    filled in as it is written; for `open`: its brace is not closed) and `nearest` the variable that was probably
    meant, "" where none comes near. `length` is that of a text which is `long`.
    """

    kind: Literal["no_prompt", "empty", "long", "characters", "unknown", "misspelt", "open"]
    name: str = ""
    nearest: str = ""
    length: int = 0


def mistakes_in(key: str, text: str) -> tuple[Mistake, ...]:
    """What is wrong with this template for the prompt of this key; nothing when it can be published."""
    return tuple(_mistakes(key, text))


def _mistakes(key: str, text: str) -> Iterator[Mistake]:
    allowed = ALLOWED_VARIABLES.get(key) if key in PROMPT_KEYS else None
    if allowed is None:
        yield Mistake("no_prompt", key)
        return
    if not text.strip():
        yield Mistake("empty")
    if len(text) > LONGEST_TEMPLATE:
        yield Mistake("long", length=len(text))
    if clean(text) != text.replace("\r\n", "\n"):
        yield Mistake("characters")
    known = variables(text)
    for name in sorted(known - allowed):
        yield Mistake("unknown", name, _nearest(name, allowed))
    for name in dict.fromkeys(_NEARLY.findall(text)):
        if name not in known:
            yield Mistake("misspelt", name, _nearest(name, allowed))
    for name in dict.fromkeys(_OPEN.findall(text)):
        if name in allowed:
            yield Mistake("open", name, name)


def _nearest(name: str, allowed: frozenset[str]) -> str:
    plain = _APART.sub("_", name.strip().lower())
    near = difflib.get_close_matches(plain, sorted(allowed), n=1, cutoff=_NEAR)
    return near[0] if near else ""
