"""What runs by itself: each kind of background work, its last runs, and when it is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bots.admin.base import is_superuser
from bots.admin.faces import ago, badge
from care.selectors.latest_rounds import RoundLine, latest_rounds
from core.clock import clock
from core.tenancy import figure_bots
from dashboard.home.faces import money
from dashboard.queues import faces
from dashboard.queues.kinds import Kind, all_kinds
from dashboard.queues.schedule import Due, due
from events.selectors.task_runs import RunLine, failed_runs, latest_runs

_RUNS: Final = 10
_ROUNDS: Final = 8
_FAILURES: Final = 10
_FAILED_SINCE: Final = timedelta(days=14)
_DAYS: Final = (
    gettext_lazy("Sundays"),
    gettext_lazy("Mondays"),
    gettext_lazy("Tuesdays"),
    gettext_lazy("Wednesdays"),
    gettext_lazy("Thursdays"),
    gettext_lazy("Fridays"),
    gettext_lazy("Saturdays"),
)
_STATES: Final = {
    "running": ("primary", gettext_lazy("running")),
    "done": ("success", gettext_lazy("done")),
    "quiet": ("", gettext_lazy("nothing to do")),
    "failed": ("danger", gettext_lazy("failed")),
    "lost": ("warning", gettext_lazy("its process died")),
}
_ROUND_STATES: Final = {
    "wanted": ("info", gettext_lazy("waiting")),
    "running": ("primary", gettext_lazy("running")),
    "done": ("success", gettext_lazy("done")),
    "stopped": ("warning", gettext_lazy("stopped")),
    "over_budget": ("warning", gettext_lazy("budget spent")),
    "failed": ("danger", gettext_lazy("failed")),
}
_TRIGGERS: Final = {
    "daily": gettext_lazy("daily rotation"),
    "command": gettext_lazy("fill_profiles"),
    "telegram": gettext_lazy("/fill_profiles"),
    "staff": gettext_lazy("staff"),
}


def work_page(request: HttpRequest) -> dict[str, Any]:
    """The page, and its part that lives. What work of all bots together came to is for superusers."""
    now = clock.now()
    sees_all = is_superuser(request)
    kinds_here = all_kinds(each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values())
    found = latest_runs(tasks=[each.task for each in kinds_here], each=_RUNS)
    names = {each.task: each for each in kinds_here}
    failures = failed_runs(since=now - _FAILED_SINCE, most=_FAILURES) if sees_all else []
    kinds = [_kind(each, found[each.task], now, sees_all=sees_all) for each in kinds_here]
    return {
        "now": localtime(now),
        "sees_all": sees_all,
        "kinds": kinds,
        "late": [each["name"] for each in kinds if each["is_late"]],
        "rounds": [_round(each) for each in latest_rounds(bot_ids=figure_bots() or (), most=_ROUNDS)],
        "failures": [
            {
                "line": each,
                "name": names[each.task].name if each.task in names else each.task,
                "when": ago(each.started_at),
            }
            for each in failures
        ],
    }


def _kind(kind: Kind, runs: list[RunLine], now: datetime, *, sees_all: bool) -> dict[str, Any]:
    last = runs[0] if runs else None
    planned = due(
        kind.task,
        last_at=last.started_at if last else None,
        now=now,
        beat=settings.CELERY_BEAT_SCHEDULE,
    )
    shown = [_run(kind, each, now, sees_all=sees_all) for each in runs]
    return {
        "key": kind.task.rpartition(".")[2],
        "task": kind.task,
        "name": kind.name,
        "words": kind.words,
        "schedule": _schedule(planned),
        "next": _next(planned, now),
        "is_late": planned is not None and planned.is_late,
        "last": shown[0] if shown else None,
        "runs": shown,
        "has_more": len(shown) > 1,
    }


def _run(kind: Kind, run: RunLine, now: datetime, *, sees_all: bool) -> dict[str, Any]:
    state = "quiet" if run.is_quiet else run.state
    if run.state == "running" and now - run.started_at > timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT):
        state = "lost"
    colour, word = _STATES[state]
    return {
        "state": badge(word, colour),
        "is_bad": state in {"failed", "lost"},
        "when": ago(run.started_at),
        "took": faces.lasting(run.seconds) if run.seconds is not None else "",
        "times": ngettext("%(count)d run", "%(count)d runs", run.times) % {"count": run.times}
        if run.times > 1
        else "",
        "figures": _figures(kind, run) if sees_all else "",
        "error": run.error if sees_all else "",
    }


def _figures(kind: Kind, run: RunLine) -> str:
    """What it came to, without what it did not."""
    said = [
        f"{kind.figures.get(name, name.replace('_', ' '))}: {faces.whole_number(value)}"
        if not isinstance(value, bool)
        else str(kind.figures.get(name, name.replace("_", " ")))
        # As the kind lists them; the database does not keep their order.
        for name, value in (
            (each, run.figures[each]) for each in {**kind.figures, **run.figures} if each in run.figures
        )
        if isinstance(value, int) and value
    ]
    return " · ".join(said)


def _schedule(planned: Due | None) -> str:
    if planned is None:
        return str(_("when it is asked for"))
    if planned.every is not None:
        return _("every %(time)s") % {"time": faces.lasting(planned.every)}
    minute, hour, *rest = planned.crontab.split()
    if rest == ["*", "*", "*"] and hour == "*":
        if minute == "*":
            return str(_("every minute"))
        if minute.startswith("*/"):
            return _("every %(count)s minutes") % {"count": minute[2:]}
        return _("each hour at minute %(minutes)s") % {"minutes": minute.replace(",", ", ")}
    if minute.isdecimal() and hour.isdecimal():
        at = f"{int(hour):02d}:{int(minute):02d} UTC"
        if rest == ["*", "*", "*"]:
            return _("daily at %(time)s") % {"time": at}
        if rest[:2] == ["*", "*"] and rest[2].isdecimal():
            return _("%(day)s at %(time)s") % {"day": _DAYS[int(rest[2]) % 7], "time": at}
    return f"{planned.crontab} UTC"


def _next(planned: Due | None, now: datetime) -> str:
    if planned is None:
        return ""
    wait = (planned.next_at - now).total_seconds()
    if wait < 1:
        return str(_("now"))
    if wait < 48 * 3600:
        return _("in %(time)s") % {"time": faces.lasting(wait)}
    return date_format(localtime(planned.next_at), _("j M, H:i"))


def _round(line: RoundLine) -> dict[str, Any]:
    colour, word = _ROUND_STATES.get(line.state, ("", line.state))
    took = (line.ended_at - line.started_at).total_seconds() if line.ended_at and line.started_at else None
    return {
        "line": line,
        "state": badge(word, colour),
        "trigger": _TRIGGERS.get(line.trigger, line.trigger),
        "when": ago(line.started_at or line.wanted_at),
        "took": faces.lasting(took) if took is not None else faces.NOTHING,
        "length": f"{line.processed / line.candidates * 100 if line.candidates else 0:.2f}",
        "tokens": faces.whole_number(line.prompt_tokens + line.completion_tokens),
        "cost": money(line.cost_micros),
    }
