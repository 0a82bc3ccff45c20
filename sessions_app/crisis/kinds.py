"""What a sign of danger is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CrisisKind(StrEnum):
    """What kind of danger. The order is that of urgency: a child who wants to die is heard as the latter."""

    SELF_HARM = "self_harm"
    ABUSE = "abuse"
    VIOLENCE = "violence"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class CrisisSign:
    """A sign of danger: its kind and the rule that saw it. It never carries the person's words."""

    kind: CrisisKind
    rule: str
