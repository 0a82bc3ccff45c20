from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantModel, TenantQuerySet


class Event(TenantModel):
    """Something that happened to a bot or to one of its people; the audit trail, and what others are told from.

    `profile_id` is a plain id, since people live in a room above; the eraser of people removes their events.
    """

    personal_data = PersonalData(
        Erasure.BY_CHAT, profile="profile_id", exported=("kind", "payload", "created_at")
    )

    kind = models.CharField(_("kind"), max_length=60)
    profile_id = models.UUIDField(null=True, blank=True)
    payload = models.JSONField(_("payload"), default=dict)
    correlation_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(_("at"))

    objects = TenantQuerySet["Event"].as_manager()

    class Meta:
        db_table = "events"
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["bot", "-created_at"], name="events_bot_created"),
            models.Index(
                fields=["bot", "profile_id"],
                condition=models.Q(profile_id__isnull=False),
                name="events_bot_profile",
            ),
        ]

    def __str__(self) -> str:
        return self.kind
