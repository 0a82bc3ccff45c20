"""Door of bin/up, bin/test, bin/manage and bin/lock: first with any Python to make the environment, then inside it."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

# The checkout, not this folder: its modules may bear names that the standard library uses too.
sys.path[0] = str(Path(__file__).resolve().parents[2])

from bin.kit import environment  # noqa: E402
from bin.kit.children import unwind_on_signals  # noqa: E402
from bin.kit.console import Trouble, leave  # noqa: E402
from bin.kit.environment import BASE, DEVELOPMENT, EMBEDDED  # noqa: E402
from bin.kit.layout import find_home  # noqa: E402

NEEDS = {
    "up": (BASE, EMBEDDED),
    "manage": (BASE, EMBEDDED),
    "test": (BASE, EMBEDDED, DEVELOPMENT),
    "lock": (BASE,),
}


def main(arguments: list[str]) -> int:
    """Run one command to its end; its exit status."""
    unwind_on_signals()
    if arguments[0] == "--inside":
        command = importlib.import_module(f"bin.kit.{arguments[1]}")
        return int(command.main(arguments[2:]))
    home = find_home()
    environment.prepare(home, NEEDS[arguments[0]])
    environment.enter(home, arguments)
    return 1


if __name__ == "__main__":
    try:
        status = main(sys.argv[1:])
    except Trouble as trouble:
        leave(trouble)
    except PermissionError as error:
        cure = "Does it belong to another account? Run this as that one, or name another RELOVE_HOME."
        leave(Trouble(f"{error}\n{cure}"))
    except KeyboardInterrupt:
        status = 130
    raise SystemExit(status)
