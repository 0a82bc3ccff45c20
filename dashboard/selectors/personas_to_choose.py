from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bots.default_persona import default_persona
from bots.models import Persona


@dataclass(frozen=True, slots=True)
class PersonaChoice:
    """A persona that a bot may have."""

    id: UUID
    name: str
    description: str
    is_default: bool


def personas_to_choose() -> list[PersonaChoice]:
    """All personas, the one that bots have by themselves first."""
    usual = default_persona()
    rows = Persona.objects.order_by("name", "id").values_list("id", "name", "description")
    found = [PersonaChoice(*row, is_default=usual is not None and row[0] == usual.id) for row in rows]
    return sorted(found, key=lambda each: not each.is_default)
