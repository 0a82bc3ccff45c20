"""Migration operations for tenant tables: hash partitions, composite keys, forced policies, grants.

Django believes that `id` is the primary key of a tenant table, since a model with a composite key cannot be
registered in the admin. The database knows better: it is `(bot_id, id)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from core.tenancy import FIGURE_BOTS, VISIBLE_BOTS

STAFF = "app_staff"
RUNTIME = "bot_runtime"

# Fixed before the first installation went live: a table that others refer to cannot be re-partitioned in place.
PARTITIONS = 8


class CreatePartitionedModel(migrations.CreateModel):
    """CreateModel whose table is `PARTITION BY HASH (bot_id)` with `PRIMARY KEY (bot_id, id)`."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        table = model._meta.db_table
        plain = schema_editor.sql_create_table
        primary_key = model._meta.pk
        # The state's model is thrown away afterwards; this only keeps Django from writing PRIMARY KEY (id).
        primary_key.primary_key = False
        schema_editor.sql_create_table = plain + " PARTITION BY HASH (bot_id)"
        try:
            schema_editor.create_model(model)
        finally:
            schema_editor.sql_create_table = plain
            primary_key.primary_key = True
        schema_editor.execute(f'ALTER TABLE "{table}" ADD PRIMARY KEY (bot_id, "{primary_key.column}")')
        for remainder in range(PARTITIONS):
            schema_editor.execute(
                f'CREATE TABLE "{table}_p{remainder}" PARTITION OF "{table}" '
                f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {remainder})"
            )

    def describe(self) -> str:
        return f"Create model {self.name}, partitioned by bot"


class TenantTable(migrations.RunSQL):
    """Put a table (and its partitions) under the tenants' policy, tie it to its bot, and grant it.

    The partitions carry policy and force themselves too, and nobody is granted them by name: read directly,
    a partition would otherwise answer without the parent's policy.
    """

    def __init__(
        self, table: str, *, is_partitioned: bool = True, runtime: str = "SELECT, INSERT, UPDATE, DELETE"
    ) -> None:
        self.table, self.is_partitioned, self.runtime = table, is_partitioned, runtime
        tables = [table, *(f"{table}_p{n}" for n in range(PARTITIONS))] if is_partitioned else [table]
        forwards = [statement for each in tables for statement in _protect(each)]
        backwards = [statement for each in reversed(tables) for statement in _expose(each)]
        super().__init__(
            [
                (
                    f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_bot_fk" '
                    f"FOREIGN KEY (bot_id) REFERENCES bots (id) ON DELETE CASCADE"
                ),
                *forwards,
                f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {STAFF}',
                f'GRANT {runtime} ON "{table}" TO {RUNTIME}',
            ],
            [
                f'REVOKE ALL ON "{table}" FROM {STAFF}, {RUNTIME}',
                *backwards,
                f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_bot_fk"',
            ],
        )

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return (
            type(self).__name__,
            [self.table],
            {"is_partitioned": self.is_partitioned, "runtime": self.runtime},
        )


