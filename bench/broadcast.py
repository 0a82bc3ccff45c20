"""Broadcasts: how fast, beside what, how large, and whether each recipient gets it once, whatever is killed.

`python bench/broadcast.py` runs all parts, a quarter of an hour; `--part pace` one of them, `--scale 0.1` a tenth.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.report import parser, say, write
from bench.stage import Stage, open_stage

PARTS = ("pace", "paid", "million", "kills")


def main() -> int:
    options = parser(__doc__ or "")
    options.add_argument("--part", choices=PARTS, action="append", help="only this one (or these)")
    options.add_argument("--scale", type=float, default=1.0, help="of the recipients of each part")
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--seed", type=int, default=None, help="of the order and the moments of kills")
    given = options.parse_args()
    given.seed = given.seed if given.seed is not None else random.randrange(10_000)
    figures: dict[str, Any] = {"bench": "broadcast", "scale": given.scale, "seed": given.seed, "is_met": True}
    with open_stage(keep_logs=given.logs) as stage:
        _enter_django(stage)
        for name in given.part or PARTS:
            say(f"\n{name}")
            figures[name] = _run(name, stage, given)
            figures["is_met"] = figures["is_met"] and figures[name]["is_met"]
    write(given.json, figures)
    return 0 if figures["is_met"] else 1


def _enter_django(stage: Stage) -> None:
    """As the bots' processes do: the policies hold for what is measured."""
    import django  # noqa: PLC0415 - it reads the environment, which exists only now

    os.environ.update(stage.environment("runtime"))
    django.setup()


def _run(name: str, stage: Stage, given: Any) -> dict[str, Any]:
    from bench.broadcast_kills import measure_kills  # noqa: PLC0415 - after django.setup
    from bench.broadcast_million import measure_million  # noqa: PLC0415
    from bench.broadcast_pace import measure_pace, measure_paid  # noqa: PLC0415

    run = {"pace": measure_pace, "paid": measure_paid, "million": measure_million, "kills": measure_kills}
    return run[name](stage, given)


if __name__ == "__main__":
    raise SystemExit(main())
