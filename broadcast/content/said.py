"""The parts of what a broadcast says. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Button:
    """A link that is counted if it has a `url`; otherwise a tap goes into the conversation as what was said."""

    label: str
    url: str = ""
    say: str = ""

    @property
    def said(self) -> str:
        """What the person says by tapping: `say`, or the label; nothing where it is a link."""
        return "" if self.url else self.say or self.label


@dataclass(frozen=True, slots=True)
class Wording:
    """The message in one language: Telegram HTML with variables, and rows of buttons."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the texts that are tried against each other, by language code ("ru", "en", "pt-br")."""

    label: str
    # A mapping has no hash; the label is enough of one.
    wordings: Mapping[str, Wording] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Content:
    """All that a broadcast says; who reads no language of it gets the one of `fallback`."""

    variants: tuple[Variant, ...]
    fallback: str

    def wording_for(self, variant_index: int, language: str) -> tuple[str, Wording]:
        """The wording for a reader and its language: theirs, theirs without the region, or the fallback.

        Raises LookupError where there is no such variant, or nothing of it can be read; `check_content` tells
        of both before anything is sent.
        """
        if not 0 <= variant_index < len(self.variants):
            msg = f"there is no variant {variant_index} among {len(self.variants)}"
            raise LookupError(msg)
        wordings = self.variants[variant_index].wordings
        exact = language.replace("_", "-").lower()
        for code in (exact, exact.partition("-")[0], self.fallback):
            if code in wordings:
                return code, wordings[code]
        msg = f"variant {variant_index} has no wording in {self.fallback!r}"
        raise LookupError(msg)
