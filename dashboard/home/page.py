"""What the first page shows, for the bots that one may see or for one of them. It counts nothing itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from bots.admin.base import is_superuser
from bots.admin.faces import ago
from bots.admin.signs import subject_of
from bots.models import AlertKind, WantedState
from bots.selectors.bot_health import health_of
from bots.selectors.newest_alerts import newest_alerts
from broadcast.selectors.live_broadcasts import LiveBroadcast, live_broadcasts
from care.selectors.board_figures import BoardFigures, board_figures
from core.clock import clock
from core.tenancy import figure_bots, visible_bots
from dashboard.home import charts, doors, sums
from dashboard.home.faces import NOTHING, money, number, seconds, share
from dashboard.home.tiles import tiles, troubled_first
from dashboard.home.tour import tour
from journey.selectors.stage_names import stage_names
from journey.stages import StageCode
from sessions_app.selectors.newest_needs import newest_needs

DAYS: Final = 30
_WEEK: Final = 7
# Whoever has more bots looks at their list, where what is not well can be filtered.
_MOST_TILES: Final = 12
_MOST_LINES: Final = 5
# What is kept is counted every few minutes at the latest; older than this, nobody counts.
_LATE: Final = timedelta(minutes=15)
_NAMES_FOR: Final = 60
_ALERT_LOOKS: Final[Mapping[str, str]] = {
    AlertKind.MODEL_BACK: "good",
    AlertKind.TASK_FAILED: "wait",
    AlertKind.BUDGET_SPENT: "wait",
    AlertKind.BROADCAST_PAUSED: "wait",
}
_FRESHNESS: Final = ("fresh_week", "fresh_month", "fresh_older", "fresh_never")


@dataclass(frozen=True, slots=True)
class _Looked:
    """The bots that one may see, the one that was chosen if any, and those that the page is about."""

    all: tuple[BoardFigures, ...]
    chosen: BoardFigures | None
    # Of these also their people are seen.
    seen: frozenset[UUID]

    @property
    def boards(self) -> tuple[BoardFigures, ...]:
        return (self.chosen,) if self.chosen else self.all

    @property
    def ids(self) -> tuple[UUID, ...]:
        return tuple(each.bot.id for each in self.boards)

    @property
    def mine(self) -> tuple[UUID, ...]:
        return tuple(each for each in self.ids if each in self.seen)

    @property
    def slug(self) -> str:
        return self.chosen.bot.slug if self.chosen else ""


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The whole page, for unfold's DASHBOARD_CALLBACK."""
    shown = board(request)
    figures = shown["figures"]
    context |= shown
    context |= {
        "title": _("Home"),
        "tour": tour(
            request,
            has_bots=bool(shown["bot_choices"]),
            has_people=bool(figures["people"]),
            has_answered=bool(figures["by_staff"]),
        ),
    }
    return context


def board(request: HttpRequest) -> dict[str, Any]:
    """The figures, as the page and its fragment show them."""
    now = clock.now()
    today = now.date()
    looked = _look(request, today)
    days = sums.days_of(looked.boards, today=today, count=DAYS)
    people = sums.people_of(looked.boards)
    counted = [each.taken_at for each in looked.boards if each.taken_at]
    choices = [(each.bot.slug, each.bot.name) for each in looked.all]
    return {
        "now": localtime(now),
        "is_late": any(now - each > _LATE for each in counted),
        "counted_at": min(counted, default=None),
        "bot_choices": sorted(choices, key=lambda choice: choice[1].lower()),
        "chosen": looked.slug,
        "fragment_url": doors.fragment(looked.slug),
        "figures": {"people": people["people"], "by_staff": sum(each.by_staff for each in days)},
        "numbers": _numbers(looked, people, days),
        "charts": _by_day(days),
        **_journey(looked.boards, people),
        **_bots(looked, today),
        **_work(request, looked),
        "may_add_bot": is_superuser(request),
        "has_sandbox": bool(settings.SANDBOX_URL),
        "is_new": bool(looked.boards) and not people["people"],
    }


