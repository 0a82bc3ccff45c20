"""Whether this Celery worker was told to stop.

Celery waits for the task in hand but tells it nothing: long tasks look here between their steps, and leave.
"""

from __future__ import annotations

import mmap
from typing import Any

from celery.signals import worker_shutting_down

# Shared with the processes of the pool, which are forked after this was imported.
_flag = mmap.mmap(-1, 1)


def is_stopping() -> bool:
    """True from SIGTERM on, in the worker and in all processes of its pool."""
    return _flag[0] != 0


@worker_shutting_down.connect(weak=False)  # type: ignore[untyped-decorator]
def _note(**kwargs: Any) -> None:  # noqa: ARG001
    _flag[0] = 1
