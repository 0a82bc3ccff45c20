"""bin/test: everything that is checked, the same for a person and for CI, on servers of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from bin.kit.console import say
from bin.kit.layout import CHECKOUT, Home, find_home
from bin.kit.throwaway import Addresses, throwaway_servers

ABOUT = """\
bin/test                     lint, types, import contracts, migrations, deploy check, all tests, coverage
bin/test tests/core -k name  only pytest, with these arguments, on fresh servers
bin/test --lint              only what needs no test
bin/test --servers           fresh servers for a shell of yours, until Ctrl-C or the end of input

Own throw-away PostgreSQL and Valkey, whatever the environment and .env say."""

# What the outside says about real servers, accounts and keys is not for tests.
IGNORED = (
    "DATABASE_",
    "REDIS_",
    "TELEGRAM_",
    "OPENAI_",
    "RELOVE_",
    "SANDBOX_",
    "CELERY_",
    "DJANGO_",
    "PYTEST_",
    "COVERAGE_",
)
IGNORED_NAMES = {
    "SECRET_KEY",
    "ENCRYPTION_KEYS",
    "PORT",
    "DEBUG",
    "ALLOWED_HOSTS",
    "PYTHONPATH",
    "PYTHONWARNINGS",
}


def main(arguments: list[str]) -> int:
    """Run what the arguments ask for; 0 when all of it is well."""
    home = find_home()
    if arguments[:1] == ["--help"]:
        say(ABOUT)
        return 0
    if arguments[:1] == ["--servers"]:
        return _serve(home)
    with throwaway_servers(home) as addresses:
        return _run(["-m", "pytest", *arguments], environment(home, addresses))


def environment(home: Home, addresses: Addresses | None) -> dict[str, str]:
    """The caller's environment without what it says about the product, and with this run's servers."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(IGNORED) and name not in IGNORED_NAMES
    }
    path = os.pathsep.join([str(home.venv / "bin"), kept.get("PATH", os.defpath)])
    servers = addresses.as_environment() if addresses else {}
    return {**kept, "PATH": path, "RELOVE_ENV_FILE": "", "RELOVE_HOME": str(home.path), **servers}


def _run(arguments: list[str], env: dict[str, str]) -> int:
    """Run Python with these arguments to its end, an interrupt of ours being its interrupt too."""
    with subprocess.Popen([sys.executable, *arguments], cwd=CHECKOUT, env=env) as child:
        try:
            return child.wait()
        except KeyboardInterrupt:
            child.send_signal(signal.SIGINT)
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
            raise


def _serve(home: Home) -> int:
    with throwaway_servers(home) as addresses:
        for name, value in {**addresses.as_environment(), "RELOVE_ENV_FILE": ""}.items():
            say(f"export {name}='{value}'")
        say("# until Ctrl-C or the end of input")
        while sys.stdin.readline():
            pass
    return 0
