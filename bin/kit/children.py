"""Commands that are run to their end, and never outlive us."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from bin.kit.tethered import Program, tether


def unwind_on_signals() -> None:
    """Let SIGTERM and a closed terminal do what Ctrl-C does: leave every block, so that each can clean up."""
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _interrupt)


def _interrupt(_sign: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def run(program: Program, *, hear: Callable[[str], None]) -> int:
    """Run a program to its end, its output given to `hear` line by line; its exit status.

    Whatever interrupts us ends it and all that it started.
    """
    with (
        tempfile.TemporaryDirectory(prefix="relove-") as folder,
        subprocess.Popen(
            tether(program, Path(folder)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as child,
    ):
        try:
            for line in child.stdout or ():
                hear(line.rstrip("\n"))
            return child.wait()
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            raise
