"""What is told about a process that changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from supervisor.states import ProcessStates

from bin.kit.layout import Home
from bin.kit.supervision import State
from bin.kit.watch import change

HOME = Home(Path("/home/relove"), Path("/home/relove/venv"))


def told(before: tuple[int, int], now: tuple[int, int]) -> str:
    line = change(State("web", *before), State("web", *now), HOME)
    # The time of day comes first.
    return line.partition(" ")[2]


RUNNING, STARTING, BACKOFF, FATAL, EXITED = (
    ProcessStates.RUNNING,
    ProcessStates.STARTING,
    ProcessStates.BACKOFF,
    ProcessStates.FATAL,
    ProcessStates.EXITED,
)


@pytest.mark.parametrize(
    ("before", "now", "line"),
    [
        ((1, RUNNING), (1, RUNNING), ""),
        ((1, STARTING), (1, RUNNING), ""),
        ((1, RUNNING), (2, STARTING), "web ended and was started again (process 2, before 1)"),
        ((1, RUNNING), (0, EXITED), "web ended (process 1)"),
        ((0, EXITED), (2, STARTING), "web was started again (process 2)"),
        (
            (2, STARTING),
            (0, BACKOFF),
            "web ends as soon as it starts; trying on. Why: /home/relove/logs/web.log",
        ),
        ((0, BACKOFF), (0, FATAL), ""),
        ((0, BACKOFF), (3, STARTING), ""),
        ((0, FATAL), (3, RUNNING), "web runs again (process 3)"),
    ],
)
def test_each_change_is_told_once(before: tuple[int, int], now: tuple[int, int], line: str) -> None:
    assert told(before, now) == line
