from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import User


def names_of_staff(*, ids: Collection[int]) -> dict[int, str]:
    """What these members of staff are called."""
    found = User.objects.filter(id__in=ids)
    return {user.pk: user.get_full_name() or user.get_username() for user in found}
