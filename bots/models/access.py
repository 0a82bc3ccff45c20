from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.roles import Role


class AccessRole(models.TextChoices):
    """The roles of `bots.roles`, with names."""

    OWNER = Role.OWNER.value, _("owner: everything, and who else gets in")
    MANAGER = Role.MANAGER.value, _("manager: the bot, its prompts, people and broadcasts")
    COACH = Role.COACH.value, _("coach: people and conversations")
    ANALYST = Role.ANALYST.value, _("analyst: figures, nobody's words")
    READ_ONLY = Role.READ_ONLY.value, _("looks, changes nothing")


class BotAccess(models.Model):
    """What a member of staff is in one bot; superusers are everything in all without such a row."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bot_access")
    bot = models.ForeignKey("bots.Bot", models.CASCADE, related_name="staff_access")
    role = models.CharField(
        _("role"), max_length=16, choices=AccessRole.choices, default=AccessRole.READ_ONLY
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "bot_access"
        verbose_name = _("access to a bot")
        verbose_name_plural = _("access to bots")
        constraints = [
            models.UniqueConstraint(fields=["user", "bot"], name="bot_access_is_given_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=[each.value for each in Role]), name="bot_access_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} is {self.role} of {self.bot_id}"
