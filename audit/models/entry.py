from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditAction(models.TextChoices):
    INSERT = "insert", _("added")
    UPDATE = "update", _("changed")
    DELETE = "delete", _("removed")
    READ = "read", _("read")
    EXPORT = "export", _("exported")
    ERASE = "erase", _("erased")
    REFUSED = "refused", _("refused")


class AuditEntry(models.Model):
    """Somebody changed, read or was refused something. Written once: nobody is granted to change or remove a row.

    `before` and `after` hold the columns that changed; of secrets, of people and of whatever else is hidden only that
    they changed ("…"), so that erasing a person never has to reach this book. `actor_id` is a member of staff; None
    is the product itself, under the name of `role`.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("at"))
    actor_id = models.IntegerField(_("by"), null=True)
    role = models.CharField(_("as"), max_length=63)
    address = models.CharField(_("from"), max_length=45, blank=True)
    action = models.CharField(_("action"), max_length=8, choices=AuditAction.choices)
    subject = models.CharField(_("of what"), max_length=63)
    row_id = models.CharField(_("which"), max_length=64, blank=True)
    bot_id = models.UUIDField(null=True)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)

    class Meta:
        db_table = "audit_entries"
        ordering = ["-id"]
        verbose_name = _("entry in the book of changes")
        verbose_name_plural = _("book of changes")
        indexes = [
            models.Index(fields=["subject", "row_id", "-id"], name="audit_entries_row"),
            models.Index(fields=["actor_id", "-id"], name="audit_entries_actor"),
            models.Index(fields=["bot_id", "-id"], name="audit_entries_bot"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject} {self.row_id}"
