"""A bot by its token."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bots.services.register_bot import register_bot
from core.errors import AppError


class Command(BaseCommand):
    help = (
        "Register a bot. The token is read from standard input, or from TELEGRAM_BOT_TOKEN; never from the "
        "command line, where others could see it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="how staff call the bot")
        parser.add_argument(
            "--slug", help="its short name in commands and figures (default: made of the name)"
        )
        parser.add_argument("--api-url", help="its Bot API server (default: TELEGRAM_API_URL)")
        parser.add_argument("--language", choices=["ru", "en"], default="ru")
        parser.add_argument(
            "--provider", choices=["demo", "openai"], help="the model (default: as is set up)"
        )
        parser.add_argument("--wanted", choices=["running", "paused", "stopped"], default="running")

    def handle(self, *args: Any, **options: Any) -> None:
        token = os.environ.get("TELEGRAM_BOT_TOKEN") or _typed_token()
        if not token:
            message = "no token: pipe it in, or set TELEGRAM_BOT_TOKEN"
            raise CommandError(message)
        try:
            bot = register_bot(
                name=options["name"],
                token=token,
                slug=options["slug"],
                api_url=options["api_url"],
                language=options["language"],
                provider=options["provider"],
                wanted_state=options["wanted"],
            )
        except AppError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"registered {bot.slug} ({bot.token_hint}), wanted: {bot.wanted_state}")


def _typed_token() -> str:
    if sys.stdin.isatty():
        sys.stderr.write("Paste the bot's token and press Enter: ")
        sys.stderr.flush()
    return sys.stdin.readline().strip()
