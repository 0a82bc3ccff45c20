from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantModel, TenantQuerySet
from mailbox.contracts import BULK, UNASKED


class Priority(models.IntegerChoices):
    """What goes first when a bot has more to say than it may."""

    REPLY = 0, _("reply")
    OPERATOR = 1, _("operator")
    PROACTIVE = UNASKED, _("started by the bot")
    BROADCAST = BULK, _("broadcast")


class OutboundState(models.TextChoices):
    PENDING = "pending", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    UNKNOWN = "unknown", _("unknown")


class OutboundMessage(TenantModel):
    """One call of a Bot API method that must happen; a row before it is an action.

    `key` names the cause, so that a walk taken twice says a thing once. UNKNOWN: the request left and nobody
    knows whether Telegram acted; a reply goes out again once, anything else waits for a person.
    """

    personal_data = PersonalData(
        Erasure.BY_CHAT,
        telegram=("chat_id",),
        exported=("method", "params", "state", "created_at", "settled_at"),
    )
    is_partitioned = False

    seq = models.BigIntegerField(editable=False)
    key = models.CharField(max_length=100)
    chat_id = models.BigIntegerField(_("chat"))
    method = models.CharField(_("method"), max_length=40)
    params = models.JSONField()
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.REPLY
    )
    # The last words to somebody who asked to be forgotten: blanked once they are out.
    is_farewell = models.BooleanField(default=False)

    state = models.CharField(
        _("state"), max_length=8, choices=OutboundState.choices, default=OutboundState.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    resends = models.PositiveSmallIntegerField(_("sent again"), default=0)
    epoch = models.BigIntegerField(default=0)
    not_before = models.DateTimeField()
    # Later than this it is better not said at all: a morning question at night.
    not_after = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    settled_at = models.DateTimeField(_("settled"), null=True)
    telegram_message_id = models.BigIntegerField(null=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    correlation_id = models.CharField(max_length=64, blank=True)

    objects = TenantQuerySet["OutboundMessage"].as_manager()

    class Meta:
        db_table = "outbound_messages"
        verbose_name = _("outbound message")
        verbose_name_plural = _("outbound messages")
        constraints = [models.UniqueConstraint(fields=["bot", "key"], name="outbound_messages_once")]
        indexes = [
            models.Index(
                fields=["bot", "priority", "seq"],
                condition=models.Q(settled_at__isnull=True),
                name="outbound_open",
            ),
            models.Index(fields=["bot", "chat_id"], name="outbound_bot_chat"),
            # Not by the state: taking a message in hand would then no longer be an update within its page.
            models.Index(
                fields=["bot", "seq"],
                condition=models.Q(settled_at__isnull=False) & ~models.Q(error=""),
                name="outbound_undelivered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.key}"
