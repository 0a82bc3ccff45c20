from __future__ import annotations

from runtime.dispatch.act import Act, Handler
from runtime.dispatch.router import route_of
from runtime.handlers.door import ask_for_consent


async def check_consent(act: Act, handle: Handler) -> None:
    """Consent comes first: without it there are only the door, the privacy page and the way out."""
    visit = act.visit
    if visit is None or visit.person.has_consented or not route_of(act).needs_consent:
        await handle(act)
    else:
        await ask_for_consent(act)
