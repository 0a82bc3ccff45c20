"""Programs kept alive by supervisord: each restarted alone, all ended in order, none left behind."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.states import ProcessStates
from supervisor.xmlrpc import Faults, SupervisorTransport

from bin.kit import records
from bin.kit.console import Trouble
from bin.kit.layout import Home, write_private
from bin.kit.tethered import Program, tether

RECORDS = "processes.json"

# A unix socket's path may have 107 bytes.
LONGEST_SOCKET = 100


@dataclass(frozen=True)
class State:
    """How one program is at this moment; `pid` is 0 while it does not run."""

    name: str
    pid: int
    code: int

    @property
    def runs(self) -> bool:
        return bool(self.code == ProcessStates.RUNNING)

    @property
    def is_given_up(self) -> bool:
        """Did supervisord stop trying?"""
        return bool(self.code == ProcessStates.FATAL)

    @property
    def keeps_failing(self) -> bool:
        return self.code in {ProcessStates.BACKOFF, ProcessStates.FATAL}


class Supervision:
    """One supervisord, a child of ours: it and its children end when we do, by whatever."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._programs: list[Program] = []
        self._child: subprocess.Popen[bytes] | None = None
        self._recorded: set[int] = set()
        self._socket = home.run / "supervisor.sock"
        if len(bytes(self._socket)) > LONGEST_SOCKET:
            self._socket = _short_folder(home) / "supervisor.sock"

    @property
    def _supervisord(self) -> Any:
        """A fresh line each time: one whose call was interrupted takes no other."""
        # The host is never asked: the transport goes to the socket.
        return ServerProxy(
            "http://127.0.0.1", SupervisorTransport(None, None, f"unix://{self._socket}")
        ).supervisor

    def keep(self, programs: list[Program]) -> None:
        """Start these programs, and again whenever they end. At the end the last of all is stopped first."""
        self._programs += programs
        write_private(self._home.run / "supervisord.conf", self._configuration())
        if self._child is None:
            self._start()
        else:
            self._supervisord.reloadConfig()
        for program in programs:
            # supervisord knows from its start what it was started with.
            with suppress_fault(Faults.ALREADY_ADDED):
                self._supervisord.addProcessGroup(program.name)
            self.start(program.name)
        self.states()

    def start(self, name: str) -> None:
        """Start a program that does not run; nothing for one that does."""
        with suppress_fault(Faults.ALREADY_STARTED):
            self._supervisord.startProcess(name, False)

    def states(self) -> list[State]:
        """How each program is. Remembers their pids, for a next start that has to clean up after us.

        Raises Trouble when supervisord is gone.
        """
        try:
            rows: Any = self._supervisord.getAllProcessInfo()
        except (OSError, HTTPException) as error:
            raise Trouble(f"supervisord is gone: see {self._home.logs / 'supervisord.log'}") from error
        states = [State(name=row["name"], pid=row["pid"], code=row["state"]) for row in rows]
        self._remember({state.name: state.pid for state in states if state.pid})
        return states

    def stop(self) -> None:
        """End all programs, the last first, each in its own time, and supervisord itself."""
        if self._child is None:
            return
        if self._child.poll() is None:
            self._child.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(sum(program.stop_seconds + 2 for program in self._programs) + 5)
        # Nothing is left of an orderly end; this is for a supervisord that was killed.
        records.end(reversed(records.read(self._home.run / RECORDS)), seconds=10)
        self._child.wait()
        (self._home.run / RECORDS).unlink(missing_ok=True)
        if self._socket.parent != self._home.run:
            shutil.rmtree(self._socket.parent, ignore_errors=True)

    def _start(self) -> None:
        supervisord = Program(
            name="supervisord",
            argv=(
                sys.executable,
                "-m",
                "supervisor.supervisord",
                "-c",
                str(self._home.run / "supervisord.conf"),
            ),
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            cwd=self._home.path,
        )
        # In a session of its own: Ctrl-C in the terminal is for us, who end the rest in order.
        self._child = subprocess.Popen(
            tether(supervisord, self._home.run), stdin=subprocess.DEVNULL, start_new_session=True
        )
        self._remember({})
        until = time.monotonic() + 20
        while True:
            try:
                self._supervisord.getState()
            except (OSError, HTTPException) as error:
                if self._child.poll() is not None or time.monotonic() > until:
                    raise Trouble(
                        f"supervisord does not start: {self._home.logs / 'supervisord.log'}"
                    ) from error
                time.sleep(0.03)
            else:
                return

    def _remember(self, pids: dict[str, int]) -> None:
        if self._child is None or self._recorded == {self._child.pid, *pids.values()}:
            return
        self._recorded = {self._child.pid, *pids.values()}
        signals = {program.name: program.stop_signal for program in self._programs}
        found = [records.of("supervisord", self._child.pid)]
        # In the order of their start, which supervisord's answer does not keep.
        found += [records.of(name, pids[name], signals[name]) for name in signals if name in pids]
        records.write(self._home.run / RECORDS, [process for process in found if process])

    def _configuration(self) -> str:
        # Paths from our home on, where supervisord is: what is in a name above is none of its business.
        lines = [
            "[supervisord]",
            "nodaemon=true",
            "silent=true",
            "logfile=logs/supervisord.log",
            "logfile_maxbytes=1MB",
            "logfile_backups=1",
            "pidfile=run/supervisord.pid",
            "childlogdir=logs",
            "minfds=256",
            "minprocs=32",
            "[unix_http_server]",
            f"file={os.path.relpath(self._socket, self._home.path)}",
            "chmod=0700",
            "[rpcinterface:supervisor]",
            "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface",
        ]
        for place, program in enumerate(self._programs):
            lines += [
                f"[program:{program.name}]",
                f"command={_plain(shlex.join(tether(program, self._home.run)))}",
                f"priority={100 + place}",
                "autostart=false",
                "autorestart=true",
                "startsecs=1",
                "startretries=5",
                f"stopsignal={program.stop_signal.name.removeprefix('SIG')}",
                f"stopwaitsecs={program.stop_seconds}",
                "killasgroup=true",
                "redirect_stderr=true",
                f"stdout_logfile=logs/{program.name}.log",
                "stdout_logfile_maxbytes=5MB",
                "stdout_logfile_backups=3",
            ]
        return "\n".join([*lines, ""])


def _short_folder(home: Home) -> Path:
    """A private folder with a short name, the same for every start from this home."""
    digest = hashlib.sha256(bytes(home.path)).hexdigest()[:16]
    folder = Path("/tmp") / f"relove-{os.geteuid()}-{digest}"  # noqa: S108
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    # Everybody may write to /tmp: what somebody else has put there is not for us.
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.geteuid() or state.st_mode & 0o077:
        raise Trouble(
            f"{folder} belongs to somebody else. Remove it, or name a RELOVE_HOME with a shorter path."
        )
    return folder


def end_leftovers(home: Home) -> list[str]:
    """End what an earlier run left running, found by pid and time of birth; the names of what was ended."""
    left = records.read(home.run / RECORDS)
    # supervisord first and alone: it ends its children in order.
    ended = records.end(left[:1], seconds=60) + records.end(reversed(left[1:]), seconds=20)
    (home.run / RECORDS).unlink(missing_ok=True)
    return [process.name for process in ended]


@contextmanager
def suppress_fault(code: int) -> Iterator[None]:
    """Let one answer of supervisord's pass that only says that there is nothing to do."""
    try:
        yield
    except Fault as fault:
        if fault.faultCode != code:
            raise


def _plain(value: Path | str) -> str:
    """supervisord expands `%` and cuts at ` ;`."""
    return str(value).replace("%", "%%")
