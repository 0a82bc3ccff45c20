"""Misconfiguration is told at the start, with a cure."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.core.checks import run_checks
from django.db import connections

from core.checks import database_is_named, keys_are_set, role_is_bound_by_policies
from tests.fixtures.database import leave_database


def ids(messages: list[Any]) -> list[str]:
    return [each.id for each in messages]


def test_what_is_set_up_well_is_not_mentioned():
    assert run_checks(databases=["default"]) == []


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("SECRET_KEY", "", ["core.E001"]),
        ("ENCRYPTION_KEYS", [], ["core.E002"]),
        ("ENCRYPTION_KEYS", ["too short"], ["core.E003"]),
        ("ENCRYPTION_KEYS", ["ключ", "x" * 44], ["core.E003", "core.E003"]),
    ],
)
def test_keys_that_are_missing_or_unusable_are_told(
    settings: Any, name: str, value: object, found: list[str]
):
    setattr(settings, name, value)
    problems = keys_are_set(None)
    assert ids(problems) == found
    assert all(each.hint for each in problems)


@pytest.mark.parametrize(
    ("role", "variable"),
    [("owner", "DATABASE_URL"), ("staff", "DATABASE_URL_STAFF"), ("runtime", "DATABASE_URL_RUNTIME")],
)
def test_a_missing_database_address_is_told_with_the_variable_to_set(
    settings: Any, monkeypatch: pytest.MonkeyPatch, role: str, variable: str
):
    settings.DATABASE_ROLE = role
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", "")
    settings.DATABASE_URL_LISTEN = ""
    (problem,) = database_is_named(None)
    assert problem.id == "core.W004"
    assert problem.hint is not None
    assert problem.hint.startswith(f"Set {variable}, ")


def test_a_role_of_the_application_is_bound():
    assert role_is_bound_by_policies(None, databases=["default"]) == []


@pytest.mark.parametrize("role", ["staff", "runtime"])
def test_an_owner_in_place_of_a_role_of_the_application_is_told(settings: Any, role: str):
    owner = urlsplit(os.environ["DATABASE_URL"])
    settings.DATABASE_ROLE = role
    leave_database()
    address = connections.settings["default"]
    before = {name: address[name] for name in ("USER", "PASSWORD")}
    address.update(USER=owner.username, PASSWORD=unquote(owner.password or ""))
    try:
        (problem,) = role_is_bound_by_policies(None, databases=["default"])
    finally:
        leave_database()
        address.update(before)
    assert problem.id == "core.E005"
    assert f"DATABASE_URL_{role.upper()}" in str(problem.hint)


def test_the_owners_own_processes_may_be_the_owner(settings: Any):
    settings.DATABASE_ROLE = "owner"
    assert role_is_bound_by_policies(None, databases=["default"]) == []
