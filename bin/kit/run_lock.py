"""One `bin/up` for one RELOVE_HOME."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from bin.kit.console import Trouble, say
from bin.kit.layout import Home


@contextmanager
def only_run(home: Home, *, pages: str) -> Iterator[None]:
    """Hold the home for this process; `pages` tells a second one where to look.

    The system itself lets go of the lock when its holder dies, by whatever: what is left then is the file,
    which is taken over with a line. Raises Trouble while another run lives.
    """
    path = home.path / "up.lock"
    with path.open("a+") as lock:
        lock.seek(0)
        pid, _, where = lock.read().strip().partition(" ")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(
                f"reLove already runs from {home.path} (process {pid}): {where}\n"
                f"Stop it with Ctrl-C where it runs, or: kill {pid}\n"
                "For a second one beside it: RELOVE_HOME=other-folder PORT=8001 SANDBOX_PORT=8082 bin/up",
            ) from None
        if pid:
            say(f"An earlier run (process {pid}) ended without cleaning up: taking over.")
        lock.truncate(0)
        lock.write(f"{os.getpid()} {pages}\n")
        lock.flush()
        try:
            yield
        finally:
            # Emptied, not removed: what says that a run ended well.
            lock.truncate(0)
