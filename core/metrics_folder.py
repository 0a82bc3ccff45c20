"""The folder in which processes of one kind share their figures. Imports nothing that knows Prometheus."""

from __future__ import annotations

import os
import re
import shutil
import sys
from contextlib import suppress
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_NAME = re.compile(r"[a-z]+-(\d+)")


def share_figures(home: Path, kind: str) -> Path:
    """Make this process and its children write figures into one fresh folder below `home`; returns it.

    A folder that the environment names already is kept. Folders of processes that have ended are removed.
    Raises RuntimeError after prometheus_client was imported, since it looks at the environment only once.
    """
    given = os.environ.get(VARIABLE)
    if given:
        folder = Path(given)
    else:
        if "prometheus_client" in sys.modules:
            message = "share_figures must come before the first import of prometheus_client"
            raise RuntimeError(message)
        _sweep(home / "metrics")
        folder = home / "metrics" / f"{kind}-{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        os.environ[VARIABLE] = str(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _sweep(parent: Path) -> None:
    for folder in parent.glob("*-*"):
        found = _NAME.fullmatch(folder.name)
        if found and not _is_alive(int(found[1])):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True
