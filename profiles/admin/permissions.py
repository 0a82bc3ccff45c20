"""Who may do what with people: what their role in the person's bot allows."""

from __future__ import annotations

from django.http import HttpRequest

from bots.admin.base import may
from bots.roles import Capability
from profiles.models import Profile


def may_care(request: HttpRequest, person: Profile) -> bool:
    """Whether whoever looks at the person's page may also change something about them."""
    return may(request, Capability.CHANGE_PEOPLE, person.bot_id)
