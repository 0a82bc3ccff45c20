"""Who may do what in the inbox: what their role in the bot allows."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from bots.admin.base import bots_where, is_staff, may
from bots.roles import Capability
from core.tenancy import visible_bots


def may_answer(request: HttpRequest, bot_id: UUID | None = None) -> bool:
    """Whether whoever looks may take conversations over, write, and tend them; without a bot, in any."""
    return may(request, Capability.ANSWER, bot_id)


def may_see_why(request: HttpRequest, bot_id: UUID) -> bool:
    """Whether they may see how an answer of the bot's came about."""
    return may(request, Capability.CHANGE_PROMPTS, bot_id)


def readable_bots(request: HttpRequest) -> list[UUID]:
    """The bots whose conversations they may read."""
    readable = set(bots_where(request, Capability.SEE_WORDS))
    return [each for each in visible_bots() or () if each in readable]


def reader_of(request: HttpRequest) -> User:
    """Who looks. Raises PermissionDenied for anybody but staff."""
    if not is_staff(request) or not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
