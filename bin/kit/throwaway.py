"""PostgreSQL and Valkey for one run: fresh, fast, alone, and gone afterwards, whatever ends the run."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bin.kit import postgres, postgres_folder, records, valkey
from bin.kit.layout import Home
from bin.kit.network import free_port
from bin.kit.tethered import Program, tether


@dataclass(frozen=True)
class Addresses:
    """Where the throw-away servers lie, and how they are reached: as superuser, as owner, and the broker."""

    folder: Path
    admin: str
    owner: str
    redis: str

    def as_environment(self) -> dict[str, str]:
        """What the settings and the tests read."""
        return {
            "DATABASE_URL": self.owner,
            "REDIS_URL": self.redis,
            "RELOVE_TEST_ADMIN_DATABASE_URL": self.admin,
        }


@contextmanager
def throwaway_servers(home: Home) -> Iterator[Addresses]:
    """Start both servers in a folder of this run; stop them and remove the folder at the end."""
    sweep(home)
    folder = Path(tempfile.mkdtemp(prefix="test-", dir=home.path))
    # Others may pass through, so that the database's account reaches its own folder.
    folder.chmod(0o711)
    me = records.of("bin/test", os.getpid())
    records.write(folder / "owner.json", [me] if me else [])
    with ExitStack() as stack:
        stack.callback(_remove, folder)
        cache = valkey.prepare(
            folder / "valkey", port=free_port(), password=secrets.token_urlsafe(12), volatile=True
        )
        stack.enter_context(running(cache.program, folder))
        database = postgres.prepare(
            folder / "postgres",
            port=free_port(),
            admin_password=secrets.token_urlsafe(12),
            owner_password=secrets.token_urlsafe(12),
            volatile=True,
        )
        stack.enter_context(running(database.program, folder))
        postgres.await_server(database)
        postgres.ensure_owner(database)
        valkey.await_server(cache)
        yield Addresses(folder=folder, admin=database.admin_url, owner=database.owner_url, redis=cache.url)


def sweep(home: Home) -> None:
    """Remove what earlier runs left behind because they were killed."""
    for folder in home.path.glob("test-*"):
        owners = records.read(folder / "owner.json")
        if owners and not any(owner.is_alive() for owner in owners):
            _remove(folder)


@contextmanager
def running(program: Program, folder: Path) -> Iterator[None]:
    """The program runs while the block does; what it says goes to a file in the folder."""
    with (folder / f"{program.name}.log").open("wb") as log:
        # In a session of its own: Ctrl-C is for the tests, which end before their servers do.
        child = subprocess.Popen(
            tether(program, folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield
    finally:
        child.send_signal(program.stop_signal)
        try:
            child.wait(program.stop_seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _remove(folder: Path) -> None:
    postgres_folder.remove(folder / "postgres")
    shutil.rmtree(folder, ignore_errors=True)