def _look(request: HttpRequest, today: date) -> _Looked:
    bots = board_figures(bot_ids=figure_bots() or (), since=today - timedelta(days=DAYS - 1), today=today)
    slug = request.GET.get("bot", "")
    # A bot that one may not see is none, as if there were no such bot.
    chosen = next((each for each in bots if each.bot.slug == slug), None)
    return _Looked(tuple(bots), chosen, frozenset(visible_bots() or ()))


def _numbers(looked: _Looked, people: Counter[str], days: Sequence[sums.Day]) -> list[dict[str, Any]]:
    today, week = days[-1], days[-_WEEK:]
    half, most = sums.answer_times(looked.boards)
    oldest = min((each.waiting_since for each in looked.boards if each.waiting_since), default=None)
    return [
        {
            "key": "active",
            "name": _("People active, 24 h"),
            "value": number(people["seen_day"]),
            "aside": _("7 days %(week)s · 30 days %(month)s")
            % {"week": number(people["seen_week"]), "month": number(people["seen_month"])},
        },
        {
            "key": "words",
            "name": _("Messages today"),
            "value": number(today.words),
            "aside": _("%(people)s from people · %(usual)s on a usual day")
            % {"people": number(today.words_in), "usual": number(_usual([each.words for each in days]))},
        },
        {
            "key": "sessions",
            "name": _("Sessions today"),
            "value": number(today.sessions),
            "aside": _("%(completed)s completed · %(open)s open now")
            % {"completed": number(today.completed), "open": number(people["open_sessions"])},
        },
        {
            "key": "answers",
            "name": _("Answer time today"),
            "value": seconds(half),
            "aside": _("no answers yet")
            if most is None
            else _("half within this · 95 %% within %(most)s") % {"most": seconds(most)},
        },
        {
            "key": "cost",
            "name": _("Model cost today"),
            "value": money(today.cost_micros),
            "aside": _("7 days %(week)s") % {"week": money(sum(each.cost_micros for each in week))},
        },
        {
            "key": "backlog",
            "name": _("Waiting for an answer"),
            "value": number(sum(each.waiting for each in looked.boards)) if looked.mine else NOTHING,
            "aside": _waiting_since(oldest) if looked.mine else "",
        },
    ]


def _waiting_since(oldest: datetime | None) -> object:
    return _("nothing waits") if oldest is None else format_html(_("the oldest {}"), ago(oldest))


