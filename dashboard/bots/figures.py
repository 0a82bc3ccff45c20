"""What the list of bots knows from the rooms below: who waits, what was buried, what it cost; and the commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import unescape
from typing import Final
from uuid import UUID

from bots.admin.board import Command, Figures
from bots.models import Bot
from care.selectors.board_figures import BoardFigures, board_figures
from core.clock import clock
from mailbox.selectors.buried_of_bots import buried_of_bots
from sessions_app.speech import keys, say

_PREFIX: Final = "commands."
_FOR_ADMINS: Final = frozenset({"broadcast", "cancel", "fill_profiles", "stats"})


def count(bot_ids: Sequence[UUID], since: datetime) -> Mapping[UUID, Figures]:
    """Two queries for any number of bots."""
    today = clock.now().date()
    buried = buried_of_bots(bot_ids=bot_ids, since=since)
    return {
        each.bot.id: Figures(
            waiting=each.waiting,
            waiting_since=each.waiting_since,
            buried=buried.get(each.bot.id, 0),
            cost_micros=_cost(each),
        )
        for each in board_figures(bot_ids=bot_ids, since=today, today=today)
    }


def commands(bot: Bot) -> list[Command]:
    """What people find in the bot's menu, in its own language; then what its admins find besides."""
    found = [
        # Texts are Telegram's HTML; a menu shows them plainly.
        Command(name, unescape(str(say(f"{_PREFIX}{name}", bot.language))), is_for_admins=name in _FOR_ADMINS)
        for name in sorted(
            each.removeprefix(_PREFIX) for each in keys(bot.language) if each.startswith(_PREFIX)
        )
    ]
    return sorted(found, key=lambda each: each.is_for_admins)


def _cost(board: BoardFigures) -> int | None:
    if board.days:
        return board.days[-1].cost_micros
    return None if board.taken_at is None else 0
