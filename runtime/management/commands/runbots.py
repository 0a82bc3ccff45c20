"""Serve the bots."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.metrics_folder import share_figures

# Before anything that counts is imported: Prometheus looks for the folder once.
share_figures(Path(settings.RELOVE_HOME), "runbots")

from bots.errors import BotError
from bots.selectors.list_wanted_bots import list_wanted_bots
from bots.services.ensure_bot import ensure_bot
from core import aio, metrics
from runtime.status_table import status_table
from runtime.supervisor.supervisor import Supervisor


class Command(BaseCommand):
    help = "Run all bots that are wanted running, or show what they are doing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bots", nargs="+", metavar="SLUG", help="only these bots")
        parser.add_argument("--status", action="store_true", help="show a table of all bots and leave")

    def handle(self, *args: Any, **options: Any) -> None:
        slugs: list[str] | None = options["bots"]
        if slugs:
            _check(slugs)
        if options["status"]:
            self.stdout.write(status_table(slugs))
            return
        if settings.TELEGRAM_BOT_TOKEN:
            _register(settings.TELEGRAM_BOT_TOKEN)
        server = metrics.serve_metrics(settings.RUNBOTS_METRICS_PORT)
        os.environ["DATABASE_ROLE"] = "runtime"
        try:
            uvloop.run(Supervisor(slugs=slugs).run())
        finally:
            aio.stop_pool()
            if server is not None:
                server.stop()


def _check(slugs: list[str]) -> None:
    bots = sorted(bot.slug for bot in list_wanted_bots())
    unknown = sorted(set(slugs) - set(bots))
    if unknown:
        known = ", ".join(bots) or "none yet"
        message = f"no such bot: {', '.join(unknown)}. There are: {known}"
        raise CommandError(message)


def _register(token: str) -> None:
    """Single-bot mode: the bot of TELEGRAM_BOT_TOKEN is there and wanted running."""
    try:
        ensure_bot(token=token, name="reLove")
    except BotError as error:
        raise CommandError(str(error)) from None
