"""What was not understood, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import AppError


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that was not understood: `text[start:end]` is `fragment`.

    `code` is the name of its explanation in `texts/`; `nearest` what was probably meant, "" where nothing comes
    near; `about` the key, or a limit. `field` is the form's, where it was read from one: positions are the field's.
    """

    code: str
    fragment: str
    start: int
    end: int
    nearest: str = ""
    about: str = ""
    field: str = ""


class CriteriaError(AppError):
    """Criteria that cannot be understood. `text` is what the positions of the mistakes count in (NFC)."""

    def __init__(self, *, text: str, mistakes: Sequence[Mistake]) -> None:
        first = mistakes[0]
        super().__init__(
            code=f"criteria_{first.code}", permanent=True, message=f"{first.code} at {first.start}"
        )
        self.text = text
        self.mistakes = tuple(mistakes)
