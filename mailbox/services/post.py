from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg.types.json import Jsonb

from core.clock import clock
from core.sql import notify
from mailbox.contracts import Post
from mailbox.statements import SQL

CHANNEL = "relove_mail"


def post(*, bot_id: UUID, posts: Sequence[Post], wake: bool = False) -> int:
    """Write down what is to be said, in the caller's transaction; the number of those that are new.

    `wake` tells the process that serves the bot; the runtime itself, which knows, does without (a NOTIFY takes
    a lock of the whole database at commit).
    """
    if not posts:
        return 0
    now = clock.now()
    count = SQL["post"].run(
        {
            "bot_id": bot_id,
            "now": now,
            "ids": [each.id for each in posts],
            "keys": [each.key for each in posts],
            "chat_ids": [each.chat_id for each in posts],
            "methods": [each.method for each in posts],
            "params": [Jsonb(each.params) for each in posts],
            "priorities": [each.priority for each in posts],
            "farewells": [each.is_farewell for each in posts],
            "not_before": [each.not_before or now for each in posts],
            "not_after": [each.not_after for each in posts],
            "correlation_ids": [each.correlation_id for each in posts],
        }
    )
    if wake:
        notify(CHANNEL, str(bot_id))
    return count
