from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PictureType(models.TextChoices):
    """What a picture may be: nothing that a browser would run."""

    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"
    WEBP = "image/webp", "WebP"


class BotPicture(models.Model):
    """A bot's small picture as Telegram shows it, kept here because its address there holds the token."""

    bot = models.OneToOneField("bots.Bot", models.CASCADE, primary_key=True, related_name="picture")
    content = models.BinaryField()
    content_type = models.CharField(max_length=16, choices=PictureType.choices)
    taken_at = models.DateTimeField(_("taken"))

    class Meta:
        db_table = "bot_pictures"
        verbose_name = _("picture of a bot")
        verbose_name_plural = _("pictures of bots")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(content_type__in=PictureType.values),
                name="bot_pictures_are_pictures",
            )
        ]

    def __str__(self) -> str:
        return f"{self.bot_id}: {self.content_type}"