class SharedTable(migrations.RunSQL):
    """Put a table whose rows belong to several bots, those of `bot_ids`, under policies, and grant it.

    A row is seen where one of its bots is. Staff write it only where all of its bots are theirs; the runtime serves
    one bot at a time and may write what is also another's.
    """

    def __init__(self, table: str, *, runtime: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
        self.table, self.runtime = table, runtime
        seen, mine = f"bot_ids && {VISIBLE_BOTS}", f"bot_ids <@ {VISIBLE_BOTS}"
        super().__init__(
            [
                f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
                f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
                f'CREATE POLICY visible_bots ON "{table}" FOR SELECT USING ({seen})',
                f'CREATE POLICY staff_insert ON "{table}" FOR INSERT TO {STAFF} WITH CHECK ({mine})',
                f'CREATE POLICY staff_update ON "{table}" FOR UPDATE TO {STAFF} USING ({mine}) WITH CHECK ({mine})',
                f'CREATE POLICY staff_delete ON "{table}" FOR DELETE TO {STAFF} USING ({mine})',
                f'CREATE POLICY runtime_writes ON "{table}" TO {RUNTIME} USING ({seen}) WITH CHECK ({seen})',
                f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {STAFF}',
                f'GRANT {runtime} ON "{table}" TO {RUNTIME}',
            ],
            [
                f'REVOKE ALL ON "{table}" FROM {STAFF}, {RUNTIME}',
                *(
                    f'DROP POLICY {name} ON "{table}"'
                    for name in (
                        "runtime_writes",
                        "staff_delete",
                        "staff_update",
                        "staff_insert",
                        "visible_bots",
                    )
                ),
                f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY',
                f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
            ],
        )

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return type(self).__name__, [self.table], {"runtime": self.runtime}


class FigureTable(migrations.RunSQL):
    """Let staff read a table (and its partitions) also for bots of which they see figures alone.

    For tables that say nothing of any person, protected before by TenantTable or SharedTable (`is_shared`). Writing
    is left to whom it was left.
    """

    def __init__(self, table: str, *, is_partitioned: bool = True, is_shared: bool = False) -> None:
        self.table, self.is_partitioned, self.is_shared = table, is_partitioned, is_shared
        tables = [table, *(f"{table}_p{n}" for n in range(PARTITIONS))] if is_partitioned else [table]
        seen = f"bot_ids && {FIGURE_BOTS}" if is_shared else f"bot_id = ANY ({FIGURE_BOTS})"
        super().__init__(
            [
                f'CREATE POLICY figure_bots ON "{each}" FOR SELECT TO {STAFF} USING ({seen})'
                for each in tables
            ],
            [f'DROP POLICY figure_bots ON "{each}"' for each in reversed(tables)],
        )

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return (
            type(self).__name__,
            [self.table],
            {"is_partitioned": self.is_partitioned, "is_shared": self.is_shared},
        )


class TenantForeignKey(migrations.RunSQL):
    """`FOREIGN KEY (bot_id, column) REFERENCES to (bot_id, id)`: a row can never point into another bot."""

    def __init__(self, table: str, column: str, to: str, *, on_delete: str = "CASCADE") -> None:
        self.table, self.column, self.to, self.on_delete = table, column, to, on_delete
        name = f"{table}_{column}_tenant_fk"
        # Plain SET NULL would null bot_id as well.
        action = f'SET NULL ("{column}")' if on_delete == "SET NULL" else on_delete
        super().__init__(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (bot_id, "{column}") '
            f'REFERENCES "{to}" (bot_id, id) ON DELETE {action}',
            f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
        )

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return type(self).__name__, [self.table, self.column, self.to], {"on_delete": self.on_delete}


class NumberRows(migrations.RunSQL):
    """Let the database number the rows of a queue in the order of their arrival."""

    def __init__(self, table: str, column: str) -> None:
        self.table, self.column = table, column
        super().__init__(
            f'ALTER TABLE "{table}" ALTER COLUMN "{column}" ADD GENERATED BY DEFAULT AS IDENTITY',
            f'ALTER TABLE "{table}" ALTER COLUMN "{column}" DROP IDENTITY',
        )

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return type(self).__name__, [self.table, self.column], {}


class Analysable(migrations.RunSQL):
    """Let the application's roles have the planner's figures of a table brought up to date, and nothing else of it.

    `SELECT analyse_<table>()`: only an owner may ANALYZE, and what MAINTAIN (PostgreSQL 17) allows includes
    rewriting the table.
    """

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            [
                (
                    f'CREATE FUNCTION "analyse_{table}"() RETURNS void LANGUAGE sql SECURITY DEFINER '
                    f"SET search_path = pg_catalog, pg_temp AS 'ANALYZE public.{table}'"
                ),
                f'REVOKE ALL ON FUNCTION "analyse_{table}"() FROM PUBLIC',
                f'GRANT EXECUTE ON FUNCTION "analyse_{table}"() TO {STAFF}, {RUNTIME}',
            ],
            f'DROP FUNCTION "analyse_{table}"()',
        )

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return type(self).__name__, [self.table], {}


class Grant(migrations.RunSQL):
    """Grants on ordinary tables: privileges for staff (the web) and for the runtime; "" gives none."""

    def __init__(self, tables: Sequence[str], *, staff: str, runtime: str = "") -> None:
        self.tables, self.staff, self.runtime = tables, staff, runtime
        given = [(STAFF, staff), (RUNTIME, runtime)]
        super().__init__(
            [f'GRANT {what} ON "{table}" TO {who}' for table in tables for who, what in given if what],
            [f'REVOKE ALL ON "{table}" FROM {who}' for table in tables for who, what in given if what],
        )

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return type(self).__name__, [self.tables], {"staff": self.staff, "runtime": self.runtime}


def _protect(table: str) -> list[str]:
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        (
            f'CREATE POLICY visible_bots ON "{table}" USING (bot_id = ANY ({VISIBLE_BOTS})) '
            f"WITH CHECK (bot_id = ANY ({VISIBLE_BOTS}))"
        ),
    ]


def _expose(table: str) -> list[str]:
    return [
        f'DROP POLICY visible_bots ON "{table}"',
        f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
    ]
