"""Who acts in this transaction, for the database's own book of changes."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connections

# A member of staff by id, and the address that the request came from; both only until the transaction ends.
ACTOR, ADDRESS = "app.actor", "app.address"


def name_actor(*, user_id: int, address: str, using: str = DEFAULT_DB_ALIAS) -> None:
    """Let what follows in this transaction be written down under this person's name."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT set_config(%s, %s, true), set_config(%s, %s, true)",
            [ACTOR, str(user_id), ADDRESS, address[:45]],
        )
