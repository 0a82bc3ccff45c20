"""The one bridge from async code to the database: a whole synchronous function, on a thread of our own pool.

Django's own bridge puts a process on a single database thread, and coroutines that share a connection can run
inside each other's tenant scope. Here each call has a thread, a connection and a transaction to itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from threading import Thread
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from core.tenancy import in_bots

P = ParamSpec("P")
T = TypeVar("T")

_pool: ThreadPoolExecutor | None = None
# What the pool's threads opened: a thread cannot close its own connection at its end.
_opened: set[BaseDatabaseWrapper] = set()


async def run(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `function` on the pool, outside of any tenant: for the registry of bots and other shared tables."""
    call = partial(_with_connection, partial(function, *args, **kwargs))
    return await asyncio.get_running_loop().run_in_executor(_executor(), copy_context().run, call)


async def run_in_bot(bot_id: UUID, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `function` on the pool in one transaction that sees the rows of one bot."""
    return await run_in_bots((bot_id,), function, *args, **kwargs)


async def run_in_bots(
    bot_ids: Iterable[UUID], function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run `function` on the pool in one transaction that sees the rows of these bots."""
    scope = tuple(bot_ids)

    def scoped() -> T:
        with in_bots(scope):
            return function(*args, **kwargs)

    return await run(scoped)


def stop_pool() -> None:
    """End the pool's threads after what they have in hand, and their connections; a new call starts anew."""
    global _pool  # noqa: PLW0603 - one pool a process, like Django's own connections
    if _pool is not None:
        _pool.shutdown(wait=True)
        _pool = None
    # On a thread of its own: Django refuses to close a connection where an event loop runs.
    closing = Thread(target=_close_opened, name="database-closing")
    closing.start()
    closing.join()


def _close_opened() -> None:
    while _opened:
        connection = _opened.pop()
        connection.inc_thread_sharing()
        connection.close()


def _executor() -> ThreadPoolExecutor:
    global _pool  # noqa: PLW0603
    if _pool is None:
        _pool = ThreadPoolExecutor(settings.DATABASE_THREADS, thread_name_prefix="database")
    return _pool


def _with_connection(call: Callable[[], T]) -> T:
    try:
        return call()
    finally:
        for connection in connections.all(initialized_only=True):
            _opened.add(connection)
            connection.close_if_unusable_or_obsolete()
