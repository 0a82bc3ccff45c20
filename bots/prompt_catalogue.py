"""What is known of each prompt: what it is for, what ships with the product, and what may stand in it.

Prompts are put together in a room above this one, so the settings name who knows (ADR 15 and 19).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class PromptCard:
    """One prompt: its key, and in words its name and when it is read."""

    key: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A name that may stand in braces, and what it stands for. What `is_persons_own` is fenced as mere data."""

    name: str
    meaning: str
    is_persons_own: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a text, in words; `wrong` is what stands there and `right` what was probably meant."""

    words: str
    wrong: str = ""
    right: str = ""


class PromptCatalogue(Protocol):
    """Who knows the prompts."""

    @property
    def languages(self) -> Sequence[str]: ...

    @property
    def longest(self) -> int:
        """How many characters a prompt may have."""

    def cards(self) -> Sequence[PromptCard]:
        """All prompts, in the order in which they are shown."""

    def card(self, key: str) -> PromptCard | None: ...

    def shipped(self, key: str, language: str) -> str:
        """The wording that ships with the product."""

    def variables(self, key: str) -> Sequence[Variable]:
        """What may stand in this prompt."""

    def problems(self, key: str, text: str) -> Sequence[Problem]:
        """What is wrong with a text for this prompt; nothing when it can be published."""


def prompt_catalogue() -> PromptCatalogue:
    """The catalogue that the settings name."""
    return cast("PromptCatalogue", import_string(settings.PROMPT_CATALOGUE))
