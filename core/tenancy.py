"""Which bots' rows a piece of code may touch: `in_bot`, `in_bots`, `across_bots`, and no other way.

PostgreSQL enforces it: every tenant table has a forced row-level-security policy that compares `bot_id` with
the setting `app.bots`. The setting is local to a transaction, so no connection pool can leak it, and where it
is not set there are no rows. Figures, which say nothing of any person, staff may also read for the bots in
`app.figure_bots`: whoever evaluates a bot need not see its people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from core.actor import actor_settings
from core.errors import AppError

SETTING = "app.bots"
FIGURES = "app.figure_bots"

# NULLIF: after a transaction that used it, an unset setting reads back as '' and ''::uuid[] would raise.
# A sub-select, so that a statement reads the setting once: not for each row (25 times slower over ten bots),
# and not anew when a cursor that was opened in one scope is read on in another.
VISIBLE_BOTS = f"(SELECT NULLIF(current_setting('{SETTING}', true), '')::uuid[])::uuid[]"

FIGURE_BOTS = f"(SELECT NULLIF(current_setting('{FIGURES}', true), '')::uuid[])::uuid[]"

FIGURE_BOTS = f"(SELECT NULLIF(current_setting('{FIGURES}', true), '')::uuid[])::uuid[]"

log = structlog.get_logger(__name__)

Scope = tuple[UUID, ...]


# Compared by identity: two scopes that happen to be equal were still opened by different code.
@dataclass(frozen=True, slots=True, eq=False)
class _Opened:
    bots: Scope
    # The bots whose figures are seen: these and perhaps more.
    figures: Scope
    # What no scope inside of this one goes beyond.
    ceiling: _Opened | None = None

    @property
    def has_more_figures(self) -> bool:
        return self.figures != self.bots


_current: ContextVar[_Opened | None] = ContextVar("visible_bots", default=None)


class ScopeError(AppError):
    """A statement came from code other than that which opened the connection's scope."""

    def __init__(self, message: str) -> None:
        super().__init__(code="tenancy.scope", permanent=True, message=message)


def visible_bots() -> Scope | None:
    """The bots of the innermost scope of this context, or None outside of any."""
    scope = _current.get()
    return None if scope is None else scope.bots


def figure_bots() -> Scope | None:
    """The bots whose figures the innermost scope sees: its own, and those of which it sees nothing else."""
    scope = _current.get()
    return None if scope is None else scope.figures


def the_bot() -> UUID:
    """The one bot of the innermost scope. Raises ScopeError where there is none, or more than one."""
    scope = visible_bots()
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
def in_bots(
    bot_ids: Iterable[UUID],
    *,
    figures: Iterable[UUID] = (),
    is_ceiling: bool = False,
    using: str = DEFAULT_DB_ALIAS,
) -> Iterator[None]:
    """Everything inside sees and writes the rows of these bots, in one transaction (a savepoint when nested).

    Of the bots in `figures` it reads what says nothing of people. With `is_ceiling`, scopes that are opened inside
    see what they ask for only as far as this one does; `across_bots`, which says why, sees all.

    Synchronous on purpose: coroutines share a thread's connection, so async code goes through `core.aio`.
    Raises ScopeError for a statement of other code that happens to run on the scoped connection.
    """
    scope = _within(_current.get(), tuple(bot_ids), tuple(figures), is_ceiling=is_ceiling)
    with _open(scope, using):
        yield


@contextmanager
def across_bots(*, reason: str, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Everything inside sees and writes the rows of all bots that exist now; the reason is logged."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT id FROM bots ORDER BY id")
        bot_ids = tuple(row[0] for row in cursor.fetchall())
    log.info("tenancy.across_bots", reason=reason, bots=len(bot_ids))
    with _open(_Opened(bot_ids, bot_ids), using):
        yield


def assert_in_scope(connection: BaseDatabaseWrapper) -> None:
    """Raise ScopeError when the connection is in a scope that other code than the caller's opened."""
    stack: list[_Opened] = connection.__dict__.get("_visible_bots", [])
    if stack and _current.get() is not stack[-1]:
        message = "statement from outside of the scope that this connection is in"
        raise ScopeError(message)


def _within(around: _Opened | None, bots: Scope, figures: Scope, *, is_ceiling: bool) -> _Opened:
    ceiling = around.ceiling if around is not None else None
    figures = tuple(dict.fromkeys((*bots, *figures)))
    if ceiling is not None:
        bots = tuple(each for each in bots if each in ceiling.bots)
        figures = tuple(each for each in figures if each in ceiling.figures)
    return _Opened(bots, figures, _Opened(bots, figures) if is_ceiling else ceiling)


@contextmanager
def _open(scope: _Opened, using: str) -> Iterator[None]:
    connection = connections[using]
    stack: list[_Opened] = connection.__dict__.setdefault("_visible_bots", [])
    if stack and _current.get() is not stack[-1]:
        message = "the connection is already scoped by other code"
        raise ScopeError(message)
    is_nested = connection.in_atomic_block
    # Most scopes see the same of people and of figures, and need no second setting.
    has_figures = scope.has_more_figures or any(each.has_more_figures for each in stack)
    with transaction.atomic(using=using):
        previous = _settings(connection, has_figures=has_figures) if is_nested else ("", "")
        _set(
            connection,
            _literal(scope.bots),
            _literal(scope.figures) if has_figures else None,
            # Once a transaction: it says who acts until it ends.
            () if stack else actor_settings(),
        )
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
            _set(connection, previous[0], previous[1] if has_figures else None)


def _literal(scope: Scope) -> str:
    return "{" + ",".join(str(UUID(str(bot_id))) for bot_id in scope) + "}"


def _settings(connection: BaseDatabaseWrapper, *, has_figures: bool) -> tuple[str, str]:
    figures = f"current_setting('{FIGURES}', true)" if has_figures else "NULL"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT current_setting('{SETTING}', true), {figures}")
        bots, figures = cursor.fetchone()
        return bots or "", figures or ""


def _set(
    connection: BaseDatabaseWrapper,
    bots: str,
    figures: str | None,
    others: Sequence[tuple[str, str]] = (),
) -> None:
    values = [(SETTING, bots), *([] if figures is None else [(FIGURES, figures)]), *others]
    calls = ", ".join(f"set_config('{name}', %s, true)" for name, _value in values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [value for _name, value in values])


def _guard(stack: list[_Opened]) -> Callable[..., Any]:
    def check(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if _current.get() is not stack[-1]:
            message = "statement from outside of the scope that this connection is in"
            raise ScopeError(message)
        return execute(sql, params, many, context)

    return check
