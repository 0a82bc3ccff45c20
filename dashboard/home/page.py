"""What the first page shows, for the bots that one may see or for one of them. It counts nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from bots.admin.base import is_superuser
from bots.admin.faces import ago
from bots.contracts import BotOverview
from bots.selectors.bot_health import health_of
from bots.selectors.bot_overviews import bot_overviews
from bots.selectors.newest_alerts import newest_alerts
from broadcast.selectors.live_broadcasts import live_broadcasts
from care.selectors.board_figures import BoardFigures, board_figures
from core.clock import clock
from core.tenancy import figure_bots, visible_bots
from dashboard.home import charts, doors, sums
from dashboard.home.faces import money, number, seconds, share
from dashboard.home.tiles import tiles, troubled_first
from dashboard.home.tour import tour
from journey.selectors.stage_names import stage_names
from journey.stages import StageCode
from mailbox.selectors.backlogs import backlogs
from sessions_app.selectors.newest_needs import newest_needs

DAYS: Final = 30
_WEEK: Final = 7
# Whoever has more bots looks at their list, where what is not well can be filtered.
_MOST_TILES: Final = 12
_MOST_LINES: Final = 5
# What is kept is counted every few minutes at the latest; older than this, nobody counts.
_LATE: Final = timedelta(minutes=15)
_NAMES_FOR: Final = 60
_FRESHNESS: Final = ("fresh_week", "fresh_month", "fresh_older", "fresh_never")


@dataclass(frozen=True, slots=True)
class _Looked:
    """The bots that one may see, the one that was chosen if any, and those that the page is about."""

    all: tuple[BotOverview, ...]
    chosen: BotOverview | None

    @property
    def bots(self) -> tuple[BotOverview, ...]:
        return (self.chosen,) if self.chosen else self.all

    @property
    def ids(self) -> tuple[UUID, ...]:
        return tuple(each.id for each in self.bots)


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
    looked = _look(request)
    today = clock.now().date()
    kept = board_figures(bot_ids=looked.ids, since=today - timedelta(days=DAYS - 1)) if looked.ids else []
    days = sums.days_of(kept, today=today, count=DAYS)
    people = sums.people_of(kept)
    seen = set(visible_bots() or ())
    mine = [bot_id for bot_id in looked.ids if bot_id in seen]
    waiting = backlogs(bot_ids=mine) if mine else {}
    return {
        "now": localtime(clock.now()),
        "is_late": any(clock.now() - each.taken_at > _LATE for each in kept),
        "counted_at": min((each.taken_at for each in kept), default=None),
        "bot_choices": [
            (each.slug, each.name) for each in sorted(looked.all, key=lambda bot: bot.name.lower())
        ],
        "chosen": looked.chosen,
        "fragment_url": doors.fragment(looked.chosen.slug if looked.chosen else ""),
        "figures": {"people": people["people"], "by_staff": sum(each.by_staff for each in days)},
        "numbers": _numbers(people, days, waiting, sees_people=bool(mine)),
        "charts": _by_day(days),
        **_journey(kept, people),
        **_bots(looked, kept, waiting if mine else None, today),
        **_work(request, looked, mine),
        "may_add_bot": is_superuser(request),
        "has_sandbox": bool(settings.SANDBOX_URL),
        "is_new": bool(looked.bots) and not people["people"],
    }


def _look(request: HttpRequest) -> _Looked:
    seen = set(figure_bots() or ())
    bots = tuple(each for each in bot_overviews() if each.id in seen)
    slug = request.GET.get("bot", "")
    # A bot that one may not see is none, as if there were no such bot.
    return _Looked(bots, next((each for each in bots if each.slug == slug), None) if slug else None)


def _numbers(
    people: Any, days: Sequence[sums.Day], waiting: Any, *, sees_people: bool
) -> list[dict[str, Any]]:
    today, week = days[-1], days[-_WEEK:]
    half, most = sums.answer_times([today])
    rest = sum(count for count, _oldest in waiting.values())
    oldest = min((each for _count, each in waiting.values()), default=None)
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
            "aside": _("half within this · 95 %% within %(most)s") % {"most": seconds(most)},
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
            "value": number(rest) if sees_people else "–",
            "aside": ago(oldest) if oldest else _("nothing waits"),
        },
    ]


def _usual(counts: Sequence[int]) -> int:
    """The middle of the last seven whole days."""
    whole = sorted(counts[-_WEEK - 1 : -1])
    return whole[len(whole) // 2]


def _by_day(days: Sequence[sums.Day]) -> list[dict[str, Any]]:
    words = [(each.day, (each.words_in, each.words_out)) for each in days]
    return [
        {
            "key": "words",
            "name": _("Messages"),
            "kinds": [("people", _("from people")), ("bots", _("from bots"))],
            "chart": charts.columns(words, kinds=("people", "bots")),
        },
        {
            "key": "sessions",
            "name": _("Sessions begun"),
            "kinds": [("sessions", _("sessions"))],
            "chart": charts.columns([(each.day, (each.sessions,)) for each in days], kinds=("sessions",)),
        },
        {
            "key": "active",
            "name": _("People who did something"),
            "kinds": [("active", _("people"))],
            "chart": charts.columns([(each.day, (each.people,)) for each in days], kinds=("active",)),
        },
    ]


def _journey(kept: Sequence[BoardFigures], people: Any) -> dict[str, Any]:
    names = _stage_names()
    stages = sums.stages_of(kept)
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


def _bots(looked: _Looked, kept: Sequence[BoardFigures], backlog: Any, today: object) -> dict[str, Any]:
    health = {each.slug: each for each in health_of(looked.bots, poll_timeout=settings.POLL_TIMEOUT)}
    ordered = sorted(looked.bots, key=lambda bot: troubled_first(bot, health[bot.slug]))
    unwell = sum(not each.is_well for each in health.values())
    wanted = sum(each.wanted == "running" for each in health.values())
    return {
        "tiles": tiles(
            ordered[:_MOST_TILES],
            health=health,
            figures={each.bot_id: each for each in kept},
            backlog=backlog,
            today=today,
        ),
        "more_bots": max(0, len(ordered) - _MOST_TILES),
        "bot_counts": {"well": wanted - unwell, "unwell": unwell, "resting": len(ordered) - wanted},
    }


def _work(request: HttpRequest, looked: _Looked, mine: Sequence[UUID]) -> dict[str, Any]:
    """What waits for somebody: people, alerts, and broadcasts that are on their way."""
    user: Any = request.user
    needed, needs = newest_needs(bot_ids=mine, most=_MOST_LINES) if mine else (0, ())
    warned, alerts = newest_alerts(
        user=user, bot_ids=looked.ids, is_one_bot=looked.chosen is not None, most=_MOST_LINES
    )
    chosen = looked.chosen
    running = (
        live_broadcasts(
            bot_ids=[each.id for each in looked.all if each.id in set(visible_bots() or ())],
            bot_id=chosen.id if chosen else None,
            most=_MOST_LINES,
        )
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
        "needs_link": doors.inbox_list(show="needs", bot=chosen.slug if chosen else ""),
        "warned": number(warned),
        "alerts": [{"line": each, "when": ago(each.last_at)} for each in alerts],
        "broadcasts": [
            {
                "line": each,
                "length": f"{each.reached / each.total * 100 if each.total else 0:.2f}",
                "share": share(charts.percent(each.reached, each.total)),
                "reached": number(each.reached),
                "total": number(each.total),
                "errors": number(each.errors) if each.errors else "",
            }
            for each in running
        ],
    }


def _stage_names() -> dict[str, str]:
    # Staff rename stages about never, so a minute late is soon enough.
    return _names_at(get_language() or "en", int(clock.now().timestamp()) // _NAMES_FOR)


@lru_cache(maxsize=4)
def _names_at(language: str, _minute: int) -> dict[str, str]:
    return stage_names(language=language)
