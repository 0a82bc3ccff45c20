from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bots.models import Bot, BotStatus, ObservedState, ProactiveKind
from care.hours import Hours, known_zones, local_time, zones_within
from care.services.say_first import Occasion, say_first
from care.statements import SQL
from core.clock import clock
from core.tenancy import in_bot

log = structlog.get_logger(__name__)

SILENCE = timedelta(hours=24)
# Later it is no reminder any more.
SILENCE_UNTIL = timedelta(hours=72)
STAGE_UNTIL = timedelta(hours=48)
# Somebody who has just been here needs no morning question; nor does somebody who has been away for weeks.
MORNING_AFTER = timedelta(hours=6)
MORNING_UNTIL = timedelta(days=7)
MORNING_ONCE = timedelta(hours=16)
# People of one bot and kind at one look; the next look finds the others.
MOST = 500


@dataclass(frozen=True, slots=True)
class _Moment:
    bot: Bot
    now: datetime
    hours: Hours

    def params(self, hours: Hours, **others: object) -> dict[str, object]:
        return {
            "bot_id": self.bot.id,
            "zones": zones_within(hours, self.now),
            "known_zones": list(known_zones()),
            "is_bots_hour": hours.holds(local_time(self.now, self.bot.timezone)),
            "limit": MOST,
            **others,
        }


def reach_out() -> dict[str, object]:
    """Let every running bot write first to whom it may, within its limits and theirs; how many of each kind."""
    figures: dict[str, object] = dict.fromkeys(ProactiveKind.values, 0)
    running = BotStatus.objects.filter(state=ObservedState.RUNNING).values("bot_id")
    for bot in Bot.objects.filter(id__in=running, proactive_a_day__gt=0).order_by("id"):
        for kind, count in _reach_out_for(bot).items():
            figures[kind] = int(str(figures[kind])) + count
    return figures


def _reach_out_for(bot: Bot) -> dict[str, int]:
    moment = _Moment(bot, clock.now(), Hours(bot.proactive_from, bot.proactive_until))
    said = {}
    for kind, find in _KINDS.items():
        if kind in bot.proactive_off:
            continue
        with in_bot(bot.id):
            occasions = list(find(moment))
        # Each in a transaction of its own: one who is in the middle of a turn keeps nobody waiting.
        said[kind] = sum(_say(moment, occasion) for occasion in occasions)
    return said


def _say(moment: _Moment, occasion: Occasion) -> bool:
    with in_bot(moment.bot.id):
        return say_first(bot=moment.bot, occasion=occasion, hours=moment.hours)


def _silent(moment: _Moment) -> Iterable[Occasion]:
    rows = SQL["silent"].rows(
        moment.params(
            moment.hours,
            silent_since=moment.now - SILENCE,
            not_before=moment.now - SILENCE_UNTIL,
        )
    )
    return [
        Occasion(ProactiveKind.SILENCE, row.profile_id, row.cause, session_id=row.session_id) for row in rows
    ]


def _completed(moment: _Moment) -> Iterable[Occasion]:
    rows = SQL["completed_stages"].rows(moment.params(moment.hours, not_before=moment.now - STAGE_UNTIL))
    return [
        Occasion(ProactiveKind.STAGE, row.profile_id, row.cause, step_id=row.step_id, stage=row.stage)
        for row in rows
    ]


def _mornings(moment: _Moment) -> Iterable[Occasion]:
    rows = SQL["mornings"].rows(
        moment.params(
            moment.hours.morning,
            silent_since=moment.now - MORNING_AFTER,
            not_before=moment.now - MORNING_UNTIL,
            not_twice_since=moment.now - MORNING_ONCE,
        )
    )
    return [Occasion(ProactiveKind.MORNING, row.profile_id, "", session_id=row.session_id) for row in rows]


_KINDS: dict[str, Callable[[_Moment], Iterable[Occasion]]] = {
    ProactiveKind.STAGE: _completed,
    ProactiveKind.MORNING: _mornings,
    ProactiveKind.SILENCE: _silent,
}
