"""The persona that a bot has unless it is given another."""

from __future__ import annotations

from django.db import connection

from bots.models import Persona

SLUG = "natasha"


def default_persona() -> Persona | None:
    """Natasha's row, made where it is missing; None where it is missing and this process may not write it.

    Without a row the prompts in the code speak, which are hers as well.
    """
    persona = Persona.objects.filter(slug=SLUG).first()
    if persona is None and _may_write():
        persona, _ = Persona.objects.get_or_create(
            slug=SLUG,
            defaults={"name": "Наташа", "description": "Провокативный коуч: прямо, с юмором и с любовью."},
        )
    return persona


def _may_write() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('personas', 'INSERT')")
        return bool(cursor.fetchone()[0])
