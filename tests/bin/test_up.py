"""bin/up as a person runs it: first start, falls, second start, and nothing left behind.

One story on one home, told in order: each test begins where the one before it ended.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator

import psutil
import pytest

from bin.kit import postgres_folder, records
from bin.kit.network import is_free
from tests.fixtures.installation import Installation, until

pytestmark = pytest.mark.processes

ALL = ["supervisord", "postgres", "valkey", "sandbox", "web", "worker", "beat", "runbots"]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    # Long on purpose: a socket's path may not be. And pytest's folders are closed to other accounts.
    installation = Installation(tmp_path_factory.mktemp("up") / ("a home with spaces, 100% " + "x" * 80))
    yield installation
    installation.end()
    postgres_folder.remove(installation.home / "postgres")


def test_a_first_start_leads_to_the_three_addresses(installation: Installation) -> None:
    said = installation.start()
    password = (installation.home / "staff-password").read_text().strip()
    assert f"http://127.0.0.1:{installation.sandbox_port}/\n" in said
    assert f"http://127.0.0.1:{installation.port}/admin/\n" in said
    assert f"user admin, password {password}\n" in said
    assert f"http://127.0.0.1:{installation.port}/healthz/bots\n" in said
    assert installation.page("/healthz") == 200
    assert installation.page("/admin/login/") == 200
    assert list(installation.pids()) == ALL


def test_what_is_secret_is_private(installation: Installation) -> None:
    private = ["secrets.env", "staff-password", "run/supervisord.conf", "run/web.json", "valkey/valkey.conf"]
    assert {name: (installation.home / name).stat().st_mode & 0o777 for name in private} == dict.fromkeys(
        private, 0o600
    )
    held = (installation.home / "secrets.env").read_text().splitlines()
    secrets = [line.partition("=")[2] for line in held if not line.startswith("#")]
    lines = "\n".join(installation.mine())
    assert not [secret for secret in secrets if secret in lines]


def test_the_web_process_knows_the_staff_role_alone(installation: Installation) -> None:
    environment = psutil.Process(installation.pids()["web"]).environ()
    assert [name for name in environment if name.startswith("DATABASE_URL")] == ["DATABASE_URL_STAFF"]


def test_a_second_one_beside_it_is_told_where_the_first_is(installation: Installation) -> None:
    assert installation.up is not None
    done = installation.run()
    assert done.returncode == 1
    assert f"reLove already runs from {installation.home} (process {installation.up.pid})" in done.stderr
    assert installation.page("/healthz") == 200


@pytest.mark.parametrize("name", ["web", "valkey"])
def test_a_killed_process_comes_back_alone(installation: Installation, name: str) -> None:
    before = installation.pids()
    os.kill(before[name], signal.SIGKILL)
    until(lambda: installation.pids().get(name) not in (None, before[name]), 20)
    after = installation.pids()
    assert {each for each in ALL if before[each] != after[each]} == {name}
    until(lambda: f"{name} ended" in installation.console(), 20)
    until(lambda: not is_free(installation.port), 20)


def test_sigterm_stops_everything(installation: Installation) -> None:
    assert installation.up is not None
    assert len(installation.mine()) >= len(ALL)
    installation.up.terminate()
    assert installation.up.wait(60) == 0
    assert installation.console().endswith("Everything is stopped.\n")
    assert installation.mine() == []
    assert is_free(installation.port)
    assert is_free(installation.sandbox_port)


@pytest.mark.parametrize("variable", ["PORT", "SANDBOX_PORT"])
def test_a_port_in_use_is_told_with_a_cure_before_anything_starts(
    installation: Installation, variable: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = stranger.getsockname()[1]
        done = installation.run(**{variable: str(taken)})
    assert done.returncode == 1
    assert f"Port {taken} is in use by another program. Choose another one: {variable}=" in done.stderr
    assert installation.mine() == []


def test_a_second_start_finds_the_same_data(installation: Installation) -> None:
    password = (installation.home / "staff-password").read_text()
    said = installation.start()
    assert password.strip() in said
    assert "Collecting static files" not in said
    assert "Installing" not in said


def test_nothing_outlives_a_bin_up_that_was_killed(installation: Installation) -> None:
    assert installation.up is not None
    installation.up.kill()
    installation.up.wait()
    until(lambda: installation.mine() == [], 60)


def test_a_stale_lock_is_taken_over(installation: Installation) -> None:
    assert installation.up is not None
    gone = installation.up.pid
    said = installation.start()
    assert said.startswith(f"An earlier run (process {gone}) ended without cleaning up: taking over.\n")
    assert installation.page("/healthz") == 200


def test_without_its_keeper_nothing_goes_on(installation: Installation) -> None:
    assert installation.up is not None
    os.kill(installation.pids()["supervisord"], signal.SIGKILL)
    assert installation.up.wait(60) == 1
    assert "supervisord is gone" in installation.console()
    assert installation.mine() == []


def test_leftovers_that_were_remembered_are_ended_by_the_next(installation: Installation) -> None:
    with subprocess.Popen(["sleep", "300"], start_new_session=True) as left:
        remembered = records.of("sandbox", left.pid)
        assert remembered is not None
        stranger = records.Process("web", os.getpid(), "another time")
        records.write(installation.home / "run" / "processes.json", [remembered, stranger])
        assert "Ended what an earlier run had left running: sandbox.\n" in installation.start()
        assert left.wait(5) == -signal.SIGTERM


def test_ctrl_c_stops_everything_too(installation: Installation) -> None:
    assert installation.up is not None
    installation.up.send_signal(signal.SIGINT)
    assert installation.up.wait(60) == 0
    assert installation.mine() == []
