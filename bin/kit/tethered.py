"""One program to be kept: what runs, as whom, and how it is asked to stop."""

from __future__ import annotations

import json
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

from bin.kit.accounts import Account
from bin.kit.layout import CHECKOUT, KIT, write_private


@dataclass(frozen=True)
class Program:
    """A program, its whole environment (nothing is inherited) and its manners when asked to stop."""

    name: str
    argv: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)
    cwd: Path = CHECKOUT
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: int = 10


# Reads what to become on its standard input, or in a file that is named after this.
TETHER = (sys.executable, "-IS", str(KIT / "tether.py"))


def describe(program: Program) -> str:
    """What the tether has to know."""
    return json.dumps(
        {
            "argv": program.argv,
            "env": program.env,
            "cwd": str(program.cwd),
            "account": [program.account.uid, program.account.gid] if program.account else None,
            "death_signal": int(program.stop_signal),
        }
    )


def tether(program: Program, folder: Path) -> list[str]:
    """Write down what the program needs, readable by its owner alone; the command that starts it so."""
    path = folder / f"{program.name}.json"
    write_private(path, describe(program))
    return [*TETHER, str(path)]
