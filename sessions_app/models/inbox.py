from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantForeignKey, TenantModel, TenantQuerySet
from sessions_app.models.conversation import Conversation


class Mode(models.TextChoices):
    """Who answers in a conversation."""

    BOT = "", _("the bot")
    HUMAN = "human", _("a person of the team")
    DRAFTS = "drafts", _("the bot, once a person agrees")


class Need(models.TextChoices):
    """Why a person of the team should look at a conversation."""

    NONE = "", _("nothing")
    CRISIS = "crisis", _("sign of crisis")
    ASKED = "asked", _("asked for a human")
    FAILED = "failed", _("the bot could not answer")
    STAFF = "staff", _("marked by staff")


class InboxItem(TenantModel):
    """What the team has to do with a conversation; most conversations have no such row.

    An operator who has taken it over holds it until `hand_back_at`, which moves on with whatever they write; after
    that the bot answers again by itself.
    """

    personal_data = PersonalData(
        Erasure.CASCADES,
        profile="conversation__profile_id",
        exported=("mode", "taken_at", "need", "needed_at", "snoozed_until"),
    )
    is_partitioned = False

    conversation = TenantForeignKey(Conversation, related_name="inbox_items")
    mode = models.CharField(
        _("who answers"), max_length=8, choices=Mode.choices, default=Mode.BOT, blank=True
    )
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    taken_at = models.DateTimeField(_("taken over"), null=True, blank=True)
    hand_back_at = models.DateTimeField(_("back to the bot at"), null=True, blank=True)
    need = models.CharField(_("needs a human"), max_length=8, choices=Need.choices, blank=True)
    needed_at = models.DateTimeField(_("since"), null=True, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    snoozed_until = models.DateTimeField(_("put off until"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed"))

    objects = TenantQuerySet["InboxItem"].as_manager()

    class Meta:
        db_table = "inbox_items"
        verbose_name = _("conversation in the inbox")
        verbose_name_plural = _("inbox")
        constraints = [
            models.UniqueConstraint(fields=["bot", "conversation"], name="inbox_items_one_a_conversation")
        ]
        indexes = [
            models.Index(
                fields=["bot", "needed_at"],
                condition=models.Q(needed_at__isnull=False),
                name="inbox_items_needed",
            ),
            models.Index(
                fields=["bot", "hand_back_at"],
                condition=models.Q(hand_back_at__isnull=False),
                name="inbox_items_taken",
            ),
            models.Index(
                fields=["bot", "assigned_to"],
                condition=models.Q(assigned_to__isnull=False),
                name="inbox_items_assigned",
            ),
        ]

    def __str__(self) -> str:
        return self.mode or self.need


class InboxNote(TenantModel):
    """What staff write down about a conversation for each other; the person never sees it in the chat."""

    personal_data = PersonalData(
        Erasure.CASCADES, profile="conversation__profile_id", exported=("text", "created_at")
    )
    is_partitioned = False

    conversation = TenantForeignKey(Conversation, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    text = models.TextField(_("note"), max_length=2000)
    created_at = models.DateTimeField(_("at"))

    objects = TenantQuerySet["InboxNote"].as_manager()

    class Meta:
        db_table = "inbox_notes"
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [
            models.Index(fields=["bot", "conversation", "created_at"], name="inbox_notes_conversation")
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"


class InboxRead(TenantModel):
    """Up to when a member of staff has seen a conversation."""

    # Not who read it: that is theirs.
    personal_data = PersonalData(Erasure.CASCADES, profile="conversation__profile_id", exported=("read_at",))
    is_partitioned = False

    conversation = TenantForeignKey(Conversation, related_name="reads")
    # A plain id: who is gone reads no more.
    reader_id = models.PositiveIntegerField()
    read_at = models.DateTimeField(_("read"))

    objects = TenantQuerySet["InboxRead"].as_manager()

    class Meta:
        db_table = "inbox_reads"
        verbose_name = _("read conversation")
        verbose_name_plural = _("read conversations")
        constraints = [
            models.UniqueConstraint(fields=["bot", "conversation", "reader_id"], name="inbox_reads_once")
        ]

    def __str__(self) -> str:
        return f"{self.read_at:%Y-%m-%d %H:%M}"


class Draft(TenantModel):
    """An answer of the model that waits for a person to agree. `decided_at` is set once they did, or did not."""

    personal_data = PersonalData(
        Erasure.CASCADES,
        profile="conversation__profile_id",
        exported=("text", "created_at", "decided_at", "is_sent"),
    )
    is_partitioned = False

    conversation = TenantForeignKey(Conversation, related_name="drafts")
    session_id = models.UUIDField(null=True, blank=True)
    # The inbound row that it answers.
    inbound_id = models.UUIDField()
    text = models.TextField(_("text"))
    created_at = models.DateTimeField(_("at"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    is_sent = models.BooleanField(_("sent"), default=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = TenantQuerySet["Draft"].as_manager()

    class Meta:
        db_table = "drafts"
        verbose_name = _("draft of an answer")
        verbose_name_plural = _("drafts of answers")
        constraints = [models.UniqueConstraint(fields=["bot", "inbound_id"], name="drafts_once")]
        indexes = [
            models.Index(fields=["bot", "conversation"], name="drafts_conversation"),
            models.Index(
                fields=["bot", "created_at"],
                condition=models.Q(decided_at__isnull=True),
                name="drafts_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"


class SavedReply(models.Model):
    """Words that operators use again."""

    name = models.CharField(_("name"), max_length=60)
    language = models.CharField(_("language"), max_length=8, blank=True)
    text = models.TextField(_("text"), max_length=3000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "saved_replies"
        ordering = ["name", "id"]
        verbose_name = _("saved reply")
        verbose_name_plural = _("saved replies")

    def __str__(self) -> str:
        return self.name
