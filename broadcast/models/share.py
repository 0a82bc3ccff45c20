from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantModel, TenantQuerySet
from broadcast.models.broadcast import Broadcast


class BroadcastShare(TenantModel):
    """One bot's part of a broadcast: how far its ledger is written and sent, in figures.

    The figures change in the transaction of the recipients that they count. `recent` is what became of the last
    200 that were tried, oldest first: "." arrived, "x" an error.
    """

    personal_data = PersonalData(Erasure.NOT_PERSONAL)
    is_partitioned = False

    broadcast = models.ForeignKey(Broadcast, models.CASCADE, related_name="shares")
    # The last profile that was looked at while freezing; the ledger is whole once `frozen_at` is set.
    frozen_to = models.UUIDField(null=True, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    # The file in the bot's own mailbox.
    media_id = models.UUIDField(null=True, blank=True)
    # Nothing is outstanding any more.
    done_at = models.DateTimeField(null=True, blank=True)

    total = models.PositiveIntegerField(_("recipients"), default=0)
    spare = models.PositiveIntegerField(_("for the better text"), default=0)
    released = models.PositiveIntegerField(_("in the outbox"), default=0)
    deferred = models.PositiveIntegerField(_("deferred"), default=0)
    sent = models.PositiveIntegerField(_("sent"), default=0)
    blocked = models.PositiveIntegerField(_("blocked"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    unknown = models.PositiveIntegerField(_("unknown"), default=0)
    held = models.PositiveIntegerField(_("held back"), default=0)
    control = models.PositiveIntegerField(_("control"), default=0)
    erased = models.PositiveIntegerField(_("erased"), default=0)
    replied = models.PositiveIntegerField(_("replied"), default=0)
    clicked = models.PositiveIntegerField(_("clicked"), default=0)
    deleted = models.PositiveIntegerField(_("deleted again"), default=0)
    recent = models.CharField(max_length=200, blank=True)
    # Replies up to here are attributed.
    replies_until = models.DateTimeField(null=True, blank=True)
    # When the first and the last message arrived.
    first_sent_at = models.DateTimeField(null=True, blank=True)
    last_sent_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet["BroadcastShare"].as_manager()

    class Meta:
        db_table = "broadcast_shares"
        verbose_name = _("share of a broadcast")
        verbose_name_plural = _("shares of broadcasts")
        constraints = [
            models.UniqueConstraint(fields=["bot", "broadcast"], name="broadcast_shares_one_a_bot")
        ]
        indexes = [
            models.Index(
                fields=["bot", "id"], condition=models.Q(done_at__isnull=True), name="broadcast_shares_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sent} / {self.total}"
