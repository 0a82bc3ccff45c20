"""A bot to try."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bots.services.ensure_demo_bot import ensure_demo_bot
from core.errors import AppError


class Command(BaseCommand):
    help = (
        "Make the demo bot Natasha on the sandbox, or make sure that the sandbox still knows it (repeatable)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sandbox-url", default="", help="the sandbox's address (default: SANDBOX_URL)")

    def handle(self, *args: Any, **options: Any) -> None:
        url = options["sandbox_url"] or settings.SANDBOX_URL or f"http://127.0.0.1:{settings.SANDBOX_PORT}"
        try:
            done = ensure_demo_bot(sandbox_url=url)
        except AppError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"demo bot: {done}")
