from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantModel, TenantQuerySet


class Media(TenantModel):
    """A file that a bot sends: uploaded once, sent by Telegram's `file_id` afterwards.

    `digest` names the content, or what it was made from, so that the same is not made twice. `chat_id` is set
    where the file is about the person of that chat. Once Telegram has the file the bytes may go.
    """

    personal_data = PersonalData(
        Erasure.BY_CHAT,
        telegram=("chat_id",),
        exported=("filename", "content_type", "content", "created_at"),
    )
    is_partitioned = False

    digest = models.CharField(max_length=64)
    filename = models.CharField(_("file"), max_length=120)
    content_type = models.CharField(_("type"), max_length=60)
    content = models.BinaryField()
    file_id = models.CharField(max_length=200, blank=True)
    chat_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    used_at = models.DateTimeField(_("last used"))

    objects = TenantQuerySet["Media"].as_manager()

    class Meta:
        db_table = "media"
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [models.UniqueConstraint(fields=["bot", "digest"], name="media_once")]
        indexes = [
            models.Index(
                fields=["bot", "chat_id"], condition=models.Q(chat_id__isnull=False), name="media_bot_chat"
            ),
            models.Index(fields=["used_at"], name="media_used"),
        ]

    def __str__(self) -> str:
        return self.filename
