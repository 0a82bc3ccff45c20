from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantModel, TenantQuerySet

_NO_LIST: Any = Value([], models.JSONField())
_NOTHING: Any = Value({}, models.JSONField())


class Profile(TenantModel):
    """One person in one bot. Before consent it holds the Telegram id, the language and the source, nothing else."""

    personal_data = PersonalData(
        Erasure.CASCADES,
        profile="id",
        exported=(
            "telegram_id",
            "first_name",
            "last_name",
            "username",
            "language",
            "age",
            "gender",
            "location",
            "interests",
            "chat_style",
            "personality",
            "psychotype",
            "strengths",
            "challenges",
            "psychological_summary",
            "metaphysical_profile",
            "streams",
            "markers",
            "journey_stage",
            "bio",
            "birth_date",
            "timezone",
            "completed_stages",
            "readiness",
            "started_journey_at",
            "completed_journey_at",
            "visited_platform_at",
            "purchased_stream_at",
            "paused_at",
            "blocked_at",
            "is_active",
            "is_underage",
            "consented_at",
            "source",
            "created_at",
            "last_seen_at",
            "profile_updated_at",
        ),
    )

    telegram_id = models.BigIntegerField(_("Telegram id"))
    first_name = models.CharField(_("first name"), max_length=128, blank=True)
    last_name = models.CharField(_("last name"), max_length=128, blank=True)
    username = models.CharField(_("username"), max_length=64, blank=True)
    language = models.CharField(_("language"), max_length=8)

    age = models.PositiveSmallIntegerField(_("age"), null=True, blank=True)
    gender = models.CharField(_("gender"), max_length=16, blank=True)
    location = models.CharField(_("location"), max_length=200, blank=True)
    interests = models.JSONField(_("interests"), default=list, blank=True)
    chat_style = models.CharField(_("chat style"), max_length=200, blank=True)
    personality = models.CharField(_("personality"), max_length=200, blank=True)

    psychotype = models.CharField(_("psychotype"), max_length=16, blank=True)
    strengths = models.JSONField(_("strengths"), default=list, blank=True)
    challenges = models.JSONField(_("challenges"), default=list, blank=True)
    psychological_summary = models.TextField(_("psychological summary"), blank=True)
    metaphysical_profile = models.JSONField(_("metaphysical profile"), default=dict, blank=True)
    streams = models.JSONField(_("streams"), default=list, blank=True)
    markers = models.JSONField(_("markers"), default=dict, blank=True)
    journey_stage = models.CharField(_("journey stage"), max_length=32, blank=True)

    has_started_journey = models.BooleanField(_("started the journey"), default=False)
    has_completed_journey = models.BooleanField(_("completed the journey"), default=False)
    has_visited_platform = models.BooleanField(_("visited the platform"), default=False)
    has_purchased_stream = models.BooleanField(_("purchased a stream"), default=False)

    # The Telegram bio, and the newest picture by Telegram's ids: `photo_id` stays the same for every bot.
    bio = models.CharField(_("bio"), max_length=300, blank=True, db_default="")
    photo_id = models.CharField(max_length=100, blank=True, db_default="")
    photo_file_id = models.CharField(max_length=200, blank=True, db_default="")
    birth_date = models.DateField(_("born"), null=True, blank=True)
    # An IANA name, "" where it is not known: the bot's own then serves.
    timezone = models.CharField(_("time zone"), max_length=64, blank=True, db_default="")
    # Codes of stages that were completed, in the order of completion; percents of readiness by a stream's slug.
    completed_stages = models.JSONField(_("completed stages"), default=list, blank=True, db_default=_NO_LIST)
    readiness = models.JSONField(_("readiness"), default=dict, blank=True, db_default=_NOTHING)

    # When each of the flags above was set.
    started_journey_at = models.DateTimeField(_("journey started"), null=True, blank=True)
    completed_journey_at = models.DateTimeField(_("journey completed"), null=True, blank=True)
    visited_platform_at = models.DateTimeField(_("platform visited"), null=True, blank=True)
    purchased_stream_at = models.DateTimeField(_("stream purchased"), null=True, blank=True)

    # Set while the person wants nothing that the bot starts by itself; a limit of their own where they have one.
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    # Set while staff have the bot ignore the person: it hears them and says nothing.
    blocked_at = models.DateTimeField(_("blocked by staff"), null=True, blank=True)
    proactive_a_day = models.PositiveSmallIntegerField(_("messages by itself a day"), null=True, blank=True)
    # When Telegram was last asked about the person, and when a rotation last tried to refresh them.
    looked_up_at = models.DateTimeField(null=True, blank=True)
    rotation_tried_at = models.DateTimeField(null=True, blank=True)
    # How many rows of their activity lie in the archive.
    archived_activity = models.PositiveIntegerField(_("archived activity"), default=0, db_default=0)

    is_active = models.BooleanField(_("active"), default=True)
    is_underage = models.BooleanField(_("said to be under 18"), default=False)
    consented_at = models.DateTimeField(_("consented"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=64, blank=True)
    last_seen_at = models.DateTimeField(_("last seen"))
    profile_updated_at = models.DateTimeField(_("profile updated"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))

    objects = TenantQuerySet["Profile"].as_manager()

    class Meta:
        db_table = "profiles"
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        constraints = [
            models.UniqueConstraint(fields=["bot", "telegram_id"], name="profiles_one_person_a_bot"),
            # Nobody is coached who is known to be younger.
            models.CheckConstraint(
                condition=models.Q(age__isnull=True) | models.Q(age__gte=18), name="profiles_age_is_adult"
            ),
        ]
        indexes = [
            models.Index(fields=["bot", "-last_seen_at"], name="profiles_bot_last_seen"),
            models.Index(fields=["bot", "journey_stage"], name="profiles_bot_stage"),
            # What rotation and whatever a bot starts by itself choose from: who may be, the most recently seen first,
            # with all that decides beside it.
            models.Index(
                fields=["bot", "-last_seen_at", "-id"],
                condition=models.Q(consented_at__isnull=False, is_underage=False, is_active=True),
                include=["profile_updated_at", "rotation_tried_at", "timezone", "paused_at", "blocked_at"],
                name="profiles_bot_freshness",
            ),
            # A person in several bots: profiles_of, and erasing everywhere.
            models.Index(fields=["telegram_id"], name="profiles_telegram_id"),
        ]

    def __str__(self) -> str:
        return self.first_name or str(self.telegram_id)
