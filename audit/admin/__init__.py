"""The book of changes in the admin."""

from audit.admin.entries import AuditEntryAdmin

__all__ = ["AuditEntryAdmin"]
