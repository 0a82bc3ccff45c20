"""bin/test: everything that is checked, the same for a person and for CI, on servers of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from bin.kit.browser import find_browser
from bin.kit.checks import CHECKS, Check
from bin.kit.children import end_with, run
from bin.kit.console import say
from bin.kit.layout import CHECKOUT, Home, find_home
from bin.kit.summary import Summary
from bin.kit.tethered import Program
from bin.kit.throwaway import Addresses, throwaway_servers

ABOUT = """\
bin/test                     lint, types, import contracts, migrations, deploy check, all tests, coverage
bin/test tests/core -k name  only pytest, with these arguments, on fresh servers
bin/test --lint              only the checks, no test
bin/test --servers           fresh servers for a shell of yours, until Ctrl-C or the end of input

Own throw-away PostgreSQL and Valkey, whatever the environment and .env say."""

# What the outside says about real servers, accounts and keys is not for tests.
IGNORED = (
    "CELERY_",
    "COVERAGE_",
    "DATABASE_",
    "DJANGO_",
    "OPENAI_",
    "POSTGRES_",
    "PYTEST_",
    "REDIS_",
    "RELOVE_",
    "SANDBOX_",
    "TELEGRAM_",
)
IGNORED_NAMES = {
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "ENCRYPTION_KEYS",
    "HTTPS",
    "PORT",
    "PYTHONPATH",
    "PYTHONWARNINGS",
    "SECRET_KEY",
    "STATIC_ROOT",
}
# pytest's word for "there was nothing to run".
NO_TESTS = 5


def main(arguments: list[str]) -> int:
    """Run what the arguments ask for; 0 when all of it is well."""
    home = find_home()
    if arguments[:1] in (["--help"], ["-h"]):
        say(ABOUT)
        return 0
    with throwaway_servers(home) as addresses:
        env = environment(home, addresses)
        if arguments[:1] == ["--servers"]:
            return _serve(addresses)
        if arguments[:1] == ["--lint"]:
            return 1 if _check_all(env) else 0
        if arguments:
            env["RELOVE_CHROMIUM"] = find_browser(install=False) or ""
            return _pass_through([sys.executable, "-m", "pytest", *arguments], env)
        return _everything(env, addresses)


def environment(home: Home, addresses: Addresses) -> dict[str, str]:
    """The caller's environment without what it says about the product, and with this run's servers."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(IGNORED) and name not in IGNORED_NAMES
    }
    path = os.pathsep.join([str(home.venv / "bin"), kept.get("PATH", os.defpath)])
    return {
        **kept,
        "PATH": path,
        "RELOVE_ENV_FILE": "",
        "RELOVE_HOME": str(home.path),
        "RELOVE_VENV": str(home.venv),
        **addresses.as_environment(),
    }


def _everything(env: dict[str, str], addresses: Addresses) -> int:
    env["COVERAGE_FILE"] = str(addresses.folder / "coverage" / "data")
    (addresses.folder / "coverage").mkdir()
    failed = _check_all(env)
    env["RELOVE_CHROMIUM"] = find_browser(install=True) or ""
    summary = Summary()
    pytest = (sys.executable, "-m", "coverage", "run", "-m", "pytest", "-rs")
    for title, options in (
        ("tests, side by side", ("-m", "not processes", "-n", "2")),
        # Of a file one after another: they share what they have started.
        ("tests that start processes", ("-m", "processes", "-n", "2", "--dist", "loadfile")),
    ):
        say(f"\n· {title}")
        status = run(
            Program(name="pytest", argv=(*pytest, *options), env=env), hear=summary.hear, patience=30
        )
        if status not in (0, NO_TESTS):
            failed.append(title)
    say("\n· coverage")
    run(_coverage(env, "combine", "--quiet"), hear=say)
    if run(_coverage(env, "report"), hear=say):
        failed.append("coverage")
    summary.say_what_did_not_run()
    say(f"\nFailed: {', '.join(failed)}" if failed else "\nAll is well.")
    # CI reads the last line: that of both runs of pytest together, in pytest's own form.
    say(summary.closing_line())
    return 1 if failed or not summary.ran else 0


def _coverage(env: dict[str, str], *arguments: str) -> Program:
    return Program(name="coverage", argv=(sys.executable, "-m", "coverage", *arguments), env=env)


def _check_all(env: dict[str, str]) -> list[str]:
    """Run every check, whatever the others say; the names of those that failed."""
    return [check.name for check in CHECKS if not _is_well(check, env)]


def _is_well(check: Check, env: dict[str, str]) -> bool:
    said: list[str] = []
    started = time.monotonic()
    argv = (sys.executable, *check.arguments)
    status = run(Program(name="check", argv=argv, env={**env, **check.env}), hear=said.append)
    say(f"{'FAILED' if status else 'ok':<7}{check.name:<20}{time.monotonic() - started:5.1f} s")
    if status:
        say("\n".join(f"       {line}" for line in said))
    return status == 0


def _pass_through(command: list[str], env: dict[str, str]) -> int:
    """Run with our own input and output, as a debugger needs them."""
    # At a terminal Ctrl-C reaches both of us, elsewhere only me.
    alone = not sys.stdin.isatty()
    with (
        subprocess.Popen(command, cwd=CHECKOUT, env=env, start_new_session=alone) as child,
        end_with(child, patience=30),
    ):
        return child.wait()


def _serve(addresses: Addresses) -> int:
    for name, value in {**addresses.as_environment(), "RELOVE_ENV_FILE": ""}.items():
        say(f"export {name}='{value}'")
    say("# until Ctrl-C or the end of input")
    while sys.stdin.readline():
        pass
    return 0
