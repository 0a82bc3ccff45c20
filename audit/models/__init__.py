"""The rows of this room."""

from audit.models.entry import AuditAction, AuditEntry

__all__ = ["AuditAction", "AuditEntry"]
