"""Whom a person in danger can call. The facts are data: `hotlines.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from sessions_app.rendering import Html
from sessions_app.speech import say

_HOTLINES: Final = Path(__file__).with_name("hotlines.toml")
# Where speakers of a language mostly live, for those whose country is not known.
_HOMES: Final = {"ru": ("RU",), "en": ("US", "GB", "EU")}


@dataclass(frozen=True, slots=True)
class Hotline:
    """Somewhere to turn, named in the person's language."""

    name: str
    number: str
    hours: str
    url: str | None = None


def hotlines(language: str, country: str | None = None, *, kind: str | None = None) -> tuple[Hotline, ...]:
    """Where to turn in this country (an ISO code), or where speakers of the language mostly live.

    With a `kind`, only what is meant for that kind of danger. A directory of all countries always comes last.
    """
    language = language if language in _HOMES else "en"
    rows = _hotline_data()["hotline"]
    code = (country or "").upper()
    known = {row["country"] for row in rows} - {"*"}
    if code in known:
        places: tuple[str, ...] = (code,)
    elif code in _hotline_data()["european_union"]:
        places = ("EU",)
    else:
        places = () if code else _HOMES[language]
    return tuple(
        Hotline(row["name"][language], row["number"], row["hours"][language], row.get("url"))
        for place in (*places, "*")
        for row in rows
        if row["country"] == place and (kind is None or kind in row.get("kinds", (kind,)))
    )


def crisis_reply(kind: str, language: str, country: str | None = None) -> Html:
    """What the bot says at once when it sees this sign, hotlines included."""
    return say(f"crisis.reply.{kind}", language, hotlines=hotline_list(language, country, kind=kind))


def hotline_list(language: str, country: str | None = None, *, kind: str | None = None) -> Html:
    """The hotlines as lines of Telegram HTML."""
    return Html(
        "\n".join(
            say("crisis.hotline", language, name=line.name, number=line.number, hours=line.hours)
            for line in hotlines(language, country, kind=kind)
        )
    )


@cache
def _hotline_data() -> dict[str, Any]:
    return tomllib.loads(_HOTLINES.read_text(encoding="utf-8"))
