from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantModel, TenantQuerySet


class ClearingState(models.TextChoices):
    WANTED = "wanted", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")


class Clearing(TenantModel):
    """What somebody of the staff asked to be done with many rows of a queue, and how far it is.

    It reaches the rows that were there when it was asked for: up to `until_seq`, of the given kind and reason where
    they are set. `after_seq` is how far it has come, so that whoever goes on with it begins there.
    """

    personal_data = PersonalData(Erasure.NOT_PERSONAL)
    is_partitioned = False

    action = models.CharField(_("action"), max_length=8)
    shelf = models.CharField(_("queue"), max_length=12)
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=ClearingState.choices, default=ClearingState.WANTED
    )
    after_seq = models.BigIntegerField(default=0)
    until_seq = models.BigIntegerField()
    total = models.PositiveIntegerField(_("rows"))
    looked_at = models.PositiveIntegerField(_("looked at"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    # A member of staff, and from where.
    asked_by = models.IntegerField(_("by"))
    address = models.CharField(max_length=45, blank=True)
    wanted_at = models.DateTimeField(_("wanted"))
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = TenantQuerySet["Clearing"].as_manager()

    class Meta:
        db_table = "clearings"
        verbose_name = _("work on a queue")
        verbose_name_plural = _("work on queues")
        constraints = [
            models.UniqueConstraint(
                fields=["bot", "shelf"], condition=~models.Q(state="done"), name="clearings_one_under_way"
            )
        ]
        indexes = [models.Index(fields=["bot", "-wanted_at"], name="clearings_bot_at")]

    def __str__(self) -> str:
        return f"{self.action} {self.shelf}"
