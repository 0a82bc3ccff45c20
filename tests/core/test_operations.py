"""Migrations: what they make can be unmade and made again, and the models say the same as they do."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import migrations, models

from core.operations import (
    Analysable,
    CreatePartitionedModel,
    FigureTable,
    Grant,
    NumberRows,
    TenantForeignKey,
    TenantTable,
)
from tests.fixtures.database import CHECKOUT, run_as_owner, scratch_database

MIGRATIONS = {
    path.name: path / "migrations"
    for path in CHECKOUT.iterdir()
    if (path / "migrations").is_dir() and apps.is_installed(path.name)
}

MAY_IMPORT = {"__future__", "django", "core", "uuid", "decimal", "datetime"}

# Everything that the migrations may make, as text: tables, columns, keys, indexes, policies, grants.
SHAPE = """
SELECT concat_ws(' ', 'table', relname, relkind, relrowsecurity, relforcerowsecurity, relacl::text)
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S')
UNION ALL
SELECT concat_ws(' ', 'column', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attidentity)
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0
UNION ALL
SELECT concat_ws(' ', 'constraint', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT concat_ws(' ', 'policy', tablename, policyname, qual, with_check) FROM pg_policies
WHERE schemaname = 'public'
ORDER BY 1
"""


def shape(url: str) -> list[str]:
    with psycopg.connect(url) as database:
        return [row[0] for row in database.execute(SHAPE)]


def tables(url: str) -> set[str]:
    with psycopg.connect(url) as database:
        return {
            row[0] for row in database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        }


@pytest.fixture(scope="module")
def there_and_back(django_db_setup: None) -> tuple[list[str], set[str], list[str]]:
    """A database as the migrations made it, what was left after they were undone, and as they made it again."""
    with scratch_database("operations") as url:
        run_as_owner(url, "migrate", "--verbosity", "0")
        first = shape(url)
        # bots goes last: everything depends on it, and Django takes along what depends.
        run_as_owner(url, "migrate", "bots", "zero", "--verbosity", "0")
        left = tables(url)
        run_as_owner(url, "migrate", "--verbosity", "0")
        return first, left, shape(url)


def test_every_migration_can_be_undone(there_and_back: tuple[list[str], set[str], list[str]]):
    _, left, _ = there_and_back
    assert {name for name in left if not name.startswith(("django_", "auth_"))} == set()


def test_what_was_undone_is_made_again_as_it_was(there_and_back: tuple[list[str], set[str], list[str]]):
    first, _, again = there_and_back
    assert again == first
    assert any(line.startswith("policy messages_p7 ") for line in first)


def test_the_models_say_what_the_migrations_make():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.parametrize("room", sorted(MIGRATIONS))
def test_migrations_have_no_branches_and_import_nothing_of_the_rooms(room: str):
    paths = sorted(MIGRATIONS[room].glob("0*.py"))
    assert [path.name[:4] for path in paths] == [f"{number:04}" for number in range(1, len(paths) + 1)]
    for path in paths:
        imported = re.findall(r"^(?:from|import) (\S+)", path.read_text(), re.MULTILINE)
        assert [name for name in imported if name.partition(".")[0] not in MAY_IMPORT] == [], path.name


OPERATIONS: list[migrations.operations.base.Operation] = [
    CreatePartitionedModel(
        "Thing", [("id", models.UUIDField(primary_key=True))], options={"db_table": "things"}
    ),
    TenantTable("things"),
    TenantTable("things", is_partitioned=False, runtime="SELECT"),
    FigureTable("things"),
    FigureTable("things", is_partitioned=False, is_shared=True),
    TenantForeignKey("things", "other_id", "others"),
    TenantForeignKey("things", "other_id", "others", on_delete="SET NULL"),
    NumberRows("things", "seq"),
    Analysable("things"),
    Grant(["things"], staff="SELECT", runtime="SELECT, UPDATE"),
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.describe())
def test_an_operation_can_be_written_down_and_read_again(operation: Any):
    name, arguments, options = operation.deconstruct()
    again = type(operation)(*arguments, **options)
    assert name == type(operation).__name__
    assert again.deconstruct() == (name, arguments, options)
    assert operation.reversible
    if isinstance(operation, migrations.RunSQL):
        assert (again.sql, again.reverse_sql) == (operation.sql, operation.reverse_sql)


def test_a_grant_of_nothing_grants_nothing():
    assert Grant(["things"], staff="SELECT").sql == ['GRANT SELECT ON "things" TO app_staff']
    assert Grant(["things"], staff="SELECT").reverse_sql == ['REVOKE ALL ON "things" FROM app_staff']


def test_a_reference_that_is_set_to_null_keeps_its_bot():
    assert str(TenantForeignKey("a", "b_id", "b", on_delete="SET NULL").sql).endswith(
        'ON DELETE SET NULL ("b_id")'
    )


def test_a_partitioned_model_says_so():
    assert OPERATIONS[0].describe() == "Create model Thing, partitioned by bot"
