"""bin/manage: a command of manage.py in the environment of the bin/up that runs from this home."""

from __future__ import annotations

import json
import os
from pathlib import Path

from bin.kit.console import Trouble
from bin.kit.layout import CHECKOUT, Home, find_home, write_private
from bin.kit.plan import ADDRESSES, Plan


def main(arguments: list[str]) -> int:
    """Become `manage.py` with these arguments; it chooses its database role by the command."""
    home = find_home()
    note = _note(home)
    if not note.exists():
        raise Trouble("bin/up does not run from this home: start it first, or name its RELOVE_HOME.")
    environment = {**os.environ, **json.loads(note.read_text())}
    os.execve(home.python, [str(home.python), str(CHECKOUT / "manage.py"), *arguments], environment)  # noqa: S606


def remember(plan: Plan) -> None:
    """Write down, for our account alone, what a command needs to reach what runs."""
    shared = plan.environment("owner")
    del shared["DATABASE_ROLE"]
    addresses = {name: plan.variables[name] for name in ADDRESSES}
    write_private(_note(plan.home), json.dumps({**shared, **addresses, "LOG_FORMAT": "console"}))


def forget(home: Home) -> None:
    """Nothing runs any more."""
    _note(home).unlink(missing_ok=True)


def _note(home: Home) -> Path:
    return home.run / "manage.json"
