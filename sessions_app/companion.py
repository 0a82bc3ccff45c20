"""The bot as a conversation needs it: who speaks, with which prompts, through which model. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from llm.model import Model
from sessions_app.default_prompts import default_prompt

# The programmes that a diagnostic may point to, until staff keep a list of their own.
STREAMS = {
    "ru": ("Путь Героя", "Прошлые Жизни", "Открытие Сердца", "Трансформация Тени", "Пробуждение"),
    "en": ("Hero's Path", "Past Lives", "Opening the Heart", "Transforming the Shadow", "Awakening"),
}


@dataclass(frozen=True, slots=True)
class PromptBook:
    """The prompts of one persona: the published version where there is one, else the default in the code."""

    published: Mapping[tuple[str, str], tuple[str, UUID]] = field(default_factory=dict)

    def prompt(self, key: str, language: str) -> tuple[str, UUID | None]:
        """The template and the id of its version, None for the default."""
        return self.published.get((key, language)) or (default_prompt(key, language), None)


@dataclass(frozen=True, slots=True)
class Companion:
    """Who answers."""

    bot_id: UUID
    slug: str
    model: Model
    prompts: PromptBook
    # Whether a real model is behind it, which can also be asked to look for signs of crisis.
    has_model: bool
    admin_telegram_ids: frozenset[int] = frozenset()
