"""What is told about mistakes. Plain text: whoever shows it escapes it."""

from __future__ import annotations

from broadcast.criteria.errors import CriteriaError, Mistake
from broadcast.criteria.words import say

# Of the line around a mistake: it fits on a phone.
_WIDTH = 48
_BEFORE = 15
_LONGEST_FRAGMENT = 60
# Explanations that hold what comes nearest themselves.
_SAYS_NEAREST = frozenset({"name_missing", "operator_missing", "operator_unfit", "unit_unclear"})


def told(error: CriteriaError, language: str) -> str:
    """Every mistake: what was not understood, where, and what was probably meant; an empty line between them."""
    return "\n\n".join(
        "\n".join([*pointed(error.text, each), explained(each, language)]) for each in error.mistakes
    )


def explained(mistake: Mistake, language: str) -> str:
    """What was not understood, and what was probably meant."""
    fragment = mistake.fragment
    if mistake.code == "unknown_value":
        # The text puts quotes around it.
        fragment = fragment.strip('"«»“”„')
    if len(fragment) > _LONGEST_FRAGMENT:
        fragment = f"{fragment[: _LONGEST_FRAGMENT - 1]}…"
    values = {"fragment": fragment, "about": mistake.about, "nearest": mistake.nearest}
    text = say("mistake", mistake.code, language, **values)
    if not mistake.nearest or mistake.code in _SAYS_NEAREST:
        return text
    nearest = say("mistake_nearest", "nearest", language, nearest=mistake.nearest)
    return f"{text} {nearest}{'?' if language != 'ru' else '.'}"


def pointed(text: str, mistake: Mistake) -> list[str]:
    """The line around a mistake and, under it, carets below what is meant; nothing where there is nothing to show."""
    if not mistake.fragment:
        return []
    first = max(mistake.start - _BEFORE, 0) if len(text) > _WIDTH else 0
    shown = "".join(" " if each.isspace() else each for each in text[first : first + _WIDTH])
    at = mistake.start - first
    wide = max(min(mistake.end, first + len(shown)) - mistake.start, 1)
    head = "…" if first else ""
    tail = "…" if first + _WIDTH < len(text) else ""
    return [f"{head}{shown}{tail}", " " * (len(head) + at) + "^" * wide]
