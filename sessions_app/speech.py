"""What the bot says by itself, in the person's language: Telegram HTML from `texts/`, values escaped."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any, Final

from sessions_app.rendering import Html, escape

_TEXTS: Final = Path(__file__).with_name("texts")

# What is said in every talk, of people and their journey, and to admins who send to many.
_FILES: Final = ("", "people.", "broadcast.")

LANGUAGES: Final = ("ru", "en")
FALLBACK_LANGUAGE: Final = "en"

# Who speaks, unless the caller passes another `persona`.
_PERSONA: Final = {"ru": "Наташа", "en": "Natasha"}


def language_of(code: str | None) -> str:
    """The language we answer in for a tag such as "ru", "en-GB" or "pt-br"; English for all others."""
    primary = (code or "").replace("_", "-").partition("-")[0].lower()
    # Who reads these usually reads Russian rather than English.
    return "ru" if primary in {"ru", "be", "uk", "kk", "ky"} else FALLBACK_LANGUAGE


def say(key: str, language: str, /, *, variant: int = 0, **values: object) -> Html:
    """The text of this key with its values put in, each escaped unless it is `Html` already.

    `variant` chooses among several wordings, around and around. A language without texts is answered in
    English. Raises LookupError for an unknown key or a missing value.
    """
    language = language if language in LANGUAGES else FALLBACK_LANGUAGE
    wordings = _texts(language).get(key)
    if wordings is None:
        msg = f"texts/{language}.toml has no text {key!r}"
        raise LookupError(msg)
    text, names = wordings[variant % len(wordings)]
    if not names:
        return Html(text)
    values.setdefault("persona", _PERSONA[language])
    return Html(text.format_map({name: escape(values[name]) for name in names}))


def keys(language: str) -> frozenset[str]:
    """Every key there is a text for."""
    return frozenset(_texts(language))


def variants(key: str, language: str) -> int:
    """How many wordings this key has."""
    return len(_texts(language)[key])


def paragraphs(*texts: str | None) -> Html:
    """The texts that are there, an empty line between two."""
    return Html("\n\n".join(text for text in texts if text))


def listing(items: Iterable[object]) -> Html:
    """Each item on a line of its own behind a dot, escaped."""
    return Html("\n".join(f"• {escape(item)}" for item in items))


_Wording = tuple[str, frozenset[str]]


@cache
def _texts(language: str) -> Mapping[str, tuple[_Wording, ...]]:
    found: dict[str, tuple[_Wording, ...]] = {}
    for name in _FILES:
        tree = tomllib.loads((_TEXTS / f"{name}{language}.toml").read_text(encoding="utf-8"))
        found.update(_flat("", tree))
    return MappingProxyType(found)


def _flat(prefix: str, tree: Mapping[str, Any]) -> Iterable[tuple[str, tuple[_Wording, ...]]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{name}.", value)
        else:
            wordings = value if isinstance(value, list) else [value]
            yield f"{prefix}{name}", tuple(_wording(text.strip()) for text in wordings)


def _wording(text: str) -> _Wording:
    return text, frozenset(name for _, name, _, _ in Formatter().parse(text) if name)
