"""A database that is away is told from a statement that is wrong."""

from __future__ import annotations

import psycopg
import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from psycopg import errors

from core.outage import is_outage


def _caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        _caused(OperationalError(), errors.AdminShutdown()),
        _caused(OperationalError(), errors.CannotConnectNow()),
        _caused(OperationalError(), errors.TooManyConnections()),
        _caused(OperationalError(), errors.DiskFull()),
        _caused(OperationalError(), psycopg.OperationalError("server closed the connection unexpectedly")),
        InterfaceError("connection already closed"),
    ],
)
def test_a_database_that_is_away_or_short_of_something_is_an_outage(error: Exception) -> None:
    assert is_outage(error)


@pytest.mark.parametrize(
    "error",
    [
        _caused(OperationalError(), errors.QueryCanceled()),
        _caused(OperationalError(), errors.LockNotAvailable()),
        _caused(OperationalError(), errors.DeadlockDetected()),
        IntegrityError(),
        ValueError(),
    ],
)
def test_a_statement_that_fails_by_itself_is_none(error: Exception) -> None:
    assert not is_outage(error)
