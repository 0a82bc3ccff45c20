"""Who looks at the admin."""

from __future__ import annotations

import itertools
import os

from django.contrib.auth.models import Permission, User
from django.test import Client

from bots.models import Bot, BotAccess
from bots.roles import Role

_numbers = itertools.count(1)


def make_user(*, superuser: bool = False, staff: bool = True) -> User:
    """An account without a password: tests log in by force."""
    return User.objects.create(
        username=f"person-{os.getpid()}-{next(_numbers)}", is_staff=staff, is_superuser=superuser
    )


def make_coach(*bots: Bot, permissions: tuple[str, ...] = (), role: Role | None = None) -> User:
    """A member of staff who was given these bots and these permissions of the bots' room.

    Without a role: a manager where they may change bots, else a coach.
    """
    user = make_user()
    role = role or (Role.MANAGER if "change_bot" in permissions else Role.COACH)
    for bot in bots:
        BotAccess.objects.create(user=user, bot=bot, role=role)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="bots", codename__in=permissions)
    )
    return user


def browser(user: User) -> Client:
    """Somebody's browser, logged in; it checks cross-site tokens as a real one would be made to."""
    client = Client()
    client.force_login(user)
    return client
