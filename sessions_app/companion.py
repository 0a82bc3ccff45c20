"""The bot as a conversation needs it: who speaks, with which texts, through which model. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from journey import stages as catalogue
from journey.stages import FALLBACK_LANGUAGE, LANGUAGES, Stage, StageCode
from llm.model import Model
from sessions_app.default_prompts import default_prompt


@dataclass(frozen=True, slots=True)
class PromptBook:
    """The prompts of one persona: the published version where there is one, else the default in the code."""

    published: Mapping[tuple[str, str], tuple[str, UUID]] = field(default_factory=dict)

    def prompt(self, key: str, language: str) -> tuple[str, UUID | None]:
        """The template and the id of its version, None for the default."""
        return self.published.get((key, language)) or (default_prompt(key, language), None)


@dataclass(frozen=True, slots=True)
class StageBook:
    """The stages' texts in force: the published wording by code and language, else the catalogue in the code."""

    published: Mapping[tuple[str, str], Stage] = field(default_factory=dict)

    def stages(self, language: str) -> tuple[Stage, ...]:
        """All twelve in the order of the path; in English for a language without words."""
        known = language if language in LANGUAGES else FALLBACK_LANGUAGE
        default = catalogue.stages(known)
        if not self.published:
            return default
        return tuple(self.published.get((each.code, known), each) for each in default)

    def stage(self, code: str, language: str) -> Stage:
        """The stage of this code. Raises LookupError for a code that is none of the twelve."""
        known = language if language in LANGUAGES else FALLBACK_LANGUAGE
        default = catalogue.stage(code, known)
        return self.published.get((code, known), default)

    def stage_or_first(self, code: str | None, language: str) -> Stage:
        """The stage of this code, and where there is none, that on which every path begins."""
        known = code if code and code in StageCode.__members__ else StageCode.ORDINARY_WORLD
        return self.stage(known, language)


@dataclass(frozen=True, slots=True)
class StreamCard:
    """One programme as it is offered, in one language."""

    slug: str
    name: str
    description: str
    url: str = ""


_OFFERED: Final[Mapping[str, tuple[StreamCard, ...]]] = {
    "ru": (
        StreamCard(
            "hero-path",
            "Путь Героя",
            "Двенадцать стадий по порядку: от «всё нормально» до того, что возвращаешь другим.",
        ),
        StreamCard(
            "past-lives",
            "Прошлые Жизни",
            "Работа с образами и родовыми историями, которые повторяются в твоей жизни.",
        ),
        StreamCard(
            "open-heart",
            "Открытие Сердца",
            "О близости без брони: как доверять, просить и оставаться собой рядом с другим.",
        ),
        StreamCard(
            "shadow",
            "Трансформация Тени",
            "Злость, зависть, стыд: что они охраняют и какой силой становятся, если на них смотреть.",
        ),
        StreamCard(
            "awakening",
            "Пробуждение",
            "Практики внимания для тех, кому мало понимать и хочется жить проснувшись.",
        ),
    ),
    "en": (
        StreamCard(
            "hero-path",
            "Hero's Path",
            "The twelve stages in their order, from “it's all fine” to what you bring back for others.",
        ),
        StreamCard(
            "past-lives",
            "Past Lives",
            "Working with the images and family stories that keep repeating in your life.",
        ),
        StreamCard(
            "open-heart",
            "Opening the Heart",
            "Closeness without armour: trusting, asking, and staying yourself beside another.",
        ),
        StreamCard(
            "shadow",
            "Transforming the Shadow",
            "Anger, envy, shame: what they guard, and the strength they turn into once you look at them.",
        ),
        StreamCard(
            "awakening",
            "Awakening",
            "Practices of attention for those who want to live awake and not only to understand.",
        ),
    ),
}

_NO_NAME: Final = re.compile(r"[\W_]+")
_AFTER_NAME: Final = re.compile(r"[:(\[|—–]")


@dataclass(frozen=True, slots=True)
class StreamBook:
    """The programmes on offer, by language, in the order in which they are shown."""

    offered: Mapping[str, tuple[StreamCard, ...]] = field(default_factory=lambda: _OFFERED)

    def streams(self, language: str) -> tuple[StreamCard, ...]:
        """Those on offer; in English for a language without words."""
        return self.offered.get(language, self.offered.get(FALLBACK_LANGUAGE, ()))

    def find(self, called: str, language: str) -> StreamCard | None:
        """The one on offer that a model or a person calls so: by its slug, or by its name in any language."""
        # "Name: what it is about" is how they were listed to the model.
        words = {_plain(called[:200]), _plain(_AFTER_NAME.split(called[:200], maxsplit=1)[0])} - {""}
        slugs = {
            each.slug
            for cards in self.offered.values()
            for each in cards
            if not words.isdisjoint((_plain(each.slug), _plain(each.name)))
        }
        return next((each for each in self.streams(language) if each.slug in slugs), None)


def _plain(name: str) -> str:
    return _NO_NAME.sub(" ", name.casefold().replace("ё", "е")).strip()


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
    stages: StageBook = field(default_factory=StageBook)
    streams: StreamBook = field(default_factory=StreamBook)
    # Its answers are remembered under this name.
    model_name: str = ""
    # Held while a turn asks the model. Raises what its maker says where too many do: then the turn is taken again.
    place: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
