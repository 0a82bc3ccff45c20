"""What can be wrong with a wording of a stage, in words for staff."""

from __future__ import annotations

from core.errors import AppError


class JourneyError(AppError):
    """A wording that cannot be put in force; trying the same again is pointless.

    `words` hold `%(name)s` for each of `values`: whoever shows the refusal translates them first, since what is
    pure raises it too.
    """

    def __init__(self, code: str, words: str, **values: object) -> None:
        super().__init__(code=f"journey.{code}", permanent=True, message=words % values if values else words)
        self.words = words
        self.values = values


def gettext_noop(words: str) -> str:
    """The words as they are, marked for the translators without Django; whoever shows them translates them."""
    return words
