"""Which bots' people a member of staff may see."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User

from bots.roles import Capability
from bots.selectors.access import bots_with


def visible_bot_ids(*, user: User | AnonymousUser) -> list[UUID]:
    """All bots for a superuser, else those in which the person's role sees people; sorted."""
    return list(bots_with(user=user, capability=Capability.SEE_PEOPLE))


def figure_bot_ids(*, user: User | AnonymousUser) -> list[UUID]:
    """The bots that the person sees at all, be it their figures alone; sorted."""
    return list(bots_with(user=user, capability=Capability.SEE_FIGURES))
