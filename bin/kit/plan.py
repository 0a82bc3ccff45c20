"""What runs, with which environment: every process gets its own database address and no other."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from bin.kit.layout import CHECKOUT, Home
from bin.kit.port_choice import InnerPorts
from bin.kit.tethered import Program

ADDRESSES = ("DATABASE_URL", "DATABASE_URL_STAFF", "DATABASE_URL_RUNTIME")
# For us alone: processes get addresses.
PASSWORDS = (
    "POSTGRES_ADMIN_PASSWORD",
    "POSTGRES_OWNER_PASSWORD",
    "VALKEY_PASSWORD",
    "RELOVE_STAFF_PASSWORD",
)
# The runtime needs `DRAIN_SECONDS` to finish what is in hand; the rest is reserve.
DRAIN_RESERVE = 10


@dataclass(frozen=True)
class Plan:
    """All that is known before the first process starts."""

    home: Home
    port: int
    sandbox_port: int
    inner: InnerPorts
    # The caller's environment with `.env`, secrets and addresses of servers.
    variables: dict[str, str]

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def web_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, role: str) -> dict[str, str]:
        """For one process: `staff` and `runtime` know only their own database, `owner` (for set-up) all."""
        shared = {
            name: value for name, value in self.variables.items() if name not in (*ADDRESSES, *PASSWORDS)
        }
        own = {
            "PATH": os.pathsep.join([str(self.home.venv / "bin"), shared.get("PATH", os.defpath)]),
            "RELOVE_HOME": str(self.home.path),
            # Read once, here: `.env` is part of the variables by now.
            "RELOVE_ENV_FILE": "",
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "SANDBOX_URL": self.sandbox_url,
            "STATIC_ROOT": str(self.home.path / "static"),
            "RUNBOTS_METRICS_PORT": str(self.inner.runbots_metrics),
            "CELERY_METRICS_PORT": str(self.inner.celery_metrics),
            "HTTPS": shared.get("HTTPS", "off"),
            "PYTHONUNBUFFERED": "1",
        }
        if role == "owner":
            addresses = {name: self.variables[name] for name in ADDRESSES if name in self.variables}
            addresses["DATABASE_ROLE"] = "owner"
        else:
            name = f"DATABASE_URL_{role.upper()}"
            addresses = {name: self.variables[name], "DATABASE_ROLE": role}
        return {**shared, **own, **addresses}

    def sandbox(self) -> Program:
        """Telegram's stand-in, which needs no database and no secret."""
        plain = {
            name: value
            for name, value in os.environ.items()
            if name in {"PATH", "LANG", "LC_ALL", "TZ", "HOME"}
        }
        state = self.home.path / "sandbox.json"
        return self._python(
            "sandbox", "-m", "sandbox", "--port", str(self.sandbox_port), "--state", str(state), env=plain
        )

    def application(self) -> list[Program]:
        """The rest, in the order of its start; it is stopped the other way round, the bots first."""
        staff, runtime = self.environment("staff"), self.environment("runtime")
        celery = ("-m", "celery", "-A", "config")
        schedule = str(self.home.path / "celerybeat-schedule")
        drain = int(float(self.variables.get("DRAIN_SECONDS") or 20)) + DRAIN_RESERVE
        return [
            self._python(
                "web",
                *(
                    "-m",
                    "uvicorn",
                    "config.asgi:application",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    str(self.port),
                ),
                *("--no-server-header", "--no-use-colors", "--timeout-graceful-shutdown", "5"),
                env=staff,
            ),
            self._python(
                "worker",
                *(*celery, "worker", "--concurrency", "1", "--loglevel", "INFO"),
                *("--without-gossip", "--without-mingle"),
                env=runtime,
                stop_seconds=20,
            ),
            self._python("beat", *celery, "beat", "--loglevel", "INFO", "--schedule", schedule, env=runtime),
            self._python("runbots", "manage.py", "runbots", env=runtime, stop_seconds=drain),
        ]

    def manage(self, role: str, *commands: str, **extra: str) -> Program:
        """Commands of manage.py that set something up, one after another."""
        words = json.dumps([command.split() for command in commands])
        env = {**self.environment(role), **extra}
        return self._python("manage", "-m", "bin.kit.manage_several", words, env=env)

    def _python(self, name: str, *arguments: str, env: dict[str, str], stop_seconds: int = 10) -> Program:
        argv = (str(self.home.python), *arguments)
        return Program(name=name, argv=argv, env=env, cwd=CHECKOUT, stop_seconds=stop_seconds)
