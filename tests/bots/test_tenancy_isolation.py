"""A bot's rows are seen and written only by code that says it works for that bot; the database sees to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from psycopg.pq import TransactionStatus

from bots.models import Bot
from bots.tenant import TenantModel
from core.errors import AppError
from core.sql import Statement
from core.tenancy import ScopeError, across_bots, in_bot, in_bots, visible_bots
from profiles.models import Consent, Profile
from tests.cast import make_profile
from tests.fixtures.database import database_role

Owner = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(params=["runtime", "staff"])
def role(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[str]:
    """Everything here holds for the web and for the runtime alike."""
    with database_role(request.param):
        yield request.param


@pytest.fixture
def vera(role: str, bot: Bot) -> Profile:
    return make_profile(bot, first_name="Vera")


@pytest.fixture
def boris(role: str, other_bot: Bot) -> Profile:
    """Somebody of the other bot."""
    return make_profile(other_bot, first_name="Boris")


def names() -> list[str]:
    """Who can be seen, without any filter of our own."""
    return sorted(Profile.objects.values_list("first_name", flat=True))


def stored(owner: Owner, *profiles: Profile) -> list[str]:
    """The first names that are really in the table."""
    rows = owner.execute(
        "SELECT first_name FROM profiles WHERE id = ANY(%s) ORDER BY 1", [[each.id for each in profiles]]
    )
    return [row[0] for row in rows]


def unsaved(bot: Bot, **fields: Any) -> Profile:
    return Profile(
        bot=bot,
        **{
            "telegram_id": 42,
            "first_name": "Nobody",
            "language": "en",
            "last_seen_at": bot.created_at,
            "created_at": bot.created_at,
            **fields,
        },
    )


def test_without_a_scope_there_are_no_rows(vera: Profile, owner_database: Owner):
    assert names() == []
    assert Profile.objects.for_bot(vera.bot_id).count() == 0
    assert stored(owner_database, vera) == ["Vera"]


def test_without_a_scope_nothing_can_be_changed(vera: Profile, owner_database: Owner):
    assert Profile.objects.filter(id=vera.id).update(first_name="Eve") == 0
    assert Profile.objects.filter(id=vera.id).delete() == (0, {})
    assert stored(owner_database, vera) == ["Vera"]


def test_without_a_scope_nothing_can_be_added(role: str, bot: Bot, owner_database: Owner):
    nobody = unsaved(bot)
    with pytest.raises(ProgrammingError, match="row-level security"):
        nobody.save(force_insert=True)
    assert stored(owner_database, nobody) == []


def test_a_scope_shows_its_bot_and_no_other(vera: Profile, boris: Profile):
    with in_bot(vera.bot_id):
        assert names() == ["Vera"]
    with in_bot(boris.bot_id):
        assert names() == ["Boris"]


def test_a_scope_of_several_bots_shows_those(vera: Profile, boris: Profile, role: str):
    with in_bots([vera.bot_id, boris.bot_id]):
        assert names() == ["Boris", "Vera"]


def test_a_scope_of_no_bots_shows_nothing(vera: Profile):
    with in_bots([]):
        assert names() == []
        assert visible_bots() == ()


def test_a_bots_id_may_come_as_text(vera: Profile):
    with in_bots([str(vera.bot_id)]):  # type: ignore[list-item]
        assert names() == ["Vera"]


@pytest.mark.parametrize("value", ["", "'", "{}", "a,b", "00000000-0000-0000-0000-00000000000g"])
def test_what_is_no_id_opens_no_scope(role: str, value: str):
    with pytest.raises(ValueError, match=r"hexadecimal|invalid literal"), in_bots([value]):  # type: ignore[list-item]
        pytest.fail("the scope was opened")
    assert not connection.in_atomic_block
    assert visible_bots() is None


def test_a_row_of_another_bot_cannot_be_added(vera: Profile, boris: Profile, owner_database: Owner):
    intruder = unsaved(boris.bot)
    with pytest.raises(ProgrammingError, match="row-level security"), in_bot(vera.bot_id):
        intruder.save(force_insert=True)
    assert stored(owner_database, intruder) == []


def test_a_row_cannot_be_given_to_another_bot(vera: Profile, boris: Profile, owner_database: Owner):
    with pytest.raises(ProgrammingError, match="row-level security"), in_bot(vera.bot_id):
        Profile.objects.filter(id=vera.id).update(bot_id=boris.bot_id)
    assert owner_database.execute("SELECT bot_id FROM profiles WHERE id = %s", [vera.id]).fetchall() == [
        (vera.bot_id,)
    ]


def test_a_row_of_another_bot_cannot_be_changed_or_removed(
    vera: Profile, boris: Profile, owner_database: Owner
):
    with in_bot(vera.bot_id):
        assert Profile.objects.filter(id=boris.id).update(first_name="Eve") == 0
        assert boris.delete() == (0, {"profiles.Profile": 0})
    assert stored(owner_database, boris) == ["Boris"]


def test_a_row_cannot_point_at_a_person_of_another_bot_even_where_both_are_seen(
    vera: Profile, boris: Profile, owner_database: Owner
):
    stray = Consent(bot=vera.bot, profile=boris, terms="1", language="en", given_at=vera.created_at)
    with pytest.raises(IntegrityError), in_bots([vera.bot_id, boris.bot_id]):
        stray.save(force_insert=True)
    assert owner_database.execute("SELECT count(*) FROM consents WHERE id = %s", [stray.id]).fetchone() == (
        0,
    )


def test_the_same_person_may_know_both_bots(vera: Profile, other_bot: Bot):
    twin = make_profile(other_bot, telegram_id=vera.telegram_id)
    with in_bots([vera.bot_id, other_bot.id]):
        assert Profile.objects.filter(telegram_id=vera.telegram_id).count() == 2
        assert Profile.objects.for_bot(other_bot.id).get() == twin


@pytest.mark.parametrize(
    "model",
    [model for model in TenantModel.__subclasses__() if model.is_partitioned],
    ids=lambda model: model._meta.label,
)
def test_a_partition_cannot_be_read_by_its_name(role: str, bot: Bot, model: type[TenantModel]):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        in_bot(bot.id),
        connection.cursor() as cursor,
    ):
        cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}_p0"')


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE profiles",
        "ALTER TABLE profiles DISABLE ROW LEVEL SECURITY",
        "DROP POLICY visible_bots ON profiles",
        "SET ROLE app_owner",
        "SET SESSION AUTHORIZATION app_owner",
        "SET LOCAL row_security = off; SELECT count(*) FROM profiles",
        "CREATE TABLE copied AS SELECT * FROM profiles",
        "GRANT SELECT ON profiles_p0 TO PUBLIC",
        "ALTER ROLE app_staff BYPASSRLS",
    ],
)
def test_the_policy_cannot_be_put_aside(role: str, bot: Bot, statement: str):
    with pytest.raises(ProgrammingError), in_bot(bot.id), connection.cursor() as cursor:
        cursor.execute(statement)


def test_neither_role_may_become_the_other(role: str):
    other = {"runtime": "app_staff", "staff": "bot_runtime"}[role]
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {other}")


def test_nothing_is_left_on_the_connection(vera: Profile):
    with in_bot(vera.bot_id), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), current_setting('app.bots', true)")
        assert cursor.fetchone() == (*backend, "")
    assert names() == []
    with transaction.atomic():
        assert names() == []
    assert connection.connection.info.transaction_status == TransactionStatus.IDLE


def test_nothing_is_left_after_an_error(vera: Profile):
    with pytest.raises(LookupError), in_bot(vera.bot_id):
        raise LookupError
    assert (names(), visible_bots(), connection.in_atomic_block) == ([], None, False)


def test_a_scope_is_a_transaction(vera: Profile, owner_database: Owner):
    def rename_and_fail() -> None:
        with in_bot(vera.bot_id):
            Profile.objects.update(first_name="Eve")
            raise LookupError

    with pytest.raises(LookupError):
        rename_and_fail()
    assert stored(owner_database, vera) == ["Vera"]


def test_a_nested_scope_is_left_for_the_one_around_it(vera: Profile, boris: Profile):
    with in_bot(vera.bot_id):
        with in_bot(boris.bot_id):
            assert (names(), visible_bots()) == (["Boris"], (boris.bot_id,))
            with in_bots([]):
                assert names() == []
            assert names() == ["Boris"]
        assert (names(), visible_bots()) == (["Vera"], (vera.bot_id,))


def test_a_nested_scope_that_fails_is_left_for_the_one_around_it(vera: Profile, boris: Profile):
    with in_bot(vera.bot_id):
        with pytest.raises(LookupError), in_bot(boris.bot_id):
            raise LookupError
        assert names() == ["Vera"]


def test_a_nested_scope_that_the_database_refused_is_left_for_the_one_around_it(
    vera: Profile, boris: Profile
):
    with in_bot(vera.bot_id):
        with pytest.raises(IntegrityError), in_bot(boris.bot_id):
            unsaved(boris.bot, telegram_id=boris.telegram_id).save(force_insert=True)
        assert names() == ["Vera"]
        with pytest.raises(ProgrammingError), in_bot(boris.bot_id), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM nowhere")
        assert names() == ["Vera"]


def test_a_nested_scope_may_be_undone_alone(vera: Profile, boris: Profile, owner_database: Owner):
    with in_bot(vera.bot_id):
        Profile.objects.update(first_name="Vera Ivanovna")
        with in_bot(boris.bot_id):
            Profile.objects.update(first_name="Eve")
            transaction.set_rollback(True)
        assert names() == ["Vera Ivanovna"]
    assert stored(owner_database, vera, boris) == ["Boris", "Vera Ivanovna"]


def test_an_inner_transaction_keeps_the_scope(vera: Profile):
    with in_bot(vera.bot_id):
        with transaction.atomic():
            assert names() == ["Vera"]
        with pytest.raises(LookupError), transaction.atomic():
            raise LookupError
        assert names() == ["Vera"]


def test_a_scope_inside_of_a_plain_transaction_ends_with_its_block(vera: Profile):
    with transaction.atomic():
        assert names() == []
        with in_bot(vera.bot_id):
            assert names() == ["Vera"]
        assert names() == []
        with pytest.raises(LookupError), in_bot(vera.bot_id):
            raise LookupError
        assert names() == []


def test_across_bots_shows_all_and_says_why(vera: Profile, boris: Profile, caplog: pytest.LogCaptureFixture):
    with caplog.at_level("INFO"), across_bots(reason="a test"):
        assert {"Vera", "Boris"} <= set(names())
        assert set(visible_bots() or ()) == set(Bot.objects.values_list("id", flat=True))
    told = [record.msg for record in caplog.records if record.name == "core.tenancy"]
    assert [(each["event"], each["reason"]) for each in told] == [("tenancy.across_bots", "a test")]


def test_across_bots_may_widen_the_scope_of_one(vera: Profile, boris: Profile):
    with in_bot(vera.bot_id):
        with across_bots(reason="a test"):
            assert {"Vera", "Boris"} <= set(names())
        assert names() == ["Vera"]


def test_a_cursor_that_stays_open_goes_on_with_the_rows_of_its_own_scope(vera: Profile, boris: Profile):
    for bot in (vera.bot, boris.bot):
        for _ in range(5):
            make_profile(bot)
    with in_bot(vera.bot_id):
        with connection.cursor() as cursor:
            # A plan that asks the policy row by row, as it does where tables are large.
            cursor.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")
        rows = Profile.objects.values_list("bot_id", flat=True).iterator(chunk_size=2)
        seen = [next(rows)]
        with in_bot(boris.bot_id):
            seen += [next(rows), next(rows), next(rows)]
        seen += rows
    assert seen == [vera.bot_id] * 6


COUNT = "SELECT count(*) AS people, min(first_name) AS first FROM profiles"
COUNT_OF_BOT = f"{COUNT} WHERE bot_id = %(bot_id)s"


@pytest.mark.parametrize("plans", ["auto", "force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize("sql", [COUNT, COUNT_OF_BOT], ids=["policy alone", "policy and filter"])
def test_a_prepared_statement_follows_the_scope_however_it_was_planned(
    vera: Profile, boris: Profile, tmp_path: Path, plans: str, sql: str
):
    make_profile(boris.bot, first_name="Anna")
    (tmp_path / "people.sql").write_text(sql)
    people = Statement(tmp_path / "people.sql")
    expected = {vera.bot_id: (1, "Vera"), boris.bot_id: (2, "Anna")}
    for _ in range(10):
        for bot_id, answer in expected.items():
            with in_bot(bot_id):
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL plan_cache_mode = {plans}")
                assert people.rows({"bot_id": bot_id}) == [answer]
        assert people.rows({"bot_id": vera.bot_id}) == [(0, None)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements "
            "WHERE statement LIKE 'SELECT count(*) AS people%%' ORDER BY prepare_time DESC LIMIT 1"
        )
        generic, custom = cursor.fetchone()
    # Otherwise this would not have tried what it is for; the mode holds inside of the scopes alone.
    assert generic + custom == 30
    assert generic >= 20 if plans == "force_generic_plan" else True


def test_a_statement_of_another_bot_says_nothing_and_changes_nothing(
    vera: Profile, boris: Profile, tmp_path: Path, owner_database: Owner
):
    (tmp_path / "rename.sql").write_text("UPDATE profiles SET first_name = 'Eve' WHERE bot_id = %(bot_id)s")
    rename = Statement(tmp_path / "rename.sql")
    with in_bot(vera.bot_id):
        assert rename.run({"bot_id": boris.bot_id}) == 0
        assert rename.run({"bot_id": vera.bot_id}) == 1
    assert stored(owner_database, vera, boris) == ["Boris", "Eve"]


def test_a_scope_error_is_one_of_ours():
    error = ScopeError("why")
    assert isinstance(error, AppError)
    assert (error.code, error.permanent, str(error)) == ("tenancy.scope", True, "why")
