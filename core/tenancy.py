"""Which bots' rows a piece of code may touch: `in_bot`, `in_bots`, `across_bots`, and no other way.

PostgreSQL enforces it: every tenant table has a forced row-level-security policy that compares `bot_id` with
the setting `app.bots`. The setting is local to a transaction, so no connection pool can leak it, and where it
is not set there are no rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import structlog
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from core.errors import AppError

SETTING = "app.bots"

# NULLIF: after a transaction that used it, an unset setting reads back as '' and ''::uuid[] would raise.
# A sub-select, so that a statement reads the setting once: not for each row (25 times slower over ten bots),
# and not anew when a cursor that was opened in one scope is read on in another.
VISIBLE_BOTS = f"(SELECT NULLIF(current_setting('{SETTING}', true), '')::uuid[])::uuid[]"

log = structlog.get_logger(__name__)

Scope = tuple[UUID, ...]
_current: ContextVar[Scope | None] = ContextVar("visible_bots", default=None)


class ScopeError(AppError):
    """A statement came from code other than that which opened the connection's scope."""

    def __init__(self, message: str) -> None:
        super().__init__(code="tenancy.scope", permanent=True, message=message)


def visible_bots() -> Scope | None:
    """The bots of the innermost scope of this context, or None outside of any."""
    return _current.get()


def the_bot() -> UUID:
    """The one bot of the innermost scope. Raises ScopeError where there is none, or more than one."""
    scope = _current.get()
    if scope is None or len(scope) != 1:
        message = "this is done for one bot at a time"
        raise ScopeError(message)
    return scope[0]


@contextmanager
def in_bot(bot_id: UUID, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Everything inside sees and writes the rows of one bot, in one transaction."""
    with in_bots((bot_id,), using=using):
        yield


@contextmanager
def in_bots(bot_ids: Iterable[UUID], *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Everything inside sees and writes the rows of these bots, in one transaction (a savepoint when nested).

    Synchronous on purpose: coroutines share a thread's connection, so async code goes through `core.aio`.
    Raises ScopeError for a statement of other code that happens to run on the scoped connection.
    """
    scope = tuple(bot_ids)
    connection = connections[using]
    stack: list[Scope] = connection.__dict__.setdefault("_visible_bots", [])
    if stack and _current.get() is not stack[-1]:
        message = "the connection is already scoped by other code"
        raise ScopeError(message)
    is_nested = connection.in_atomic_block
    with transaction.atomic(using=using):
        previous = _setting(connection) if is_nested else ""
        _set(connection, _literal(scope))
        stack.append(scope)
        around = _current.get()
        _current.set(scope)
        try:
            if len(stack) == 1:
                with connection.execute_wrapper(_guard(stack)):
                    yield
            else:
                yield
        finally:
            stack.pop()
            # Not by a token: a generator that held the scope may be closed in another context.
            _current.set(around)
        # Only after success: a rollback to the savepoint restores the setting by itself.
        if is_nested and not connection.needs_rollback:
            _set(connection, previous)


@contextmanager
def across_bots(*, reason: str, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Everything inside sees and writes the rows of all bots that exist now; the reason is logged."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT id FROM bots ORDER BY id")
        bot_ids = [row[0] for row in cursor.fetchall()]
    log.info("tenancy.across_bots", reason=reason, bots=len(bot_ids))
    with in_bots(bot_ids, using=using):
        yield


def assert_in_scope(connection: BaseDatabaseWrapper) -> None:
    """Raise ScopeError when the connection is in a scope that other code than the caller's opened."""
    stack: list[Scope] = connection.__dict__.get("_visible_bots", [])
    if stack and _current.get() is not stack[-1]:
        message = "statement from outside of the scope that this connection is in"
        raise ScopeError(message)


def _literal(scope: Scope) -> str:
    return "{" + ",".join(str(UUID(str(bot_id))) for bot_id in scope) + "}"


def _setting(connection: BaseDatabaseWrapper) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT current_setting('{SETTING}', true)")
        return cursor.fetchone()[0] or ""


def _set(connection: BaseDatabaseWrapper, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT set_config('{SETTING}', %s, true)", [value])


def _guard(stack: list[Scope]) -> Callable[..., Any]:
    def check(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if _current.get() is not stack[-1]:
            message = "statement from outside of the scope that this connection is in"
            raise ScopeError(message)
        return execute(sql, params, many, context)

    return check
