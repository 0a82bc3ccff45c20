"""A Chromium for the tests of pages: what is there, or Debian's."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from bin.kit.children import run
from bin.kit.console import say, step
from bin.kit.tethered import Program

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Where Playwright puts its own.
CACHES = (Path.home() / ".cache" / "ms-playwright", Path.home() / "Library" / "Caches" / "ms-playwright")
INSIDE = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium")


def find_browser(*, install: bool) -> str | None:
    """The path of a Chromium; as root on Debian installed first, where there is none and `install` allows."""
    found = os.environ.get("RELOVE_CHROMIUM") or _find()
    if found or not install:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with step("Installing chromium for the tests of pages"):
            _apt("update")
            _apt("install", "--yes", "--no-install-recommends", "chromium")
        found = _find()
    if not found:
        say("There is no Chromium for the tests of pages. Install one (Debian: apt install chromium;")
        say(f"elsewhere: {sys.executable} -m playwright install chromium),")
        say("or name it: RELOVE_CHROMIUM=/path/to/it bin/test")
    return found


def _find() -> str | None:
    if on_path := next(filter(None, map(shutil.which, NAMES)), None):
        return on_path
    held = [path for cache in CACHES for pattern in INSIDE for path in sorted(cache.glob(pattern))]
    return str(held[-1]) if held else None


def _apt(*arguments: str) -> None:
    said: list[str] = []
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if run(
        Program(name="apt", argv=(str(shutil.which("apt-get")), "-q", *arguments), env=env), hear=said.append
    ):
        say("\n".join(f"    {line}" for line in said[-5:]))
