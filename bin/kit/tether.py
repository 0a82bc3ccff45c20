"""Becomes another program: with its own environment and account, and on a line to whoever started it.

`python -IS tether.py SPEC`, where SPEC is a JSON file (without one: standard input): argv, env, cwd, account
([uid, gid] or null) and death_signal (what the program gets when its starter dies without stopping it, even by
kill -9).
Stands alone: it is run by its path, before anything else of ours can be imported.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys

PR_SET_PDEATHSIG = 1


def main(path: str | None) -> None:
    """Turn this process into the program that is described; does not return."""
    starter = os.getppid()
    if path is None:
        spec = json.load(sys.stdin)
        # The program itself has nobody to ask.
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    else:
        with open(path) as file:  # noqa: PTH123
            spec = json.load(file)
    # First the folder: with an account's rights, it may no longer be reachable.
    os.chdir(spec["cwd"])
    if spec["account"]:
        uid, gid = spec["account"]
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # After the change of account, which would clear it. Elsewhere than on Linux the next start cleans up.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, spec["death_signal"], 0, 0, 0)
    # The starter may have died before the line was tied.
    if os.getppid() != starter:
        sys.exit(1)
    os.execve(spec["argv"][0], spec["argv"], spec["env"])  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
