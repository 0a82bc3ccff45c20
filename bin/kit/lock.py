"""bin/lock: writes requirements*.txt anew from requirements*.in."""

from __future__ import annotations

import os
from pathlib import Path

from bin.kit.children import run
from bin.kit.console import Trouble, say, step
from bin.kit.layout import CHECKOUT, Home, find_home
from bin.kit.tethered import Program

SETS = ("requirements", "requirements-embedded", "requirements-dev")
# One set for every Python and system that we support; the oldest Python decides.
OPTIONS = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-header")


def main(arguments: list[str]) -> int:
    """Pin everything; further arguments go to `uv pip compile` (--upgrade, --upgrade-package NAME)."""
    uv = _ensure_uv(find_home())
    for name in SETS:
        with step(f"Pinning {name}.txt"):
            _compile(uv, name, arguments)
    return 0


def _ensure_uv(home: Home) -> Path:
    """The tool that pins, which nothing else needs."""
    uv = home.venv / "bin" / "uv"
    if not uv.exists():
        with step("Installing uv"):
            argv = (str(home.python), "-m", "pip", "install", "--quiet", "uv")
            if run(Program(name="pip", argv=argv, env=dict(os.environ)), hear=say):
                raise Trouble("pip could not install uv.")
    return uv


def _compile(uv: Path, name: str, arguments: list[str]) -> None:
    said: list[str] = []
    argv = (str(uv), "pip", "compile", "--quiet", *OPTIONS, f"{name}.in", "-o", f"{name}.txt", *arguments)
    if run(Program(name="uv", argv=argv, env=dict(os.environ), cwd=CHECKOUT), hear=said.append):
        raise Trouble("uv could not pin these:\n" + "\n".join(said[-20:]))
    for line in said:
        say(f"    {line}")
