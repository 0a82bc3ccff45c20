from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q

from bots.roles import CAPABILITIES, Capability

_ANSWERING = [role.value for role, may in CAPABILITIES.items() if Capability.ANSWER in may]


def team_of(*, bot_id: UUID) -> list[tuple[int, str]]:
    """Staff who may answer in a bot's place, by name: their ids and what they are called."""
    users = User.objects.filter(
        Q(is_superuser=True) | Q(bot_access__bot_id=bot_id, bot_access__role__in=_ANSWERING),
        is_active=True,
        is_staff=True,
    ).distinct()
    team = [(user.pk, user.get_full_name() or user.get_username()) for user in users]
    return sorted(team, key=lambda member: member[1].casefold())
