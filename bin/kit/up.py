"""bin/up: sets everything up and runs it in the foreground, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import environ

from bin.kit import manage, postgres, statics, valkey
from bin.kit.children import run
from bin.kit.console import Trouble, say, step
from bin.kit.layout import CHECKOUT, Home, find_home
from bin.kit.plan import PASSWORDS, Plan
from bin.kit.port_choice import check_public, choose_inner
from bin.kit.readiness import await_bots, await_page
from bin.kit.run_lock import only_run
from bin.kit.secrets_file import ensure_password, ensure_secrets
from bin.kit.supervision import Supervision, end_leftovers
from bin.kit.tethered import Program
from bin.kit.watch import watch

ABOUT = """\
bin/up sets up and runs reLove in the foreground; Ctrl-C stops all of it.
A second start goes on with the same data.

  PORT=8000            admin, API, health
  SANDBOX_PORT=8081    the chat page that stands in for Telegram
  RELOVE_HOME=.relove  all that is made: environment, data, logs, secrets

DATABASE_URL, REDIS_URL, TELEGRAM_BOT_TOKEN, OPENAI_API_KEY … in the environment or in .env put the real
thing in the place of what bin/up brings along. All of them: .env.example"""

NOT_OURS = "with the accounts that this database has already"


def main(arguments: list[str]) -> int:
    """Run until asked to stop; 0 when that was asked for."""
    if arguments:
        say(ABOUT)
        return 0 if arguments[0] in {"--help", "-h"} else 2
    home = find_home()
    _read_env_file()
    port, sandbox_port = os.environ.get("PORT") or "8000", os.environ.get("SANDBOX_PORT") or "8081"
    with only_run(home, pages=f"http://127.0.0.1:{sandbox_port}/ and http://127.0.0.1:{port}/admin/"):
        if ended := end_leftovers(home):
            say(f"Ended what an earlier run had left running: {', '.join(ended)}.")
        for folder in (home.run, home.logs):
            folder.mkdir(mode=0o700, exist_ok=True)
        plan = Plan(
            home=home,
            port=check_public("PORT", port),
            sandbox_port=check_public("SANDBOX_PORT", sandbox_port),
            inner=choose_inner(home.ports),
            variables=_variables(home),
        )
        with _supervision(home) as supervision:
            _bring_up(plan, supervision)
            watch(supervision, home)
    return 0


def _read_env_file() -> None:
    """Take what `.env` names and the environment does not."""
    file = os.environ.get("RELOVE_ENV_FILE", str(CHECKOUT / ".env"))
    if file and Path(file).is_file():
        environ.Env.read_env(file)


def _variables(home: Home) -> dict[str, str]:
    """The environment, completed by our own secrets. Our servers know no password but ours."""
    secrets = ensure_secrets(home.secrets)
    ours = {name: value for name, value in secrets.items() if name in PASSWORDS or not os.environ.get(name)}
    return {**os.environ, **ours}


@contextmanager
def _supervision(home: Home) -> Iterator[Supervision]:
    supervision = Supervision(home)
    try:
        yield supervision
    except KeyboardInterrupt:
        say("\nStopping: the bots finish what is in hand …")
    finally:
        _unhurried(supervision)
        manage.forget(home)
    say("Everything is stopped.")


def _unhurried(supervision: Supervision) -> None:
    """Stop, however often Ctrl-C is pressed meanwhile: every step of it is bounded."""
    while True:
        try:
            supervision.stop()
        except KeyboardInterrupt:
            say("Stopping already; each process has its time, then it is ended.")
        else:
            return


def _bring_up(plan: Plan, supervision: Supervision) -> None:
    with step("Starting the database, the broker and the sandbox"):
        _start_servers(plan, supervision)
    with step("Roles and tables"):
        _make_roles_and_tables(plan)
    manage.remember(plan)
    if statics.have_changed(plan.home):
        with step("Collecting static files"):
            _manage(plan, "owner", "collectstatic --no-input")
            statics.mark(plan.home)
    with step("Staff account and demo bot"):
        await_page(f"{plan.sandbox_url}/control/stats", "The sandbox", log=plan.home.logs / "sandbox.log")
        account = _make_first_account_and_bot(plan)
    with step("Starting web, bots and background work"):
        supervision.keep(plan.application())
        await_page(f"{plan.web_url}/healthz", "The web process", log=plan.home.logs / "web.log")
    with step("Waiting for the bots"):
        is_well = await_bots(f"{plan.web_url}/healthz/bots", token=plan.variables.get("METRICS_TOKEN") or "")
    _show(plan, account=account, is_well=is_well)


def _make_roles_and_tables(plan: Plan) -> None:
    variables = plan.variables
    commands = ["migrate --no-input"]
    if not (variables.get("DATABASE_URL_STAFF") and variables.get("DATABASE_URL_RUNTIME")):
        commands.insert(0, "setup_roles --print-env")
    said = _manage(plan, "owner", *commands)
    printed = dict(line.split("=", 1) for line in said if line.startswith("DATABASE_URL_") and "=" in line)
    # What is given wins: a managed server may not let us choose passwords.
    variables.update({name: value for name, value in printed.items() if not variables.get(name)})


def _make_first_account_and_bot(plan: Plan) -> str:
    """Make both where there are none; what to say of the account."""
    user = plan.variables.get("RELOVE_STAFF_USER") or "admin"
    given = plan.variables.get("RELOVE_STAFF_PASSWORD")
    kept = plan.home.staff_password
    is_known = kept.exists()
    password = given or ensure_password(kept)
    account = {"RELOVE_STAFF_USER": user, "RELOVE_STAFF_PASSWORD": password}
    said = _manage(plan, "staff", "ensure_staff", "ensure_demo_bot", **account)
    is_made = any(line.startswith("made the account") for line in said)
    if given:
        return f"user {user}, password as in RELOVE_STAFF_PASSWORD" if is_made else NOT_OURS
    if not is_made and not is_known:
        # A database of somebody's: our password opens nothing.
        kept.unlink()
        return NOT_OURS
    return f"user {user}, password {password}"


def _start_servers(plan: Plan, supervision: Supervision) -> None:
    home, variables = plan.home, plan.variables
    database = None
    cache = None
    programs: list[Program] = []
    if not variables.get("DATABASE_URL"):
        database = postgres.prepare(
            home.postgres,
            port=plan.inner.postgres,
            admin_password=variables["POSTGRES_ADMIN_PASSWORD"],
            owner_password=variables["POSTGRES_OWNER_PASSWORD"],
        )
        programs.append(database.program)
        if home.postgres.is_symlink():
            say(f"  The database lies in {home.postgres.resolve()}: its account cannot enter {home.path}")
    if not variables.get("REDIS_URL"):
        cache = valkey.prepare(home.valkey, port=plan.inner.valkey, password=variables["VALKEY_PASSWORD"])
        programs.append(cache.program)
    supervision.keep([*programs, plan.sandbox()])
    if database:
        postgres.await_server(database)
        postgres.ensure_owner(database)
        variables["DATABASE_URL"] = database.owner_url
    if cache:
        valkey.await_server(cache)
        variables["REDIS_URL"] = cache.url


def _manage(plan: Plan, role: str, *commands: str, **extra: str) -> list[str]:
    """Run set-up commands; what they printed. Raises Trouble with the last words when one fails."""
    said: list[str] = []
    failed = run(plan.manage(role, *commands, **extra), hear=said.append)
    with (plan.home.logs / "setup.log").open("a") as log:
        # The addresses of the roles hold their passwords.
        log.writelines(f"{line}\n" for line in said if not line.startswith("DATABASE_URL"))
    if failed:
        raise Trouble("\n".join([f"This failed: manage.py {', then '.join(commands)}", *said[-15:]]))
    return said


def _show(plan: Plan, *, account: str, is_well: bool) -> None:
    rows = [
        ("Talk with a bot", f"{plan.sandbox_url}/"),
        ("Admin", f"{plan.web_url}/admin/"),
        ("", account),
        ("Health of the bots", f"{plan.web_url}/healthz/bots"),
        *([] if is_well else [("", "not all of them run yet: look there, or under Bots in the admin")]),
    ]
    lines = [f"  {title:<20}{text}" for title, text in rows]
    width = max(len(line) for line in lines) + 2
    rule = "─" * width if (sys.stdout.encoding or "").lower().startswith("utf") else "-" * width
    say("\n".join(["", rule, *lines, rule, f"  Logs: {plan.home.logs}    Stop: Ctrl-C", ""]))
