"""Commands that are run to their end, and never outlive us."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from types import FrameType
from typing import IO, Any

from bin.kit.tethered import TETHER, Program, describe


def unwind_on_signals() -> None:
    """Let SIGTERM and a closed terminal do what Ctrl-C does: leave every block, so that each can clean up."""
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _interrupt)


class Terminated(KeyboardInterrupt):
    """Somebody asked us to stop, other than by Ctrl-C."""


def _interrupt(_sign: int, _frame: FrameType | None) -> None:
    raise Terminated


@contextlib.contextmanager
def end_with(child: subprocess.Popen[Any], *, patience: float) -> Iterator[None]:
    """Whatever interrupts the block ends the child too: asked as by Ctrl-C, forced after a while."""
    try:
        yield
    except BaseException as interruption:
        if _has_not_heard(child, interruption):
            _signal(child, signal.SIGINT)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            _signal(child, signal.SIGKILL)
            child.wait()
        raise


def _has_not_heard(child: subprocess.Popen[Any], interruption: BaseException) -> bool:
    """A terminal's Ctrl-C goes to all of our process group: a second one would cut clean-up short."""
    is_ctrl_c = type(interruption) is KeyboardInterrupt
    return child.poll() is None and not (is_ctrl_c and os.getpgid(child.pid) == os.getpgrp())


def _signal(child: subprocess.Popen[Any], sign: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        if os.getpgid(child.pid) == child.pid:
            os.killpg(child.pid, sign)
        else:
            child.send_signal(sign)


def run(program: Program, *, hear: Callable[[str], None], patience: float = 3) -> int:
    """Run a program to its end, its output given to `hear` line by line; its exit status.

    Whatever interrupts us ends it and all that it started, within `patience` seconds.
    """
    with (
        # A file without a name: what stands in it is gone with us, however we end.
        tempfile.TemporaryFile("w+") as described,
        subprocess.Popen(
            TETHER,
            stdin=_filled(described, describe(program)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as child,
        end_with(child, patience=patience),
    ):
        for line in child.stdout or ():
            hear(line.rstrip("\n"))
        return child.wait()


def _filled(file: IO[str], text: str) -> IO[str]:
    file.write(text)
    file.seek(0)
    return file
