from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantForeignKey, TenantModel, TenantQuerySet
from profiles.models.profile import Profile


class LinkedChannel(TenantModel):
    """A channel that is a person's own, as their Telegram profile says or as staff have noted."""

    personal_data = PersonalData(
        Erasure.CASCADES, profile="profile_id", exported=("channel_id", "title", "linked_at")
    )

    profile = TenantForeignKey(Profile, related_name="channels")
    channel_id = models.BigIntegerField(_("channel"))
    title = models.CharField(_("title"), max_length=128, blank=True)
    linked_at = models.DateTimeField(_("linked"))

    objects = TenantQuerySet["LinkedChannel"].as_manager()

    class Meta:
        db_table = "linked_channels"
        verbose_name = _("linked channel")
        verbose_name_plural = _("linked channels")
        constraints = [
            models.UniqueConstraint(fields=["bot", "profile", "channel_id"], name="linked_channels_once")
        ]
        indexes = [models.Index(fields=["bot", "channel_id"], name="linked_channels_channel")]

    def __str__(self) -> str:
        return self.title or str(self.channel_id)


class ChannelPost(TenantModel):
    """A public post in a channel of a person's own; the newest fifty are kept."""

    personal_data = PersonalData(
        Erasure.CASCADES, profile="profile_id", exported=("channel_id", "text", "posted_at", "edited_at")
    )

    profile = TenantForeignKey(Profile, related_name="posts")
    channel_id = models.BigIntegerField(_("channel"))
    telegram_message_id = models.BigIntegerField()
    text = models.TextField(_("text"))
    posted_at = models.DateTimeField(_("posted"))
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)

    objects = TenantQuerySet["ChannelPost"].as_manager()

    class Meta:
        db_table = "channel_posts"
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(
                fields=["bot", "profile", "channel_id", "telegram_message_id"], name="channel_posts_once"
            )
        ]
        indexes = [models.Index(fields=["bot", "profile", "-posted_at"], name="channel_posts_profile_at")]

    def __str__(self) -> str:
        return f"{self.channel_id}/{self.telegram_message_id}"
