"""Who acts, for the database's own book of changes: a member of staff, or nobody but the product itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Settings of the transaction, which end with it.
ACTOR, ADDRESS = "app.actor", "app.address"

_acting: ContextVar[tuple[int, str] | None] = ContextVar("acting", default=None)


@contextmanager
def acting(*, user_id: int, address: str) -> Iterator[None]:
    """Whatever is changed in scopes that are opened inside is written down under this person's name."""
    around = _acting.get()
    _acting.set((user_id, address[:45]))
    try:
        yield
    finally:
        # Not by a token: a response that is streamed may be closed in another context.
        _acting.set(around)


def actor_settings() -> list[tuple[str, str]]:
    """The settings that name who acts; none where it is the product itself."""
    actor = _acting.get()
    return [] if actor is None else [(ACTOR, str(actor[0])), (ADDRESS, actor[1])]
