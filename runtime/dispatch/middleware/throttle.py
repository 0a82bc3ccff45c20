from __future__ import annotations

from core.clock import clock
from runtime.dispatch.act import Act, Handler
from runtime.dispatch.throttle import Pass
from runtime.handlers.quiet import ignore, slow_down


async def throttle_act(act: Act, handle: Handler) -> None:
    """Who goes on faster than anybody can answer is told so once, and then not answered for a while."""
    answer = act.desk.throttle.ask(act.rows[0].lane, clock.monotonic())
    if answer is Pass.YES:
        await handle(act)
    elif answer is Pass.WARN:
        await slow_down(act)
    else:
        await ignore(act)
