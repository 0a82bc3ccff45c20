from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from broadcast.models.broadcast import Broadcast
from core.ids import new_id


class BroadcastChange(models.Model):
    """Somebody, or the product itself, did something to a broadcast: who, when, what."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    broadcast = models.ForeignKey(Broadcast, models.CASCADE, related_name="changes")
    bot_ids: Any = ArrayField(models.UUIDField())
    action = models.CharField(_("action"), max_length=32)
    state = models.CharField(_("state"), max_length=16)
    note = models.CharField(_("note"), max_length=300, blank=True)
    # A member of staff; or a bot's admin in Telegram; or neither.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_telegram_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        db_table = "broadcast_changes"
        ordering = ["at", "id"]
        verbose_name = _("change of a broadcast")
        verbose_name_plural = _("changes of broadcasts")

    def __str__(self) -> str:
        return self.action
