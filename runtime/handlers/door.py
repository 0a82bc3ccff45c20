"""The door: greeting, consent, language."""

from __future__ import annotations

from runtime.dispatch.act import Act
from runtime.handlers.run import run
from sessions_app.services import welcome

_LANGUAGES = ("ru", "en")


async def start(act: Act) -> None:
    await run(act, welcome.greet)


async def ask_for_consent(act: Act) -> None:
    await run(act, welcome.ask_for_consent)


async def consent(act: Act) -> None:
    said = _tapped(act)
    service = {"yes": welcome.consent, "underage": welcome.turn_away_underage}.get(said, welcome.decline)
    await run(act, service)


async def ask_language(act: Act) -> None:
    await run(act, welcome.ask_language)


async def choose_language(act: Act) -> None:
    await run(act, welcome.set_language, language=_language(act))


async def choose_language_at_door(act: Act) -> None:
    await run(act, welcome.greet_in, language=_language(act))


def _language(act: Act) -> str:
    said = _tapped(act)
    return said if said in _LANGUAGES else _LANGUAGES[0]


def _tapped(act: Act) -> str:
    return act.heard.tap.data.partition(":")[2] if act.heard.tap else ""
