"""What admins read in Telegram about an alert. Pure."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from bots.contracts import WaitingAlert
from care.hours import local_time
from core.clock import clock
from sessions_app.rendering import Html, escape
from sessions_app.speech import FALLBACK_LANGUAGE, LANGUAGES

_TEXTS: Final = Path(__file__).with_name("texts")

# Kinds whose subject says something to whoever reads it; with the others it chooses among the explanations.
_NAMED: Final = frozenset({"error", "model_unreachable", "model_back", "task_failed"})
_MOST_LINES: Final = 15
# Of a subject on a line of the digest: all lines fit into one message then, whatever bots are called.
_LONGEST_SUBJECT: Final = 70


def alert_text(alert: WaitingAlert, language: str, *, bot: str | None, timezone: str) -> Html:
    """One alert in words: what happened, to which bot, what it means, since when and how often."""
    facts = [
        _where(language, bot),
        Html(f"<code>{escape(alert.subject)}</code>") if alert.kind in _NAMED and alert.subject else None,
        Html(f"<i>{escape(alert.detail)}</i>") if alert.detail else None,
    ]
    counted = [
        _say("since", language, time=_time(alert, timezone)),
        _say("times", language, count=alert.count) if alert.count > 1 else None,
        _say("swallowed", language, count=alert.swallowed) if alert.swallowed else None,
    ]
    parts = [
        _lines([_say(f"title.{alert.kind}", language), *facts]),
        _meaning(alert, language),
        Html(" ".join(each for each in counted if each)),
    ]
    return Html("\n\n".join(parts))


def digest_text(alerts: Sequence[WaitingAlert], language: str, *, bots: Mapping[Any, str]) -> Html:
    """Many alerts at once, those of the same kind, bot and subject on one line, the most frequent first."""
    counts: Counter[tuple[str, Any, str]] = Counter()
    for each in alerts:
        subject = each.subject if each.kind in _NAMED else ""
        counts[(each.kind, each.bot_id, subject)] += each.count + each.swallowed
    listed = counts.most_common(_MOST_LINES)
    lines = [_line(language, *what, count=count, bots=bots) for what, count in listed]
    if len(counts) > len(listed):
        lines.append(_say("digest.more", language, count=len(counts) - len(listed)))
    return Html(
        "\n\n".join(
            [
                _say("digest.title", language, count=counts.total()),
                Html("\n".join(f"• {each}" for each in lines)),
                _say("digest.outro", language),
            ]
        )
    )


def _line(
    language: str, kind: str, bot_id: Any, subject: str, *, count: int, bots: Mapping[Any, str]
) -> Html:
    title = _say(f"title.{kind}", language)
    bot = bots.get(bot_id) or _say("installation", language)
    if subject:
        subject = subject if len(subject) <= _LONGEST_SUBJECT else f"{subject[: _LONGEST_SUBJECT - 1]}…"
        line = _say("digest.line_about", language, title=title, bot=bot, subject=subject)
    else:
        line = _say("digest.line", language, title=title, bot=bot)
    return _say("digest.times", language, line=line, count=count) if count > 1 else line


def _where(language: str, bot: str | None) -> Html:
    return _say("installation", language) if bot is None else _say("bot", language, bot=bot)


def _meaning(alert: WaitingAlert, language: str) -> Html:
    """What it means: for this very subject where there are words for it, else for the kind."""
    texts = _texts(language)
    about = f"means.{alert.kind}_{alert.subject}"
    if alert.kind == "budget_spent":
        # Its subject is a day and the budget's name.
        about = f"means.budget_spent_{alert.subject.rpartition(' ')[2]}"
    elif alert.kind == "crisis" and about not in texts:
        about = "means.crisis_other"
    chosen = [about, f"means.{alert.kind}"] if alert.kind == "crisis" else [about]
    said = [key for key in chosen if key in texts] or [f"means.{alert.kind}"]
    return _lines([_say(key, language) for key in said])


def _time(alert: WaitingAlert, timezone: str) -> str:
    local = local_time(alert.first_at, timezone)
    day = "" if local.date() == local_time(clock.now(), timezone).date() else f"{local:%d.%m} "
    return f"{day}{local:%H:%M %Z}"


def _lines(texts: Sequence[Html | None]) -> Html:
    return Html("\n".join(each for each in texts if each))


def _say(key: str, language: str, /, **values: object) -> Html:
    text = _texts(language)[key]
    return Html(text.format_map({name: escape(value) for name, value in values.items()}))


def _texts(language: str) -> Mapping[str, str]:
    return _read(language if language in LANGUAGES else FALLBACK_LANGUAGE)


@cache
def _read(language: str) -> Mapping[str, str]:
    tree = tomllib.loads((_TEXTS / f"{language}.toml").read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            found |= {f"{name}.{key}": text for key, text in value.items()}
        else:
            found[name] = value
    return found
