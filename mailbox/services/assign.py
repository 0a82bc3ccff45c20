from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID, uuid5

from core.clock import clock
from core.sql import notify
from mailbox.contracts import JOB_LANES, JOB_PREFIX, Job
from mailbox.services.post import CHANNEL
from mailbox.statements import SQL


def assign(*, bot_id: UUID, jobs: Sequence[Job], wake: bool = False) -> int:
    """Write work of our own down, in the caller's transaction; the number of those that are new.

    Jobs of one person are done one after another, beside their chat. `wake` tells the process that serves the
    bot; the runtime itself finds them at its next look.
    """
    if not jobs:
        return 0
    now = clock.now()
    count = SQL["assign"].run(
        {
            "bot_id": bot_id,
            "now": now,
            # The same key is the same row, also a week later.
            "ids": [uuid5(bot_id, f"{job.kind}:{job.chat_id}:{job.key}") for job in jobs],
            "kinds": [JOB_PREFIX + job.kind for job in jobs],
            "lanes": [JOB_LANES + job.chat_id for job in jobs],
            "user_ids": [job.chat_id for job in jobs],
            "payloads": [json.dumps(dict(job.payload)).encode() for job in jobs],
        }
    )
    if wake and count:
        notify(CHANNEL, str(bot_id))
    return count
