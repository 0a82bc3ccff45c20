from __future__ import annotations

from runtime.dispatch.act import Act, Handler
from runtime.dispatch.router import route_of
from runtime.handlers.quiet import ignore
from sessions_app.contracts import Visit
from sessions_app.crisis import detect


async def check_block(act: Act, handle: Handler) -> None:
    """Whom staff have blocked is answered nothing, and their words are not kept.

    What stays open to everybody: what is kept of them, and its erasure; and a hotline for somebody in danger.
    """
    visit = act.visit
    is_heard = visit is None or visit.person.blocked_at is None or route_of(act).is_right or _in_danger(visit)
    await (handle if is_heard else ignore)(act)


def _in_danger(visit: Visit) -> bool:
    return detect("\n".join(each.text for each in visit.words), visit.language) is not None
