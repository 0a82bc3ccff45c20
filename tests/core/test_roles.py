"""The application's database roles: their addresses, their passwords, and how they come to be."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from core.roles import ROLES, role_password, role_sql, role_url
from tests.fixtures.database import run_as_owner, scratch_database

KEY = "a secret key"


@pytest.mark.parametrize(
    ("owner", "runtime"),
    [
        ("postgres://app_owner:pw@db:5432/relove", "postgres://bot_runtime:{}@db:5432/relove"),
        (
            "postgresql://o:p%40w@[::1]:1/x?sslmode=require",
            "postgresql://bot_runtime:{}@[::1]:1/x?sslmode=require",
        ),
        ("postgres://o:p@w@db/relove", "postgres://bot_runtime:{}@db/relove"),
        ("postgres:///relove?host=/run/pg", "postgres://bot_runtime:{}@/relove?host=/run/pg"),
    ],
)
def test_an_address_is_the_owners_with_another_name(owner: str, runtime: str):
    assert role_url(owner, "runtime", KEY) == runtime.format(role_password("bot_runtime", KEY))


@pytest.mark.parametrize(("owner", "key"), [("", KEY), ("postgres://o:p@db/relove", "")])
def test_without_an_owner_or_a_key_there_is_no_address(owner: str, key: str):
    assert role_url(owner, "staff", key) == ""


def test_passwords_differ_by_role_and_by_installation():
    made = {role_password(role, key) for role in ROLES.values() for key in (KEY, "another key")}
    assert len(made) == 4
    assert all(len(each) == 64 for each in made)
    assert role_password("app_staff", KEY) == role_password("app_staff", KEY)


def test_the_settings_log_in_as_the_role_of_the_process():
    assert urlsplit(settings.DATABASE_URL_RUNTIME).username == "bot_runtime"
    assert urlsplit(settings.DATABASE_URL_STAFF).username == "app_staff"
    assert settings.DATABASES["default"]["USER"] == "bot_runtime"
    assert parse_qs(urlsplit(settings.DATABASE_URL_OWNER).query) == {}


def test_who_may_not_make_roles_prints_what_to_run(bot: object):
    printed = io.StringIO()
    with pytest.raises(CommandError, match="run the statements above as a superuser"):
        call_command("setup_roles", stdout=printed)
    statements = role_sql(settings.SECRET_KEY, connection.settings_dict["NAME"])
    assert printed.getvalue().splitlines() == [
        *(f"{each};" for each in statements),
        'ALTER ROLE "bot_runtime" BYPASSRLS;',
    ]


def test_printing_the_statements_runs_nothing():
    printed = io.StringIO()
    call_command("setup_roles", "--print-sql", stdout=printed)
    assert printed.getvalue().count("CREATE ROLE") == 2


def test_the_owner_makes_the_roles_as_often_as_asked():
    with scratch_database("roles") as url:
        first = run_as_owner(url, "setup_roles")
        addresses = run_as_owner(url, "setup_roles", "--print-env").splitlines()
        assert first == "roles are ready: app_staff, bot_runtime\n"
        assert [each.partition("=")[0] for each in addresses] == [
            "DATABASE_URL_STAFF",
            "DATABASE_URL_RUNTIME",
        ]
        for each, role in zip(addresses, ROLES.values(), strict=True):
            with psycopg.connect(each.partition("=")[2]) as opened:
                assert opened.execute("SELECT current_user").fetchone() == (role,)


def test_a_database_may_have_any_name(owner_database: psycopg.Connection[Any]):
    # The one name that is written into statements is quoted.
    statement = role_sql(KEY, "with space; and - more")[2]
    with pytest.raises(psycopg.errors.InvalidCatalogName), owner_database.transaction():
        owner_database.execute(sql.SQL(statement))  # type: ignore[arg-type]
