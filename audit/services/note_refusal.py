from __future__ import annotations

from audit.models import AuditAction, AuditEntry
from core.clock import clock


def note_refusal(*, user_id: int, address: str, path: str, row_id: str, status: int) -> None:
    """A member of staff asked for something that is not theirs, or is not there."""
    AuditEntry.objects.create(
        at=clock.now(),
        actor_id=user_id,
        role="app_staff",
        address=address[:45],
        action=AuditAction.REFUSED,
        subject=path.replace("\x00", "")[:63],
        row_id=row_id.replace("\x00", "")[:64],
        after={"status": status},
    )
