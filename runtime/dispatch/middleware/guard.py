from __future__ import annotations

from core import aio
from core.errors import AppError
from runtime.dispatch.act import Act, Handler
from sessions_app.services.note_failure import note_failure


async def guard_act(act: Act, handle: Handler) -> None:
    """An error for good becomes a kind word, and is buried with its code; any other is tried again outside."""
    try:
        await handle(act)
    except AppError as error:
        if not error.permanent or error.code == "mailbox.lease_lost" or act.visit is None:
            raise
        await aio.run_in_bot(act.desk.hand.bot_id, note_failure, visit=act.visit, code=error.code)
    finally:
        # Whatever was posted on the walk wants to leave.
        act.desk.sender.wake()
