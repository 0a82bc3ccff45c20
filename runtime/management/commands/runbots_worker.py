"""One worker process; started by `runbots`, never by hand."""

from __future__ import annotations

from typing import Any

import structlog
import uvloop
from django.core.management.base import BaseCommand, CommandParser

from core import aio
from runtime.worker import serve

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Internal: one worker of runbots. Reads its orders from standard input."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("holder")

    def handle(self, *args: Any, **options: Any) -> None:
        holder = options["holder"]
        structlog.contextvars.bind_contextvars(worker=holder.rpartition(":")[0].rpartition(":")[2])
        try:
            uvloop.run(serve(holder))
        except Exception as error:
            # Python would print the message of whatever it was, and messages may quote what people said.
            log.exception("worker.died")
            raise SystemExit(1) from error
        finally:
            aio.stop_pool()
