"""Waiting until what was started can be used."""

from __future__ import annotations

import json
import time
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

from bin.kit.console import Trouble

# Straight to this machine: a proxy that the environment names knows nothing of it.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
# A bot in one of these needs a person.
_FOR_GOOD = {"token_revoked", "crashed"}


def await_page(url: str, who: str, *, log: Path, seconds: float = 60) -> None:
    """Return as soon as a page answers well. Raises Trouble, with the end of the log, when it does not."""
    until = time.monotonic() + seconds
    while True:
        try:
            _OPENER.open(url, timeout=5).close()
        except OSError as error:
            if time.monotonic() > until:
                words = log.read_text(errors="replace").splitlines()[-10:] if log.exists() else []
                raise Trouble(
                    "\n".join([f"{who} does not answer ({url}: {error}). {log} ends with:", *words])
                ) from error
        else:
            return
        time.sleep(0.1)


def await_bots(url: str, *, token: str, seconds: float = 20) -> bool:
    """Do all bots that are wanted run, before long? Nobody is kept waiting for one that cannot."""
    until = time.monotonic() + seconds
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310
    while time.monotonic() < until:
        try:
            _OPENER.open(request, timeout=5).close()
        except HTTPError as error:
            if error.code != 503 or not _may_come(error.read()):
                return False
        except OSError:
            # It restarts, perhaps.
            pass
        else:
            return True
        time.sleep(0.2)
    return False


def _may_come(report: bytes) -> bool:
    """Is there a bot among those that do not run which may do so by itself?"""
    try:
        states = {bot["state"] for bot in json.loads(report)["bots"] if not bot["ok"]}
    except (ValueError, KeyError, TypeError):
        return True
    return not states or bool(states - _FOR_GOOD)
