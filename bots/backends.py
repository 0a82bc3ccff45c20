"""How accounts are loaded: with what every request of staff asks about them."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User


class StaffBackend(ModelBackend):
    """Django's own, whose accounts bring their second factor along: each request looks whether there is one."""

    def get_user(self, user_id: int) -> User | None:
        """The account of a session, or None where it may sign in no longer."""
        user = User.objects.select_related("second_factor").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
