"""What a member of staff may do, and where. Asked once a request, however often it is needed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User

from bots.models import Bot, BotAccess
from bots.roles import ALL, NONE, Capability, capabilities_of_role

# On the account as the request loaded it, so that access which is taken back ends with the request.
_KEPT = "_bot_access"


def capabilities_of(*, user: User | AnonymousUser, bot_id: UUID) -> frozenset[Capability]:
    """What this person may do in a bot: nothing where no access was given, everything as a superuser."""
    if not _is_staff(user):
        return NONE
    return ALL if user.is_superuser else _access_of(user).get(bot_id, NONE)


def bots_with(*, user: User | AnonymousUser, capability: Capability) -> tuple[UUID, ...]:
    """The bots in which this person may do it; sorted, so that equal sets look equal."""
    if not _is_staff(user):
        return ()
    return tuple(bot_id for bot_id, may in _access_of(user).items() if capability in may)


def _is_staff(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and user.is_active and user.is_staff


def _access_of(user: User | AnonymousUser) -> dict[UUID, frozenset[Capability]]:
    kept: dict[UUID, frozenset[Capability]] | None = getattr(user, _KEPT, None)
    if kept is None:
        kept = _look_up(user)
        setattr(user, _KEPT, kept)
    return kept


def _look_up(user: Any) -> dict[UUID, frozenset[Capability]]:
    if user.is_superuser:
        return dict.fromkeys(Bot.objects.order_by("id").values_list("id", flat=True), ALL)
    given = BotAccess.objects.filter(user_id=user.pk).order_by("bot_id").values_list("bot_id", "role")
    return {bot_id: capabilities_of_role(role) for bot_id, role in given}
