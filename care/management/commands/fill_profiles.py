"""Refresh people's portraits now, as the daily rotation does."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from bots.contracts import BotRef
from bots.selectors.find_bots import find_bots
from care.contracts import Run
from care.selectors.rotation_preview import rotation_preview
from care.services.fill import begin_run, profile_in
from care.services.rotate import go_on_with_run, refresh_person, stop_run
from core.clock import clock
from core.errors import AppError

INTERRUPTED = 130
MOST_AT_ONCE = 100


def _size(text: str) -> int:
    try:
        size = int(text)
    except ValueError:
        size = 0
    if not 1 <= size <= MOST_AT_ONCE:
        message = f"a batch holds 1 to {MOST_AT_ONCE} people"
        raise ArgumentTypeError(message)
    return size


class Command(BaseCommand):
    help = (
        "Refresh the portraits of a bot's people from what they did and said. Without --all or --user-id, of "
        "those who are due: seen in the last 30 days, and refreshed more than 7 days ago. Ctrl-C stops after "
        "the batch in hand; the same command goes on from there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        bots = parser.add_mutually_exclusive_group(required=True)
        bots.add_argument("--bot", metavar="SLUG", help="one bot")
        bots.add_argument("--all-bots", action="store_true", help="every bot, one after another")
        people = parser.add_mutually_exclusive_group()
        people.add_argument("--all", action="store_true", help="everybody who has consented, due or not")
        people.add_argument("--user-id", type=int, metavar="ID", help="one person, by Telegram id")
        parser.add_argument("--batch-size", type=_size, default=10, metavar="N", help="at once (default 10)")
        parser.add_argument("--dry-run", action="store_true", help="only say how many it would be")

    def handle(self, *args: Any, **options: Any) -> None:
        bots = find_bots(slug=options["bot"])
        if not bots:
            message = f"there is no bot {options['bot']}" if options["bot"] else "there are no bots yet"
            raise CommandError(message)
        if options["dry_run"]:
            self._preview(bots, options)
        elif options["user_id"] is not None:
            self._one_person(bots, options["user_id"])
        else:
            self._rounds(bots, options)

    def _preview(self, bots: list[BotRef], options: dict[str, Any]) -> None:
        for bot in bots:
            if options["user_id"] is not None:
                is_known = profile_in(bot_id=bot.id, telegram_id=options["user_id"]) is not None
                self.stdout.write(f"{bot.slug}: {'1 person' if is_known else 'nobody by this id'}")
                continue
            count = rotation_preview(bot_id=bot.id, is_for_all=options["all"])
            self.stdout.write(f"{bot.slug}: {count} to refresh")
        self.stdout.write("Nothing was asked or written.")

    def _one_person(self, bots: list[BotRef], telegram_id: int) -> None:
        found = 0
        for bot in bots:
            profile_id = profile_in(bot_id=bot.id, telegram_id=telegram_id)
            if profile_id is None:
                continue
            found += 1
            try:
                tried = refresh_person(bot_id=bot.id, profile_id=profile_id)
            except AppError as error:
                raise CommandError(f"{bot.slug}: {error.message or error.code}") from error
            said = f"{tried.result} ({tried.code})" if tried.code else tried.result
            self.stdout.write(f"{bot.slug}: {said}")
        if not found:
            message = f"nobody with the Telegram id {telegram_id} has consented here"
            raise CommandError(message)

    def _rounds(self, bots: list[BotRef], options: dict[str, Any]) -> None:
        began = clock.monotonic()
        runs: list[tuple[BotRef, Run]] = []
        with _stop_on_interrupt() as is_stopping:
            for bot in bots:
                if is_stopping.is_set():
                    break
                run = self._round(bot, options, is_stopping)
                if run is not None:
                    runs.append((bot, run))
        for bot, run in runs:
            self.stdout.write(_statistics(bot, run))
        self.stdout.write(f"{clock.monotonic() - began:.1f} s in all.")
        if is_stopping.is_set():
            self.stdout.write("Interrupted: run the same command again to go on.")
            raise SystemExit(INTERRUPTED)

    def _round(self, bot: BotRef, options: dict[str, Any], is_stopping: threading.Event) -> Run | None:
        run_id = begin_run(bot_id=bot.id, is_for_all=options["all"])
        run = run_id and go_on_with_run(bot_id=bot.id, run_id=run_id, size=options["batch_size"])
        if not run_id or not run:
            self.stderr.write(f"{bot.slug}: another round is under way; try again when it is over.")
            return None
        bar = tqdm(
            total=max(run.candidates, run.processed),
            initial=run.processed,
            desc=bot.slug,
            unit="person",
            file=self.stderr,
            dynamic_ncols=True,
        )
        with bar:
            while run.state == "running":
                bar.set_postfix(updated=run.updated, skipped=run.skipped, failed=run.failed)
                # Everybody was looked at: what remains is to see that nobody else is due.
                pause = settings.ROTATION_PAUSE_SECONDS if run.processed < run.candidates else 0.0
                if is_stopping.wait(pause):
                    return stop_run(bot_id=bot.id, run_id=run.id)
                following = go_on_with_run(bot_id=bot.id, run_id=run.id, size=options["batch_size"])
                if following is None:
                    return run
                bar.update(following.processed - run.processed)
                run = following
        return run


def _statistics(bot: BotRef, run: Run) -> str:
    note = f" ({run.note})" if run.note else ""
    return (
        f"{bot.slug}: {run.state}{note}. {run.processed} of {run.candidates} looked at: {run.updated} updated, "
        f"{run.skipped} skipped, {run.failed} failed; {run.prompt_tokens + run.completion_tokens} tokens, "
        f"${run.cost_micros / 1_000_000:.4f}"
    )


@contextmanager
def _stop_on_interrupt() -> Iterator[threading.Event]:
    """Set by the first Ctrl-C (or SIGTERM); the second one interrupts at once."""
    is_stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        if is_stopping.is_set():
            raise KeyboardInterrupt
        is_stopping.set()

    if threading.current_thread() is not threading.main_thread():
        yield is_stopping
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield is_stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
