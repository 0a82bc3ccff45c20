from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantForeignKey, TenantModel, TenantQuerySet
from broadcast.states import RecipientState
from profiles.models import Profile

_STATES = [
    (RecipientState.WAITING.value, _("waiting")),
    (RecipientState.SPARE.value, _("for the better text")),
    (RecipientState.DEFERRED.value, _("deferred")),
    (RecipientState.RELEASED.value, _("in the outbox")),
    (RecipientState.SENT.value, _("sent")),
    (RecipientState.BLOCKED.value, _("blocked")),
    (RecipientState.FAILED.value, _("failed")),
    (RecipientState.UNKNOWN.value, _("unknown")),
    (RecipientState.HELD.value, _("held back")),
    (RecipientState.CONTROL.value, _("control")),
    (RecipientState.ERASED.value, _("erased")),
]


class Recipient(TenantModel):
    """One person of one broadcast: the ledger. A row is there before anything is sent, and says what became of it.

    When the person is erased the row stays as a figure, with nothing that leads to them.
    """

    personal_data = PersonalData(
        Erasure.BY_CHAT,
        profile="profile_id",
        exported=("state", "sent_at", "replied_at", "clicked_at", "deleted_at"),
    )
    is_partitioned = False

    # A plain id: what was sent is never removed while its ledger is kept.
    broadcast_id = models.UUIDField()
    profile = TenantForeignKey(Profile, related_name="broadcasts", null=True)
    state = models.CharField(_("state"), max_length=8, choices=_STATES, default=RecipientState.WAITING.value)
    # Why it is as it is: a code, or what Telegram said.
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    # Which of the texts, from 0; none for those who wait for the better one or get nothing.
    variant = models.PositiveSmallIntegerField(_("text"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    not_before = models.DateTimeField(_("deferred until"), null=True, blank=True)
    # How often it was put into the outbox; the row that is or was there.
    tries = models.PositiveSmallIntegerField(default=0)
    outbound_id = models.UUIDField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    telegram_message_id = models.BigIntegerField(null=True, blank=True)
    replied_at = models.DateTimeField(_("replied"), null=True, blank=True)
    clicked_at = models.DateTimeField(_("clicked"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted again"), null=True, blank=True)

    objects = TenantQuerySet["Recipient"].as_manager()

    class Meta:
        db_table = "broadcast_recipients"
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        constraints = [
            models.UniqueConstraint(
                fields=["bot", "profile", "broadcast_id"], name="broadcast_recipients_once"
            )
        ]
        indexes = [
            models.Index(fields=["bot", "broadcast_id", "state", "id"], name="broadcast_recipients_state"),
            models.Index(
                fields=["bot", "broadcast_id", "not_before"],
                condition=models.Q(state="deferred"),
                name="broadcast_recipients_deferred",
            ),
        ]

    def __str__(self) -> str:
        return self.state
