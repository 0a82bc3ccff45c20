"""Which process is which: a pid alone says nothing, a pid with its time of birth does."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from bin.kit.layout import write_private


@dataclass(frozen=True)
class Process:
    """One process, safe against its pid being given to another later. `born` compares only for equality."""

    name: str
    pid: int
    born: str
    stop_signal: int = signal.SIGTERM

    def is_alive(self) -> bool:
        """Does exactly this process still run? One that ended and was never reaped does not."""
        return birth(self.pid) == self.born


def birth(pid: int) -> str | None:
    """When a process was born, in the system's own words; None for none, and for one that ended unreaped."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            # The name in brackets may hold anything, brackets and spaces too.
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else f"{_boot()}:{fields[19]}"
    asked = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return None if not asked or asked.startswith("Z") else asked.partition(" ")[2].strip()


def command_name(pid: int) -> str:
    """The name of the program that runs under this pid now, empty for none."""
    if Path("/proc/self/comm").exists():
        try:
            return Path(f"/proc/{pid}/comm").read_text().strip()
        except OSError:
            return ""
    return subprocess.run(
        ["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def of(name: str, pid: int, stop_signal: int = signal.SIGTERM) -> Process | None:
    """The process that runs under this pid now."""
    born = birth(pid)
    return None if born is None else Process(name, pid, born, int(stop_signal))


def write(path: Path, processes: Iterable[Process]) -> None:
    """Remember these processes in the place of those remembered before."""
    write_private(path, json.dumps([asdict(process) for process in processes]))


def read(path: Path) -> list[Process]:
    """Those remembered; none where nothing readable is kept."""
    try:
        return [Process(**row) for row in json.loads(path.read_text())]
    except (OSError, ValueError, TypeError):
        return []


def end(processes: Iterable[Process], *, seconds: float) -> list[Process]:
    """Ask these processes and their groups to stop, force those that still run after a while.

    Returns those that were running. Touches nothing that is not alive with the birth that was remembered.
    """
    running = [process for process in processes if process.is_alive()]
    for process in running:
        _signal(process.pid, process.stop_signal)
    _await_end(running, seconds)
    for process in running:
        if process.is_alive():
            _signal(process.pid, signal.SIGKILL)
    _await_end(running, 5)
    return running


def _await_end(processes: list[Process], seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and any(process.is_alive() for process in processes):
        time.sleep(0.05)


def _signal(pid: int, sign: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, sign)
        else:
            os.kill(pid, sign)
