from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantModel, TenantQuerySet


class InboundOutcome(models.TextChoices):
    OPEN = "", _("open")
    DONE = "done", _("done")
    BURIED = "buried", _("buried")


class InboundUpdate(TenantModel):
    """One update, as its bytes came, from the moment it is heard until it is settled (and a while beyond).

    `seq` is the order of arrival; `lane` the chat in which order is kept. A row is open until `settled_at` is
    set. `update_id` is null for what the product starts by itself. Rows stay at least 8 days after they are
    settled, since Telegram may send an update twice.
    """

    personal_data = PersonalData(
        Erasure.BY_CHAT, telegram=("user_id", "lane"), exported=("kind", "received_at", "payload")
    )
    is_partitioned = False

    seq = models.BigIntegerField(editable=False)
    update_id = models.BigIntegerField(_("update id"), null=True)
    kind = models.CharField(_("kind"), max_length=40)
    lane = models.BigIntegerField(_("lane"))
    user_id = models.BigIntegerField(null=True)
    # Free text, which may wait for what the person writes next.
    may_wait = models.BooleanField(default=False)
    payload = models.BinaryField()

    # How often it was taken in hand, errors and dead workers included.
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # The bot's lease epoch under which it was taken: an earlier holder can no longer settle it.
    epoch = models.BigIntegerField(default=0)
    due_at = models.DateTimeField()
    received_at = models.DateTimeField(_("received"))
    settled_at = models.DateTimeField(_("settled"), null=True)
    outcome = models.CharField(
        _("outcome"), max_length=8, choices=InboundOutcome.choices, default=InboundOutcome.OPEN, blank=True
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = TenantQuerySet["InboundUpdate"].as_manager()

    class Meta:
        db_table = "inbound_updates"
        verbose_name = _("inbound update")
        verbose_name_plural = _("inbound updates")
        constraints = [
            models.UniqueConstraint(
                fields=["bot", "update_id"],
                condition=models.Q(update_id__isnull=False),
                name="inbound_updates_once",
            )
        ]
        # Taking a row in hand changes no indexed column, so that it stays an update within its page.
        indexes = [
            models.Index(
                fields=["bot", "seq"],
                condition=models.Q(settled_at__isnull=True),
                name="inbound_updates_open",
            ),
            models.Index(
                fields=["bot", "seq"], condition=models.Q(outcome="buried"), name="inbound_updates_buried"
            ),
            models.Index(fields=["bot", "user_id"], name="inbound_updates_bot_user"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.update_id or self.seq}"
