from __future__ import annotations

from uuid import UUID

from bots.statements import SQL


def release_lease(*, bot_id: UUID, holder: str, epoch: int) -> bool:
    """Give a bot back, so that another process may take it at once; False where it was lost already."""
    return SQL["release_lease"].run({"bot_id": bot_id, "holder": holder, "epoch": epoch}) == 1
