"""What is written for containers and for operators fits the product."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from bin.kit.layout import CHECKOUT

COMPOSE: dict[str, Any] = yaml.safe_load((CHECKOUT / "compose.yaml").read_text())
EXAMPLE = (CHECKOUT / ".env.example").read_text()
# Read by the settings, and never set by a person: each process is given its own.
OF_A_PROCESS = {"DATABASE_ROLE", "RELOVE_HOME"}
OURS = ["migrate", "web", "runbots", "worker", "beat"]


def documented() -> set[str]:
    return set(re.findall(r"^#([A-Z_]+)=", EXAMPLE, re.MULTILINE))


def test_every_variable_that_the_settings_read_is_in_the_example() -> None:
    read = set()
    for path in (CHECKOUT / "config" / "settings").glob("*.py"):
        read |= set(re.findall(r"\benv\.\w+\(\s*\"([A-Z_]+)\"", path.read_text()))
    assert read - documented() - OF_A_PROCESS == set()


def test_the_example_sets_nothing_by_itself() -> None:
    assert [line for line in EXAMPLE.splitlines() if line and not line.startswith("#")] == []


def test_every_variable_that_the_containers_ask_for_is_in_the_example() -> None:
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (CHECKOUT / "compose.yaml").read_text()))
    assert asked - documented() == set()


@pytest.mark.parametrize("name", OURS)
def test_each_process_of_ours_is_the_same_image_with_few_rights(name: str) -> None:
    service = COMPOSE["services"][name]
    assert {key: service[key] for key in ("image", "read_only", "cap_drop", "security_opt", "env_file")} == {
        "image": "relove",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "env_file": ".env",
    }


def test_only_the_set_up_knows_the_owner_of_the_database() -> None:
    told = {name: COMPOSE["services"][name]["environment"] for name in OURS}
    assert [name for name, env in told.items() if "app_owner" in env["DATABASE_URL"]] == ["migrate"]
    passwords = ("POSTGRES_ADMIN_PASSWORD", "POSTGRES_OWNER_PASSWORD", "VALKEY_PASSWORD")
    assert {env[password] for env in told.values() for password in passwords} == {""}


def test_every_process_that_stays_says_whether_it_is_well() -> None:
    checks = {name: service["healthcheck"] for name, service in COMPOSE["services"].items()}
    assert checks.pop("migrate") == {"disable": True}
    assert {name: check["test"][-1] for name, check in checks.items() if name in OURS} == {
        name: name for name in OURS if name != "migrate"
    }
    assert all(check["test"] for check in checks.values())


def test_no_secret_is_written_into_the_containers() -> None:
    text = (CHECKOUT / "compose.yaml").read_text() + (CHECKOUT / "Dockerfile").read_text()
    held = re.findall(r"(?:PASSWORD|SECRET_KEY|KEYS|TOKEN)(?:=|: )(\S+)", text)
    assert {value for value in held if not value.startswith(("$", '"$', '""'))} == {"only-for-collecting"}


def test_nothing_private_goes_into_the_image() -> None:
    ignored = (CHECKOUT / ".dockerignore").read_text().splitlines()
    assert {".git", ".env", ".relove", "tests"} <= set(ignored)
