"""Every process gets its own database address and no other, and no password of a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from bin.kit.layout import Home
from bin.kit.plan import Plan
from bin.kit.port_choice import InnerPorts

VARIABLES = {
    "DATABASE_URL": "postgresql://owner",
    "DATABASE_URL_STAFF": "postgresql://staff",
    "DATABASE_URL_RUNTIME": "postgresql://runtime",
    "POSTGRES_ADMIN_PASSWORD": "p1",
    "POSTGRES_OWNER_PASSWORD": "p2",
    "VALKEY_PASSWORD": "p3",
    "REDIS_URL": "redis://",
    "SECRET_KEY": "k",
    "PATH": "/usr/bin",
}


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    ports = InnerPorts(postgres=1, valkey=2, runbots_metrics=3, celery_metrics=4)
    return Plan(
        home=Home(tmp_path, tmp_path / "venv"),
        port=8000,
        sandbox_port=8081,
        inner=ports,
        variables=dict(VARIABLES),
    )


def test_each_process_knows_one_address(plan: Plan) -> None:
    seen = {
        program.name: {name: value for name, value in program.env.items() if name.startswith("DATABASE_")}
        for program in [plan.sandbox(), *plan.application()]
    }
    runtime = {"DATABASE_ROLE": "runtime", "DATABASE_URL_RUNTIME": "postgresql://runtime"}
    assert seen == {
        "sandbox": {},
        "web": {"DATABASE_ROLE": "staff", "DATABASE_URL_STAFF": "postgresql://staff"},
        "worker": runtime,
        "beat": runtime,
        "runbots": runtime,
    }


def test_set_up_knows_them_all(plan: Plan) -> None:
    env = plan.manage("owner", "migrate --no-input", RELOVE_STAFF_USER="admin").env
    assert {name: env[name] for name in VARIABLES if name.startswith("DATABASE_")} == {
        "DATABASE_URL": "postgresql://owner",
        "DATABASE_URL_STAFF": "postgresql://staff",
        "DATABASE_URL_RUNTIME": "postgresql://runtime",
    }
    assert env["RELOVE_STAFF_USER"] == "admin"


def test_the_servers_passwords_stay_with_the_starter(plan: Plan) -> None:
    programs = [plan.sandbox(), plan.manage("owner", "migrate"), *plan.application()]
    assert not [
        value for program in programs for value in program.env.values() if value in {"p1", "p2", "p3"}
    ]


def test_the_sandbox_knows_no_key(plan: Plan) -> None:
    assert "SECRET_KEY" not in plan.sandbox().env


def test_the_bots_come_last_so_that_they_stop_first_and_have_time_to_drain(plan: Plan) -> None:
    last = plan.application()[-1]
    assert (last.name, last.stop_seconds) == ("runbots", 30)
    plan.variables["DRAIN_SECONDS"] = "45"
    assert plan.application()[-1].stop_seconds == 55
