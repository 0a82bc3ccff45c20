"""Where things lie: the checkout, and RELOVE_HOME with all that bin/up and bin/test make."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
KIT = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Home:
    """RELOVE_HOME. Nothing outside of it is written, but for root's database where the checkout is closed."""

    path: Path
    venv: Path

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def run(self) -> Path:
        """What is true only while `bin/up` runs."""
        return self.path / "run"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets.env"

    @property
    def staff_password(self) -> Path:
        return self.path / "staff-password"

    @property
    def ports(self) -> Path:
        return self.path / "ports.json"

    @property
    def postgres(self) -> Path:
        """A folder, or a link to one where the database's account can reach it."""
        return self.path / "postgres"

    @property
    def valkey(self) -> Path:
        return self.path / "valkey"


def find_home() -> Home:
    """The home that RELOVE_HOME names, `.relove` in the checkout without; it exists afterwards.

    RELOVE_VENV names an environment that several homes share.
    """
    path = Path(os.environ.get("RELOVE_HOME") or CHECKOUT / ".relove").expanduser().absolute()
    path.mkdir(parents=True, exist_ok=True)
    return Home(path, Path(os.environ.get("RELOVE_VENV") or path / "venv").expanduser().absolute())


def write_private(path: Path, text: str) -> None:
    """Replace a file's text in one step; nobody but its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123
        file.write(text)
    fresh.replace(path)
