"""What staff type to find a person: a name, a username or a number of Telegram. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from profiles.plain import plain_line

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Term:
    """What was typed, read: an id of Telegram, or a word in small letters; neither where nothing was."""

    telegram_id: int | None = None
    word: str = ""
    is_username: bool = False

    def __bool__(self) -> bool:
        return self.telegram_id is not None or bool(self.word)


def read_term(said: str) -> Term:
    """A number is a Telegram id; `@vera` and `https://t.me/vera` are a username; anything else begins a name."""
    text = plain_line(said, _LONGEST)
    if text.isascii() and text.isdecimal():
        return Term(telegram_id=int(text[:18]))
    is_username = text.startswith("@") or "t.me/" in text
    word = text.rpartition("/")[2].removeprefix("@") if is_username else text
    return Term(word=word.casefold(), is_username=is_username)
