"""What a person sees while they wait: one short line for each thing."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


class Trouble(Exception):
    """Something that a person can mend: said in plain words, with the cure, without a traceback."""


def say(text: str) -> None:
    """One line, at once."""
    print(text, flush=True)


def leave(trouble: Trouble) -> NoReturn:
    """Say what is wrong and end with status 1."""
    print(f"\n{trouble}", file=sys.stderr, flush=True)
    raise SystemExit(1)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say what begins, and how long it took when it ends."""
    started = time.monotonic()
    say(f"· {title} …")
    yield
    say(f"  {title}: {time.monotonic() - started:.1f} s")
