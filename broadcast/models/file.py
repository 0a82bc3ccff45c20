from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from broadcast.models.broadcast import Broadcast


class BroadcastFile(models.Model):
    """The file that goes along with a broadcast, as staff gave it."""

    broadcast = models.OneToOneField(Broadcast, models.CASCADE, primary_key=True, related_name="file")
    bot_ids: Any = ArrayField(models.UUIDField())
    filename = models.CharField(_("file"), max_length=120)
    content_type = models.CharField(_("type"), max_length=60)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("bytes"))

    class Meta:
        db_table = "broadcast_files"
        verbose_name = _("file of a broadcast")
        verbose_name_plural = _("files of broadcasts")

    def __str__(self) -> str:
        return self.filename
