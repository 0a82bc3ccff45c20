from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from bots.errors import BotError


def ensure_staff(*, username: str, password: str) -> bool:
    """Make the first superuser, if there is none; whether one was made.

    Raises BotError: `bots.password_missing`, `bots.username_taken` by somebody who is no superuser.
    """
    if User.objects.filter(is_superuser=True, is_active=True).exists():
        return False
    if not password:
        raise BotError("password_missing", "Set RELOVE_STAFF_PASSWORD to the password of the first account.")
    with transaction.atomic():
        if User.objects.filter(username=username).exists():
            message = f"The account “{username}” is no active superuser. Choose another RELOVE_STAFF_USER."
            raise BotError("username_taken", message)
        User.objects.create_superuser(username=username, password=password)
    return True
