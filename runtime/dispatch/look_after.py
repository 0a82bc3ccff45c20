"""After an act was answered: is there anything to find out about who did it? Never in the way of the answer."""

from __future__ import annotations

import structlog
from django.db import Error as DatabaseError

from core import aio
from mailbox.services.assign import assign
from runtime.dispatch.act import Act
from sessions_app.contracts import Visit
from sessions_app.upkeep import is_judged, jobs_about

log = structlog.get_logger(__name__)


async def look_after(act: Act, visit: Visit) -> None:
    """Assign what should be found out about the person; a database that is away is no matter."""
    jobs = jobs_about(visit.person, visit.chat_id)
    if jobs:
        try:
            await aio.run_in_bot(visit.bot_id, assign, bot_id=visit.bot_id, jobs=jobs)
        except DatabaseError:
            log.warning("upkeep.database_unavailable", bot=act.desk.settings.slug, exc_info=True)
            return
    if act.desk.queue is not None and (jobs or is_judged(visit)):
        act.desk.queue.wake()
