"""Is this container's process well? `health.py [web|runbots|worker|beat]`; alone it looks what runs here.

Stands alone, and asks only what costs next to nothing: it runs every few seconds.
"""

from __future__ import annotations

import os
import socket
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

# What each kind of process has on its command line.
SIGNS = {"uvicorn": "web", "runbots": "runbots", "worker": "worker", "beat": "beat"}


def kind_of(command_line: str) -> str:
    """Which process this command line starts; "web" where nothing tells."""
    words = command_line.split("\0")
    return next((kind for sign, kind in SIGNS.items() if any(word.endswith(sign) for word in words)), "web")


def is_well(kind: str) -> bool:
    """Does the process answer where it answers monitors, or (beat, which answers nowhere) its broker?"""
    if kind == "web":
        return _answers(f"http://127.0.0.1:{os.environ.get('PORT') or 8000}/readyz")
    if kind == "runbots":
        return _answers(f"http://127.0.0.1:{os.environ.get('RUNBOTS_METRICS_PORT') or 9101}/metrics")
    if kind == "worker":
        return _answers(f"http://127.0.0.1:{os.environ.get('CELERY_METRICS_PORT') or 9102}/metrics")
    return _listens(os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379")


def _answers(url: str) -> bool:
    headers = {
        # Django serves only the names that it knows, and leads plain requests to HTTPS.
        "Host": (os.environ.get("ALLOWED_HOSTS") or "localhost").split(",")[0].strip().lstrip(".*")
        or "localhost",
        "X-Forwarded-Proto": "https",
    }
    if token := os.environ.get("METRICS_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    # Straight to this container: a proxy that the environment names knows nothing of it.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=4) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def _listens(url: str) -> bool:
    address = urlsplit(url)
    try:
        with socket.create_connection((address.hostname or "127.0.0.1", address.port or 6379), 4):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    what = sys.argv[1] if len(sys.argv) > 1 else kind_of(Path("/proc/1/cmdline").read_text())
    sys.exit(0 if is_well(what) else 1)
