from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from broadcast.states import BroadcastState
from core.ids import new_id

_STATES = [
    (BroadcastState.DRAFT.value, _("draft")),
    (BroadcastState.AWAITING.value, _("to be confirmed")),
    (BroadcastState.SCHEDULED.value, _("scheduled")),
    (BroadcastState.FREEZING.value, _("collecting recipients")),
    (BroadcastState.RUNNING.value, _("running")),
    (BroadcastState.PAUSED.value, _("paused")),
    (BroadcastState.FINISHED.value, _("finished")),
    (BroadcastState.CANCELLED.value, _("cancelled")),
]


class Broadcast(models.Model):
    """One message to many people of one or several bots; says nothing of any of them.

    Visible where one of its bots is; staff may write it only where all of them are theirs (the table's policies).
    `content` is `broadcast.content.to_json`; `criteria` the language of `broadcast.criteria`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(_("title"), max_length=120)
    bot_ids: Any = ArrayField(models.UUIDField(), verbose_name=_("bots"))
    criteria = models.TextField(_("criteria"), max_length=2000, blank=True)
    content = models.JSONField(_("content"), default=dict)
    # "" for text alone, else photo, video, voice or document; the file lies in `BroadcastFile`.
    media = models.CharField(_("media"), max_length=8, blank=True)

    # Of a hundred recipients so many get nothing; and so many of the others try the texts out before the rest.
    control_percent = models.PositiveSmallIntegerField(_("held back as control, %"), default=0)
    test_percent = models.PositiveSmallIntegerField(_("try the texts on, %"), default=100)
    winner = models.CharField(_("text for the rest"), max_length=16, blank=True)

    # Hours of the person's day at which nothing is sent: from, until (the same hour: never quiet).
    quiet_from = models.PositiveSmallIntegerField(_("quiet from, hour"), default=21)
    quiet_until = models.PositiveSmallIntegerField(_("quiet until, hour"), default=9)
    cap_a_day = models.PositiveSmallIntegerField(
        _("broadcasts a person a day"),
        null=True,
        blank=True,
        default=2,
        help_text=_("Counted over all broadcasts of the bot; empty: without limit."),
    )
    rate = models.FloatField(
        _("messages a second"), null=True, blank=True, help_text=_("Each bot; empty: as the bot may.")
    )
    is_paid = models.BooleanField(
        _("paid broadcast"),
        default=False,
        help_text=_("Up to 1000 messages a second, for which Telegram takes Stars from the bot."),
    )
    # xgettext:no-python-format
    error_percent = models.PositiveSmallIntegerField(_("pause at errors, % of the last 200"), default=5)
    errors_in_row = models.PositiveSmallIntegerField(_("pause at errors in a row"), default=20)

    state = models.CharField(_("state"), max_length=16, choices=_STATES, default=BroadcastState.DRAFT.value)
    # Why it is paused, cancelled, or ended without recipients: a code.
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    # Of the bot's admins, who asked for it in Telegram.
    asked_by_telegram_id = models.BigIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("changed"))
    scheduled_at = models.DateTimeField(_("scheduled for"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    # Where progress is reported in Telegram: the outbound message that is edited.
    report_id = models.UUIDField(null=True, blank=True)
    # What it said last, so that it is edited only when it says something else.
    report_digest = models.CharField(max_length=64, blank=True)
    reports = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "broadcasts"
        ordering = ["-created_at"]
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")
        indexes = [
            models.Index(fields=["-created_at"], name="broadcasts_created"),
            models.Index(
                fields=["state", "scheduled_at"],
                condition=models.Q(state__in=["scheduled", "freezing", "running", "paused"]),
                name="broadcasts_live",
            ),
        ]

    def __str__(self) -> str:
        return self.title
