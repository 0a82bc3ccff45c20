"""A tethered program has exactly the environment that it was given, and does not outlive its starter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bin.kit import records
from bin.kit.accounts import Account
from bin.kit.children import run
from bin.kit.tethered import Program, tether

SHOW = "import json, os; print(json.dumps([dict(os.environ), os.getcwd()]))"
# Starts what the arguments say, tells its pid, and waits.
STARTER = "import subprocess, sys; print(subprocess.Popen(sys.argv[1:]).pid, flush=True); sys.stdin.read()"


def test_it_gets_its_environment_and_folder_and_nothing_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "not for everyone")
    said: list[str] = []
    program = Program(
        name="show", argv=(sys.executable, "-c", SHOW), env={"ONE": "%(x)s '\"; 1"}, cwd=tmp_path
    )
    assert run(program, hear=said.append) == 0
    environment, folder = json.loads(said[0])
    environment.pop("LC_CTYPE", None)
    assert environment == {"ONE": "%(x)s '\"; 1"}
    assert folder == str(tmp_path)


def test_what_it_is_told_is_private(tmp_path: Path) -> None:
    tether(Program(name="web", argv=("x",), env={"SECRET_KEY": "s"}), tmp_path)
    assert (tmp_path / "web.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_it_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    command = tether(Program(name="sleeper", argv=("/bin/sleep", "60")), tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        _until(lambda: records.command_name(pid) == "sleep")
        starter.kill()
    _until(lambda: records.birth(pid) is None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_as_root_it_becomes_the_account(tmp_path: Path) -> None:
    said: list[str] = []
    program = Program(
        name="id", argv=("/usr/bin/id", "-u"), cwd=tmp_path, account=Account("nobody", 65534, 65534)
    )
    assert run(program, hear=said.append) == 0
    assert said == ["65534"]


def _until(condition: object, seconds: float = 10) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
