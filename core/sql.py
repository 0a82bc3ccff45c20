"""Hot statements live in .sql files; this loads one and runs it as a prepared statement in the current scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import DatabaseErrorWrapper
from psycopg import Cursor
from psycopg.rows import namedtuple_row
from psycopg.types.json import JsonbLoader

from core.tenancy import assert_in_scope


class Statement:
    """One SQL file with named parameters, `%(like_this)s`.

    It goes to psycopg directly: Django binds parameters on the client, which makes PostgreSQL plan each call
    anew, and planning over partitions costs more than running.
    """

    def __init__(self, path: Path) -> None:
        self._sql = path.read_text(encoding="utf-8").encode()

    def rows(self, params: Mapping[str, Any], *, using: str = DEFAULT_DB_ALIAS) -> Sequence[Any]:
        """Run and return the rows as named tuples. Raises Django's database errors."""
        with self._execute(params, using) as cursor:
            return cursor.fetchall()

    def run(self, params: Mapping[str, Any], *, using: str = DEFAULT_DB_ALIAS) -> int:
        """Run and return how many rows were touched. Raises Django's database errors."""
        with self._execute(params, using) as cursor:
            return cursor.rowcount

    def _execute(self, params: Mapping[str, Any], using: str) -> Cursor[Any]:
        connection = connections[using]
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        assert_in_scope(connection)
        connection.validate_no_broken_transaction()
        with DatabaseErrorWrapper(connection):
            cursor = Cursor(connection.connection, row_factory=namedtuple_row)
            # Django leaves JSON to its fields and loads it as text; here there are no fields.
            cursor.adapters.register_loader("jsonb", JsonbLoader)
            return cursor.execute(self._sql, params, prepare=True)


def statements(folder: Path) -> dict[str, Statement]:
    """Every `.sql` file of a folder by its stem."""
    return {path.stem: Statement(path) for path in sorted(folder.glob("*.sql"))}


def notify(channel: str, payload: str, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Tell those who LISTEN, when the current transaction commits. Payloads are ids, never content."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, payload])
