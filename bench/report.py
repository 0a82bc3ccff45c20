"""What a bench prints and writes: a table for people, JSON for everything else."""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil


def parser(description: str) -> argparse.ArgumentParser:
    """Options that every bench has."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file as well")
    made.add_argument("--logs", default="", metavar="FOLDER", help="keep the logs of all processes there")
    return made


def say(text: str) -> None:
    """One line of progress, at once."""
    print(text, flush=True)


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A Markdown table, aligned, as it can stand in docs/benchmarks.md."""
    cells = [list(head), *([_shown(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    print(f"\n{title}\n\n" + "\n".join(lines), flush=True)


def write(path: Path | None, figures: Mapping[str, Any]) -> None:
    """The figures as JSON, with the machine they were measured on, if a file was asked for."""
    if path is None:
        return
    machine = {
        "cores": psutil.cpu_count(),
        "memory_mb": psutil.virtual_memory().total // 2**20,
        "python": platform.python_version(),
        "system": platform.system(),
    }
    path.write_text(json.dumps({"machine": machine, **figures}, ensure_ascii=False, indent=2) + "\n")


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all does not exceed; 0 for none."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    place = max(0, -int(-share * len(ordered) // 1) - 1)
    return ordered[place]


def verdict(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
    return str(value)
