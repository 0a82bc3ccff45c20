"""PostgreSQL on loopback, with passwords, as a child in the foreground."""

from __future__ import annotations

import locale
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from bin.kit import records
from bin.kit.accounts import Account, give
from bin.kit.console import Trouble
from bin.kit.layout import write_private
from bin.kit.postgres_binaries import find_binaries
from bin.kit.postgres_folder import settle
from bin.kit.tethered import Program

SUPERUSER = "postgres"
OWNER = "app_owner"
DATABASE = "relove"

# For a machine that carries all else too: small; no socket, whose folder may have too long a name for one.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "max_wal_size": "512MB",
    "log_timezone": "UTC",
    # A statement that failed and the row that did not fit hold people's words: the log tells the error alone.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "timezone": "UTC",
}
# For a server that is thrown away: nothing has to survive a crash.
VOLATILE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "10min",
}


@dataclass(frozen=True)
class PostgresServer:
    """A server that is ready to be started, and how it is reached when it runs."""

    program: Program
    admin_url: str
    owner_url: str
    owner_password: str


def prepare(
    place: Path,
    *,
    port: int,
    admin_password: str,
    owner_password: str,
    volatile: bool = False,
) -> PostgresServer:
    """Make the data folder where there is none yet, and say how to run a server on it.

    A first start that was cut off is begun anew. Raises Trouble where no binaries fit.
    """
    folder, account = settle(place)
    binaries = find_binaries(folder, account)
    data = folder / "data"
    if not data.exists():
        _make_data(data, binaries=binaries, account=account, password=admin_password, volatile=volatile)
    _forget_dead_postmaster(data)
    settings = {**SETTINGS, "port": str(port), **(VOLATILE if volatile else {})}
    argv = [str(binaries / "postgres"), "-D", str(data)]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    return PostgresServer(
        program=Program(
            name="postgres",
            argv=tuple(argv),
            env=_environment(folder),
            cwd=folder,
            account=account,
            # "Fast": open transactions are rolled back, clients sent away, all is written down.
            stop_signal=signal.SIGINT,
            stop_seconds=30,
        ),
        admin_url=f"postgresql://{SUPERUSER}:{admin_password}@127.0.0.1:{port}/postgres",
        owner_url=f"postgresql://{OWNER}:{owner_password}@127.0.0.1:{port}/{DATABASE}",
        owner_password=owner_password,
    )


def _make_data(data: Path, *, binaries: Path, account: Account | None, password: str, volatile: bool) -> None:
    fresh = data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    password_file = data.with_name("initdb-password")
    write_private(password_file, password)
    give(account, password_file)
    command = [
        str(binaries / "initdb"),
        f"--pgdata={fresh}",
        f"--username={SUPERUSER}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--data-checksums",
        *_locale_options(),
        *(["--no-sync"] if volatile else []),
    ]
    who = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    made = subprocess.run(  # type: ignore[call-overload]
        command,
        env=_environment(data.parent),
        cwd=data.parent,
        capture_output=True,
        text=True,
        check=False,
        **who,
    )
    password_file.unlink()
    if made.returncode:
        raise Trouble(
            f"PostgreSQL could not make its data folder {data}:\n{made.stdout}{made.stderr}".strip()
        )
    # Only a folder that is whole gets the name: what a kill leaves behind is begun anew.
    fresh.rename(data)


def _locale_options() -> list[str]:
    """C.UTF-8 of the system, or PostgreSQL's own (17 and newer) where the system has none, as on macOS."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    locale.setlocale(locale.LC_CTYPE, before)
    return ["--locale=C.UTF-8"]


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours: no secret of the caller's reaches the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C"}


def _forget_dead_postmaster(data: Path) -> None:
    """Remove the lock of a server that is gone.

    PostgreSQL does so itself, unless another process has got the pid since, or the dead one was never reaped
    (PID 1 of a container need not do that): then it would refuse to start for ever.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    first = lock.read_text(errors="replace").partition("\n")[0]
    # A lock that was cut off while it was written names nobody.
    pid = int(first) if first.isdecimal() else 0
    if records.birth(pid) is None or "postgres" not in records.command_name(pid):
        lock.unlink(missing_ok=True)
        return
    raise Trouble(
        f"A PostgreSQL that this run did not start (process {pid}) uses {data}.\n"
        f"End it (kill -INT {pid}) and try again."
    )


def await_server(server: PostgresServer, *, seconds: float = 60) -> None:
    """Return as soon as the server takes queries. Raises Trouble when it does not, or not from us."""
    until = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(server.admin_url, connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise Trouble(
                    "The database does not know the password that RELOVE_HOME/secrets.env holds: "
                    "the file was changed or made anew.\n"
                    "Put the old file back; or remove RELOVE_HOME/postgres to begin with an empty database.",
                ) from error
            if time.monotonic() > until:
                raise Trouble(f"PostgreSQL does not answer within {seconds:.0f} s: {error}") from error
        else:
            return
        time.sleep(0.05)


def ensure_owner(server: PostgresServer) -> None:
    """The role that owns everything, and its database; both may be there already."""
    owner = sql.Identifier(OWNER)
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone() is None:
            admin.execute(sql.SQL("CREATE ROLE {}").format(owner))
        admin.execute(
            sql.SQL("ALTER ROLE {} LOGIN CREATEDB CREATEROLE BYPASSRLS PASSWORD {}").format(
                owner, sql.Literal(server.owner_password)
            )
        )
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), owner))
