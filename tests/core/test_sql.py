"""Hot statements come from files and are prepared once a connection."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction
from psycopg import Connection
from psycopg.types.json import Jsonb

from bots.models import Bot
from core.sql import Statement, notify, statements
from core.tenancy import in_bot
from profiles.models import Profile
from tests.cast import make_profile

Write = Callable[[str], Statement]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(sql: str) -> Statement:
        path = tmp_path / "statement.sql"
        path.write_text(sql, encoding="utf-8")
        return Statement(path)

    return write


def test_rows_come_with_names(write: Write):
    (row,) = write("SELECT %(word)s::text AS word, %(number)s::int AS number").rows(
        {"word": "да", "number": 7}
    )
    assert (row.word, row.number, tuple(row)) == ("да", 7, ("да", 7))


def test_values_are_bound_not_written_into_the_statement(write: Write):
    words = "'; DROP TABLE bots; -- 100 %(word)s %s"
    assert write("SELECT %(word)s::text AS word").rows({"word": words})[0].word == words


def test_lists_ids_and_documents_are_bound_too(write: Write, bot: Bot):
    (row,) = write("SELECT %(ids)s::uuid[] AS ids, %(document)s::jsonb AS document").rows(
        {"ids": [bot.id], "document": Jsonb({"a": ["ы"]})}
    )
    assert (row.ids, row.document) == ([bot.id], {"a": ["ы"]})
    assert isinstance(row.ids[0], UUID)


def test_running_tells_how_many_rows_were_touched(write: Write, bot: Bot):
    for _ in range(3):
        make_profile(bot)
    with in_bot(bot.id):
        assert write("UPDATE profiles SET is_active = false").run({}) == 3
        assert Profile.objects.filter(is_active=True).count() == 0


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELECT 'x'::int", DataError),
        ("SELECT FROM nowhere", ProgrammingError),
        ("INSERT INTO bot_statuses (bot_id) VALUES (NULL)", IntegrityError),
    ],
)
def test_errors_are_djangos(write: Write, sql: str, error: type[Exception]):
    with pytest.raises(error), transaction.atomic():
        write(sql).run({})


def test_a_broken_transaction_is_told_at_once(write: Write, bot: Bot):
    def go_on_after_an_error() -> None:
        with transaction.atomic():
            with pytest.raises(DataError), transaction.atomic(savepoint=False):
                write("SELECT 'x'::int").run({})
            write("SELECT 1").run({})

    with pytest.raises(transaction.TransactionManagementError):
        go_on_after_an_error()


def test_it_is_part_of_the_callers_transaction(write: Write, bot: Bot):
    def rename_and_fail() -> None:
        with in_bot(bot.id):
            write("UPDATE profiles SET first_name = 'Eve'").run({})
            raise LookupError

    vera = make_profile(bot, first_name="Vera")
    with pytest.raises(LookupError):
        rename_and_fail()
    with in_bot(bot.id):
        vera.refresh_from_db()
    assert vera.first_name == "Vera"


def test_a_statement_is_prepared_once_a_connection(write: Write):
    statement = write("SELECT 'prepared once' AS word, %(number)s::int AS number")
    for number in range(5):
        assert statement.rows({"number": number})[0].number == number
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%prepared once%'")
        assert cursor.fetchone() == (1,)


def test_a_folder_of_statements_is_read_by_name(tmp_path: Path):
    (tmp_path / "one.sql").write_text("SELECT 1 AS n")
    (tmp_path / "two.sql").write_text("SELECT 2 AS n")
    (tmp_path / "notes.txt").write_text("SELECT 3 AS n")
    read = statements(tmp_path)
    assert {name: statement.rows({})[0].n for name, statement in read.items()} == {"one": 1, "two": 2}


# An alert's fingerprint is made of its bot; a setting, and a try to sign in, are nobody's.
OF_NO_BOT = {"bots.claim_try", "bots.raise_alert_retire", "profiles.plan_once"}
ALL_STATEMENTS = [
    path
    for path in sorted(settings.BASE_DIR.glob("*/sql/*.sql"))
    if f"{path.parts[-3]}.{path.stem}" not in OF_NO_BOT
]


@pytest.mark.parametrize("path", ALL_STATEMENTS, ids=lambda path: f"{path.parts[-3]}.{path.stem}")
def test_every_statement_of_the_product_names_the_bot(path: Path):
    # The policy is the net; only a filter of our own lets the planner skip the other partitions.
    assert "bot_id" in path.read_text(encoding="utf-8")


def test_who_listens_hears_after_the_commit(owner_database: Connection[tuple[object, ...]]):
    owner_database.execute("LISTEN tests_of_sql")
    with transaction.atomic():
        notify("tests_of_sql", "1")
        assert list(owner_database.notifies(timeout=0.05)) == []
    with transaction.atomic():
        notify("tests_of_sql", "2")
        transaction.set_rollback(True)
    notify("tests_of_sql", "it's 3")
    heard = [each.payload for each in owner_database.notifies(timeout=10, stop_after=2)]
    assert heard == ["1", "it's 3"]
