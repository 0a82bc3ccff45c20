from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class BotAccess(models.Model):
    """A member of staff may see one bot and its people; superusers see all without such a row."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bot_access")
    bot = models.ForeignKey("bots.Bot", models.CASCADE, related_name="staff_access")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "bot_access"
        verbose_name = _("access to a bot")
        verbose_name_plural = _("access to bots")
        constraints = [models.UniqueConstraint(fields=["user", "bot"], name="bot_access_is_given_once")]

    def __str__(self) -> str:
        return f"{self.user_id} sees {self.bot_id}"
