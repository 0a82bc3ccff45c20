"""While everything runs: one line on the console for each process that ends, comes back or fails."""

from __future__ import annotations

import time

from bin.kit.console import say
from bin.kit.layout import Home
from bin.kit.supervision import State, Supervision

LOOK_EVERY = 0.5
# After supervisord has given a program up, so that a long outage of what it needs heals by itself too.
TRY_AGAIN_AFTER = 10.0


def watch(supervision: Supervision, home: Home) -> None:
    """Look after the processes until interrupted."""
    known = {state.name: state for state in supervision.states()}
    given_up: dict[str, float] = {}
    while True:
        time.sleep(LOOK_EVERY)
        for state in supervision.states():
            if line := change(known[state.name], state, home):
                say(line)
            known[state.name] = state
            if not state.is_given_up:
                given_up.pop(state.name, None)
            elif time.monotonic() - given_up.setdefault(state.name, time.monotonic()) > TRY_AGAIN_AFTER:
                del given_up[state.name]
                supervision.start(state.name)


def change(before: State, now: State, home: Home) -> str:
    """What to tell about one process; empty when there is nothing new."""
    stamp = time.strftime("%H:%M:%S")
    log = home.logs / f"{now.name}.log"
    if now.keeps_failing and not before.keeps_failing:
        return f"{stamp} {now.name} ends as soon as it starts; trying on. Why: {log}"
    if now.runs and before.keeps_failing:
        return f"{stamp} {now.name} runs again (process {now.pid})"
    if now.pid and before.pid and now.pid != before.pid:
        return f"{stamp} {now.name} ended and was started again (process {now.pid}, before {before.pid})"
    if before.pid and not now.pid:
        return f"{stamp} {now.name} ended (process {before.pid})"
    if now.pid and not before.pid and not before.keeps_failing:
        return f"{stamp} {now.name} was started again (process {now.pid})"
    return ""