def _usual(counts: Sequence[int]) -> int:
    """The middle of the last seven whole days."""
    whole = sorted(counts[-_WEEK - 1 : -1])
    return whole[len(whole) // 2]


def _by_day(days: Sequence[sums.Day]) -> list[dict[str, Any]]:
    return [
        _chart(
            "words",
            _("Messages"),
            {"people": _("from people"), "bots": _("from bots")},
            [(each.day, (each.words_in, each.words_out)) for each in days],
        ),
        _chart(
            "sessions",
            _("Sessions begun"),
            {"sessions": _("sessions")},
            [(each.day, (each.sessions,)) for each in days],
        ),
        _chart(
            "active",
            _("People who did something"),
            {"active": _("people")},
            [(each.day, (each.people,)) for each in days],
        ),
    ]


def _chart(
    key: str, name: str, kinds: Mapping[str, str], days: Sequence[tuple[date, Sequence[int]]]
) -> dict[str, Any]:
    chart = charts.columns(days, kinds=tuple(kinds))
    return {
        "key": key,
        "name": name,
        "kinds": list(kinds.items()),
        "chart": chart,
        "top": number(chart.top),
        "total": number(chart.total),
    }


def _journey(boards: Sequence[BoardFigures], people: Counter[str]) -> dict[str, Any]:
    names = _stage_names()
    stages = sums.stages_of(boards)
    at_or_beyond = sums.reached(stages, list(StageCode))
    steps = [
        charts.Step("people", _("Started the bot"), people["people"]),
        charts.Step("consented", _("Consented"), people["consented"], "people"),
        charts.Step("with_session", _("Had a session"), people["with_session"], "consented"),
        charts.Step("started", _("Began the journey"), people["started"], "with_session"),
    ]
    # The first stage is where the journey begins.
    for code in list(StageCode)[1:]:
        steps.append(charts.Step(code, names[code], at_or_beyond[code], steps[-1].key))
    steps += [
        charts.Step("completed", _("Completed the journey"), people["completed"], steps[-1].key),
        charts.Step("visited", _("Visited the platform"), people["visited"], "consented"),
        charts.Step("purchased", _("Bought a programme"), people["purchased"], "visited"),
    ]
    fresh = {name: people[name] for name in _FRESHNESS}
    words = (_("up to 7 days old"), _("up to 30 days"), _("older"), _("none yet"))
    return {
        "stages": [_bar(each) for each in charts.bars(stages, names=names)],
        "on_the_way": number(sum(stages.values())),
        "funnel": [
            {**_bar(each), "is_stage": each.key in StageCode.__members__} for each in charts.funnel(steps)
        ],
        "fresh": charts.stack(fresh),
        "fresh_lines": [
            {
                "kind": name,
                "name": word,
                "count": number(fresh[name]),
                "share": share(charts.percent(fresh[name], sum(fresh.values()))),
            }
            for name, word in zip(_FRESHNESS, words, strict=True)
        ],
        "fresh_of": number(sum(fresh.values())),
    }


def _bar(bar: charts.Bar) -> dict[str, Any]:
    return {
        "key": bar.key,
        "name": bar.name,
        "count": number(bar.count),
        "length": bar.length,
        "of_whole": share(bar.of_whole),
        "of_previous": "" if bar.of_previous is None else share(bar.of_previous),
    }


def _bots(looked: _Looked, today: date) -> dict[str, Any]:
    bots = [each.bot for each in looked.boards]
    health = {each.slug: each for each in health_of(bots, poll_timeout=settings.POLL_TIMEOUT)}
    ordered = sorted(looked.boards, key=lambda each: troubled_first(each.bot, health[each.bot.slug]))
    unwell = sum(not each.is_well for each in health.values())
    wanted = sum(each.wanted == WantedState.RUNNING for each in health.values())
    return {
        "tiles": tiles(ordered[:_MOST_TILES], health=health, seen=looked.seen, today=today),
        "more_bots": max(0, len(ordered) - _MOST_TILES),
        "bot_counts": {"well": wanted - unwell, "unwell": unwell, "resting": len(ordered) - wanted},
    }


def _work(request: HttpRequest, looked: _Looked) -> dict[str, Any]:
    """What waits for somebody: people, alerts, and broadcasts that are on their way."""
    user: Any = request.user
    mine, chosen = looked.mine, looked.chosen
    needed, needs = newest_needs(bot_ids=mine, most=_MOST_LINES) if mine else (0, ())
    warned, alerts = newest_alerts(
        user=user, bot_ids=looked.ids, is_one_bot=chosen is not None, most=_MOST_LINES
    )
    running = (
        live_broadcasts(bot_ids=looked.seen, bot_id=chosen.bot.id if chosen else None, most=_MOST_LINES)
        if mine
        else []
    )
    return {
        "sees_people": bool(mine),
        "needed": needed,
        "needed_words": ngettext("%(count)s person needs a human", "%(count)s people need a human", needed)
        % {"count": number(needed)},
        "needs": [
            {
                "line": each,
                "link": doors.conversation(each.bot_id, each.conversation_id),
                "since": ago(each.since),
            }
            for each in needs
        ],
        "needs_link": doors.inbox_list(show="needs", bot=looked.slug),
        "warned": number(warned),
        "alerts": [
            {
                "line": each,
                "subject": subject_of(each.kind, each.subject),
                "when": ago(each.last_at),
                "look": _ALERT_LOOKS.get(each.kind, "bad"),
            }
            for each in alerts
        ],
        "broadcasts": [_broadcast(each) for each in running],
    }


def _broadcast(line: LiveBroadcast) -> dict[str, Any]:
    return {
        "line": line,
        "length": f"{line.reached / line.total * 100 if line.total else 0:.2f}",
        "share": share(charts.percent(line.reached, line.total)),
        "reached": number(line.reached),
        "total": number(line.total),
        "errors": number(line.errors) if line.errors else "",
    }


def _stage_names() -> dict[str, str]:
    # Staff rename stages about never, so a minute late is soon enough.
    return _names_at(get_language() or "en", int(clock.now().timestamp()) // _NAMES_FOR)


@lru_cache(maxsize=4)
def _names_at(language: str, _minute: int) -> dict[str, str]:
    return stage_names(language=language)
