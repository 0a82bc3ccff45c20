"""The bots at a glance."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from bots.admin.faces import ago, short
from bots.contracts import BotHealth, BotOverview
from bots.models import ObservedState, WantedState
from care.selectors.board_figures import BoardFigures
from dashboard.home import doors
from dashboard.home.faces import NOTHING, money, number


@dataclass(frozen=True, slots=True)
class Tile:
    """One bot. `look` is good, wait, bad or rest; texts are escaped by whoever shows them."""

    name: str
    username: str
    link: str
    home: str
    look: str
    state: str
    trouble: object
    polled: object
    backlog: str
    oldest: object
    is_behind: bool
    people: str
    words: str
    cost: str


def tiles(
    boards: Sequence[BoardFigures], *, health: Mapping[str, BotHealth], seen: Collection[UUID], today: date
) -> list[Tile]:
    """A tile for each bot; how much waits is told of those that are seen with their people."""
    return [_tile(each, health[each.bot.slug], today, is_seen=each.bot.id in seen) for each in boards]


def troubled_first(bot: BotOverview, health: BotHealth) -> tuple[bool, bool, str]:
    """The order of tiles: those that are not well, those that run, those that rest."""
    return health.is_well, bot.wanted != WantedState.RUNNING, bot.name.lower()


def _tile(board: BoardFigures, health: BotHealth, today: date, *, is_seen: bool) -> Tile:
    bot = board.bot
    day = next((each for each in board.days if each.day == today), None)
    return Tile(
        name=bot.name,
        username=bot.username,
        link=doors.bot_page(bot.id),
        home=doors.home(bot.slug),
        look=_look(bot, health),
        # What stands after the colon explains a state in lists of choices.
        state=str(ObservedState(bot.state).label).partition(":")[0],
        trouble=short(bot.error or (_reason(health.reason) if health.reason != bot.state else ""), most=90),
        polled=ago(bot.last_poll_at),
        backlog=number(board.waiting) if is_seen else NOTHING,
        oldest=ago(board.waiting_since),
        is_behind=bool(board.waiting) and not health.is_well,
        people=number(board.figures.get("seen_day", 0)) if board.taken_at else NOTHING,
        words=number(day.words_in + day.words_out) if day else NOTHING,
        cost=money(day.cost_micros) if day else NOTHING,
    )


def _reason(reason: str) -> str:
    return _("No successful poll for a while") if reason == "no successful poll" else reason


def _look(bot: BotOverview, health: BotHealth) -> str:
    if not health.is_well:
        return "bad"
    if bot.wanted != WantedState.RUNNING:
        return "rest"
    return "good" if bot.state == ObservedState.RUNNING else "wait"
