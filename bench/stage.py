"""Everything that a bench runs the product on: durable servers of its own, the sandbox, `runbots`."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg

from bench.child import Child
from bench.telegram_side import TelegramSide
from bin.kit import postgres, postgres_folder, records, valkey
from bin.kit.layout import CHECKOUT, find_home
from bin.kit.network import free_port
from bin.kit.tethered import Program
from bin.kit.throwaway import sweep

Owner = psycopg.Connection[tuple[Any, ...]]


class Stage:
    """PostgreSQL (every commit on disk), Valkey and the sandbox run; `runbots` when a bench starts it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cache_password, self._admin_password, self._owner_password = (
            secrets.token_urlsafe(12) for _ in range(3)
        )
        self._ports = {name: free_port() for name in ("postgres", "valkey", "sandbox", "metrics")}
        self._server = self._prepare_postgres()
        self._cache = valkey.prepare(
            folder / "valkey", port=self._ports["valkey"], password=self._cache_password
        )
        self.owner_url = self._server.owner_url
        self._secrets = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "ENCRYPTION_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        }
        self.postgres = Child(self._server.program, folder)
        self.valkey = Child(self._cache.program, folder)
        sandbox_arguments = ("sandbox", "--port", str(self._ports["sandbox"]), "--limits", "off")
        self.sandbox = Child(self.python("sandbox", "-m", *sandbox_arguments), folder)
        self.runbots = Child(
            self.python("runbots", "manage.py", "runbots", role="runtime", stop_seconds=30), folder
        )
        self.telegram = TelegramSide(f"http://127.0.0.1:{self._ports['sandbox']}")

    def _prepare_postgres(self) -> postgres.PostgresServer:
        return postgres.prepare(
            self.folder / "postgres",
            port=self._ports["postgres"],
            admin_password=self._admin_password,
            owner_password=self._owner_password,
        )

    def environment(self, role: str = "owner") -> dict[str, str]:
        """What a process of the product reads; nothing of the caller's environment but PATH and HOME."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **inherited,
            **self._secrets,
            "RELOVE_ENV_FILE": "",
            "DATABASE_URL": self.owner_url,
            "DATABASE_ROLE": role,
            "REDIS_URL": self._cache.url,
            "RELOVE_HOME": str(self.folder),
            "RUNBOTS_METRICS_PORT": str(self._ports["metrics"]),
            "TELEGRAM_API_URL": self.telegram.url if hasattr(self, "telegram") else "",
            "HTTPS": "off",
            "LOG_FORMAT": "json",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONUNBUFFERED": "1",
        }

    def python(self, name: str, *arguments: str, role: str = "owner", stop_seconds: int = 10) -> Program:
        """A Python program of the checkout."""
        return Program(
            name=name,
            argv=(sys.executable, *arguments),
            env=self.environment(role),
            cwd=CHECKOUT,
            stop_seconds=stop_seconds,
        )

    def open(self) -> None:
        """Start the servers and the sandbox, and make the product's database."""
        self.valkey.start()
        self.postgres.start()
        self.sandbox.start()
        postgres.await_server(self._server)
        postgres.ensure_owner(self._server)
        valkey.await_server(self._cache)
        for command in (("setup_roles",), ("migrate", "--verbosity", "0")):
            self.manage(*command)

    def close(self) -> None:
        """Stop everything, in the order in which nobody misses anybody."""
        for child in (self.runbots, self.sandbox, self.postgres, self.valkey):
            child.stop()

    def manage(self, *arguments: str) -> None:
        """A command of manage.py as the owner. Raises RuntimeError with what it said when it fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            message = f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}"
            raise RuntimeError(message)

    def connect(self) -> Owner:
        """As the owner, who sees the rows of all bots."""
        return psycopg.connect(self.owner_url, autocommit=True)

    def enter_django(self) -> None:
        """Make this very process one of the product's, so that its services can be called."""
        import django  # noqa: PLC0415 - it reads the environment, which exists only now

        os.environ.update(self.environment())
        django.setup()

    def start_runbots(self, tokens: list[str], *, seconds: float = 60) -> None:
        """Start `runbots` and return when all of these bots hear. Raises TimeoutError."""
        self.runbots.start()
        self.wait_until(lambda: all(map(self.telegram.polled().get, tokens)), seconds, "the bots do not hear")

    def stop_runbots(self) -> None:
        """End it as an operator would, and forget it."""
        self.runbots.stop()

    def worker(self) -> psutil.Process:
        """The one worker process. Raises RuntimeError when there is not exactly one."""
        workers = [each for each in self.runbots.offspring() if "runbots_worker" in each.cmdline()]
        if len(workers) != 1:
            message = f"one worker was expected, {len(workers)} run"
            raise RuntimeError(message)
        return workers[0]

    def restart_postgres(self) -> None:
        """Start it after a kill, and return when it takes queries."""
        # Clears away what the dead one left, as its keeper in `bin/up` does.
        self._prepare_postgres()
        self.postgres.start()
        postgres.await_server(self._server)

    def restart_valkey(self) -> None:
        """Start it after a kill, and return when it speaks."""
        self.valkey.start()
        valkey.await_server(self._cache)

    @staticmethod
    def wait_until(is_so: Callable[[], bool], seconds: float, otherwise: str) -> None:
        """Look ten times a second. Raises TimeoutError with `otherwise` after so many seconds."""
        until = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > until:
                raise TimeoutError(otherwise)
            time.sleep(0.1)


@contextmanager
def open_stage(*, keep_logs: str = "") -> Iterator[Stage]:
    """A stage in a folder of this run, gone afterwards; `keep_logs` names a folder to copy the logs to."""
    home = find_home()
    sweep(home)
    folder = Path(tempfile.mkdtemp(prefix="test-bench-", dir=home.path))
    # Others may pass through, so that the database's account reaches its own folder.
    folder.chmod(0o711)
    me = records.of("bench", os.getpid())
    records.write(folder / "owner.json", [me] if me else [])
    with ExitStack() as stack:
        stack.callback(_remove, folder)
        if keep_logs:
            stack.callback(_copy_logs, folder, Path(keep_logs))
        stage = Stage(folder)
        stack.callback(stage.close)
        stage.open()
        yield stage


def _copy_logs(folder: Path, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for log in folder.glob("*.log"):
        shutil.copy(log, place)


def _remove(folder: Path) -> None:
    postgres_folder.remove(folder / "postgres")
    shutil.rmtree(folder, ignore_errors=True)
