"""Who may see people, and what they may do with them."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from bots.admin.base import bots_where, is_staff, may
from bots.roles import Capability
from core.tenancy import visible_bots
from dashboard.permissions import readable_bots


def may_see_gallery(request: HttpRequest) -> bool:
    """Whether the gallery is open to them; whoever was given no bot yet sees that there is nothing."""
    if may(request, Capability.SEE_PEOPLE):
        return True
    return is_staff(request) and not bots_where(request, Capability.SEE_FIGURES)


def people_bots(request: HttpRequest) -> list[UUID]:
    """The bots whose people they may see. Raises PermissionDenied where figures are all that they may see."""
    if not may_see_gallery(request):
        raise PermissionDenied
    seen = set(bots_where(request, Capability.SEE_PEOPLE))
    return [each for each in visible_bots() or () if each in seen]


def refreshable_bots(request: HttpRequest) -> frozenset[UUID]:
    """The bots whose people they may have portrayed anew."""
    return frozenset(bots_where(request, Capability.CHANGE_PEOPLE)) & frozenset(visible_bots() or ())


def searchable_bots(request: HttpRequest) -> list[UUID]:
    """The bots in which they may look for words that were said."""
    return readable_bots(request)


def may_see_person(request: HttpRequest, bot_id: UUID) -> bool:
    """Whether they may see people of this bot."""
    return may(request, Capability.SEE_PEOPLE, bot_id)
