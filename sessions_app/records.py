"""The talk as a model is shown it: what fits of it, as chat lines or as a record. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from llm.contracts import ChatLine
from sessions_app.rendering import clean

# Who said it ("user", "bot" or "system", as messages are kept) and what.
Said = tuple[str, str]

# About 24 turns of an ordinary chat; more costs money and adds nothing to the next sentence.
MOST_MESSAGES: Final = 40
MOST_CHARS: Final = 12_000
_MOST_NEW_CHARS: Final = 12_000

_SPEAKERS: Final[Mapping[str, Literal["system", "user", "assistant"]]] = {
    "user": "user",
    "bot": "assistant",
    "system": "system",
}
_NAMES: Final = {
    "ru": {"user": "человек", "bot": "собеседница", "system": "заметка"},
    "en": {"user": "person", "bot": "companion", "system": "note"},
}


def history_window(
    history: Sequence[Said], *, max_messages: int = MOST_MESSAGES, max_chars: int = MOST_CHARS
) -> tuple[Said, ...]:
    """The newest messages that fit, whole and in order; only a lone one that is too long is shortened."""
    kept: list[Said] = []
    room = max_chars
    for role, said in reversed(history[-max_messages:] if max_messages > 0 else ()):
        text = clean(said).strip()
        if not text:
            continue
        if len(text) > room:
            if not kept:
                kept.append((role, middle_out(text, room)))
            break
        room -= len(text)
        kept.append((role, text))
    return tuple(reversed(kept))


def dialogue(window: Sequence[Said], new: Sequence[str]) -> list[ChatLine]:
    """The talk as chat lines; neighbours of one role become one: many servers want roles to alternate."""
    said: list[tuple[Literal["system", "user", "assistant"], list[str]]] = []
    for role, text in (*window, ("user", joined(new))):
        if not text:
            continue
        speaker = _SPEAKERS.get(role, "user")
        if said and said[-1][0] == speaker:
            said[-1][1].append(text)
        else:
            said.append((speaker, [text]))
    return [ChatLine(speaker, "\n\n".join(texts)) for speaker, texts in said]


def record(window: Iterable[Said], language: str) -> str:
    """The talk as a record, a line of it for each message."""
    names = _NAMES.get(language, _NAMES["en"])
    return "\n".join(element(names.get(role, role), text) for role, text in window if text)


def element(name: str, text: str, *, about: str = "") -> str:
    """The text between a pair of tags. Its angle brackets are turned, so that nobody speaks for another."""
    opening = f"{name} {_turned(about)}" if about else name
    return f"<{opening}>{_turned(text)}</{name}>"


def joined(new: Sequence[str]) -> str:
    """A burst of messages as one."""
    return middle_out(
        "\n".join(text for text in (clean(each).strip() for each in new) if text), _MOST_NEW_CHARS
    )


def middle_out(text: str, limit: int) -> str:
    """At most `limit` characters: what people come to say stands at the start or at the end."""
    if len(text) <= limit:
        return text
    mark = "\n[…]\n"
    if limit <= 2 * len(mark):
        return text[: max(limit, 0)]
    head = (limit - len(mark)) * 2 // 3
    return text[:head] + mark + text[len(text) - (limit - len(mark) - head) :]


def _turned(text: str) -> str:
    return text.replace("<", "‹").replace(">", "›")
