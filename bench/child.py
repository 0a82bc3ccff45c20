"""A process that a bench starts, measures, kills and starts again; always by its pid."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import psutil

from bin.kit.tethered import Program, tether


class Child:
    """One program of the stage, on a line: it ends when the bench ends, however that is."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program = program
        self._folder = folder
        self._popen: subprocess.Popen[bytes] | None = None
        # Whoever it was seen to have begun: what outlives it must be ended by us.
        self._offspring: dict[int, psutil.Process] = {}

    @property
    def pid(self) -> int:
        """Its pid. Raises RuntimeError while it was not started."""
        if self._popen is None:
            message = f"{self.program.name} was not started"
            raise RuntimeError(message)
        return self._popen.pid

    @property
    def log(self) -> Path:
        """All that it and its children printed, over all its lives."""
        return self._folder / f"{self.program.name}.log"

    def start(self) -> None:
        """Start it, or start it again."""
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(
                tether(self.program, self._folder),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def offspring(self) -> list[psutil.Process]:
        """Its living descendants, without itself."""
        if self._popen is None or self._popen.poll() is not None:
            return []
        found = psutil.Process(self._popen.pid).children(recursive=True)
        self._offspring.update({each.pid: each for each in found})
        return found

    def kill(self, *, with_offspring: bool = False) -> None:
        """kill -9, and wait until it is gone."""
        mine = self.offspring()
        assert self._popen is not None
        self._popen.kill()
        self._popen.wait()
        if with_offspring:
            end(mine)

    def stop(self) -> None:
        """Ask it to stop, wait as long as it may take, then force it and what it left behind."""
        self.offspring()
        if self._popen is not None:
            if self._popen.poll() is None:
                self._popen.send_signal(self.program.stop_signal)
            try:
                self._popen.wait(self.program.stop_seconds)
            except subprocess.TimeoutExpired:
                self._popen.kill()
                self._popen.wait()
        end(list(self._offspring.values()))


def end(processes: Sequence[psutil.Process]) -> None:
    """kill -9 these, where they still run (psutil knows a pid that was given to somebody else since)."""
    for each in processes:
        try:
            each.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(processes, timeout=10)


def cpu_seconds(pid: int) -> float:
    """User and system time that one process has used so far."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def pss_bytes(pid: int) -> int:
    """The memory of one process, what it shares with others divided among them; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
