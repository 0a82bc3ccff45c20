"""The persona that a bot has unless it is given another."""

from __future__ import annotations

from django.conf import settings

from bots.models import Persona

SLUG = "natasha"


def default_persona() -> Persona | None:
    """Natasha's row, made where it is missing; None where it is missing and this process may not write it.

    Without a row the prompts in the code speak, which are hers as well.
    """
    persona = Persona.objects.filter(slug=SLUG).first()
    if persona is None and settings.DATABASE_ROLE != "runtime":
        persona, _ = Persona.objects.get_or_create(
            slug=SLUG,
            defaults={"name": "Наташа", "description": "Провокативный коуч: прямо, с юмором и с любовью."},
        )
    return persona
