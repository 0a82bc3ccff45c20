"""Who may look at a persona and change how it speaks: what roles in its bots say."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from bots.admin.base import bots_where, is_superuser, may
from bots.models import Bot, Persona
from bots.roles import Capability

_CHANGE = Capability.CHANGE_PROMPTS


def may_see_personas(request: HttpRequest) -> bool:
    """Whether they may change prompts anywhere."""
    return may(request, _CHANGE)


def personas_for(request: HttpRequest, personas: QuerySet[Persona]) -> QuerySet[Persona]:
    """Those that speak for a bot whose prompts they may change, or for none; to others the rest does not exist."""
    if is_superuser(request):
        return personas
    mine = bots_where(request, _CHANGE)
    if not mine:
        return personas.none()
    seen = Persona.objects.filter(Q(bots__isnull=True) | Q(bots__in=mine))
    return personas.filter(id__in=seen.values("id"))


def may_publish(request: HttpRequest, persona_id: UUID) -> bool:
    """Whether what they put in force would speak in no bot but those whose prompts they may change."""
    if is_superuser(request):
        return True
    mine = set(bots_where(request, _CHANGE))
    return bool(mine) and mine.issuperset(bots_of(persona_id))


def bots_of(persona_id: UUID) -> list[UUID]:
    """The bots that the persona speaks for."""
    return list(Bot.objects.filter(persona_id=persona_id).order_by("id").values_list("id", flat=True))
