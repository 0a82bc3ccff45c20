"""Processes are known by pid and birth, and ended only when both fit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from bin.kit import records
from bin.kit.records import Process

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen(["sleep", "60"], start_new_session=True)
    yield child
    child.kill()
    child.wait()


def test_a_process_is_alive_under_its_own_birth_only(sleeper: subprocess.Popen[bytes]) -> None:
    process = records.of("sleeper", sleeper.pid)
    assert process is not None
    assert process.is_alive()
    assert not replace(process, born="another time").is_alive()


def test_a_process_that_ended_and_was_not_reaped_is_not_alive(sleeper: subprocess.Popen[bytes]) -> None:
    process = records.of("sleeper", sleeper.pid)
    assert process is not None
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert not process.is_alive()
    assert records.of("sleeper", sleeper.pid) is None


def test_what_is_remembered_comes_back(tmp_path: Path) -> None:
    processes = [Process("web", 12, "then"), Process("postgres", 13, "later", int(signal.SIGINT))]
    records.write(tmp_path / "processes.json", processes)
    assert records.read(tmp_path / "processes.json") == processes


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"name": "web"}]'])
def test_an_unreadable_memory_is_no_process(tmp_path: Path, text: str) -> None:
    (tmp_path / "processes.json").write_text(text)
    assert records.read(tmp_path / "processes.json") == []


def test_leftovers_are_ended(sleeper: subprocess.Popen[bytes]) -> None:
    process = records.of("sleeper", sleeper.pid)
    assert process is not None
    assert records.end([process], seconds=10) == [process]
    assert sleeper.wait(5) == -signal.SIGTERM


def test_another_process_under_a_remembered_pid_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    assert records.end([Process("sleeper", sleeper.pid, "another time")], seconds=1) == []
    assert sleeper.poll() is None


def test_one_that_does_not_stop_is_forced() -> None:
    with subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"up\n"
        process = records.of("stubborn", child.pid)
        assert process is not None
        records.end([process], seconds=0.2)
        assert child.wait(5) == -signal.SIGKILL


def test_a_program_is_known_by_its_name() -> None:
    assert records.command_name(os.getpid()) == psutil.Process().name()
    assert records.command_name(2**22 + 1) == ""
