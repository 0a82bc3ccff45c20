"""Who may do what with people: access to a bot lets staff see its people, Django's permission lets them act."""

from __future__ import annotations

from django.http import HttpRequest

from bots.admin.base import is_staff


def may_care(request: HttpRequest) -> bool:
    """Whether whoever looks at the page may also change something about a person."""
    return is_staff(request) and request.user.has_perm("profiles.change_profile")
