from __future__ import annotations

import structlog

from core.clock import clock
from runtime.dispatch.act import Act, Handler

log = structlog.get_logger(__name__)


async def log_act(act: Act, handle: Handler) -> None:
    """Bind the bot and the correlation id to every line that the walk writes, and close it with one of its own."""
    with structlog.contextvars.bound_contextvars(
        bot=act.desk.settings.slug, correlation=str(act.rows[-1].id)
    ):
        await handle(act)
        log.info(
            "turn.done",
            kind=act.heard.kind,
            updates=len(act.rows),
            attempts=act.rows[0].attempts,
            ms=round((clock.monotonic() - act.started) * 1000),
        )
