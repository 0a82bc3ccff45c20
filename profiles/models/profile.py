from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantModel, TenantQuerySet


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
            "source",
            "created_at",
            "last_seen_at",
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
            models.UniqueConstraint(fields=["bot", "telegram_id"], name="profiles_one_person_a_bot")
        ]
        indexes = [models.Index(fields=["bot", "-last_seen_at"], name="profiles_bot_last_seen")]

    def __str__(self) -> str:
        return self.first_name or str(self.telegram_id)
