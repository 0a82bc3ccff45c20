"""The closing lines of several runs of pytest, added up."""

from __future__ import annotations

import re
from collections import Counter

from bin.kit.console import say

CLOSING = re.compile(
    r"^=* ?(?:(?P<counts>\d+ [a-z]+(?:, \d+ [a-z]+)*)|no tests ran) in (?P<seconds>[\d.]+)s\b"
)
# In pytest's own order.
KINDS = ("failed", "passed", "skipped", "deselected", "xfailed", "xpassed", "warnings", "errors")
PLURAL = {"warning": "warnings", "error": "errors"}


class Summary:
    """Shows what pytest says, and counts."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._seconds = 0.0
        self._skipped: list[str] = []

    @property
    def ran(self) -> bool:
        """Did any test run?"""
        return bool(self._counts["passed"] or self._counts["failed"])

    def hear(self, line: str) -> None:
        """Take one line of pytest's output."""
        say(line)
        if line.startswith("SKIPPED ["):
            self._skipped.append(line.removeprefix("SKIPPED "))
        if closing := CLOSING.match(line):
            self._seconds += float(closing["seconds"])
            for count, kind in re.findall(r"(\d+) ([a-z]+)", closing["counts"] or ""):
                self._counts[PLURAL.get(kind, kind)] += int(count)

    def say_what_did_not_run(self) -> None:
        """Say once more, at the end where it is seen, which tests did not run and why."""
        if self._skipped:
            say("\nNOT RUN:")
            for line in self._skipped:
                say(f"  {line}")

    def closing_line(self) -> str:
        """As pytest would have closed one run of all; what one part left for the other is not deselected."""
        told = [
            f"{self._counts[kind]} {kind}" for kind in KINDS if self._counts[kind] and kind != "deselected"
        ]
        return f"{', '.join(told) or 'no tests ran'} in {self._seconds:.2f}s"
