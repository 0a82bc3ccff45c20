"""One worker process; started by `runbots`, never by hand."""

from __future__ import annotations

import contextlib
from typing import Any

import structlog
import uvloop
from django.core.management.base import BaseCommand, CommandParser

from runtime.worker import serve


class Command(BaseCommand):
    help = "Internal: one worker of runbots. Reads its orders from standard input."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("holder")

    def handle(self, *args: Any, **options: Any) -> None:
        holder = options["holder"]
        structlog.contextvars.bind_contextvars(worker=holder.rpartition(":")[0].rpartition(":")[2])
        with contextlib.suppress(KeyboardInterrupt):
            uvloop.run(serve(holder))
