"""What the journey brings to a person's page: where they are and how they came there, and what they are ready for."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bots.admin.faces import ago
from core.clock import clock
from journey.admin.chart import lines
from journey.admin.faces import outcome, span
from journey.contracts import Journey, Step
from journey.selectors.journey_of import journey_along
from journey.selectors.latest_readiness import latest_readiness, readiness_over_time
from journey.selectors.stage_names import stage_names
from profiles.admin.faces import names_of_streams
from profiles.admin.panels import Panel, Part, Place, add_panel, add_part
from profiles.admin.stages import name_stages_by
from profiles.models import Profile

STEPS = 50
# Of readings in the table, and of colours in the stylesheet.
_TABLE = 12
_COLOURS = 6


def journey(request: HttpRequest, person: Profile) -> dict[str, Any]:  # noqa: ARG001
    """Where they are, the twelve stages, each step with their own words, and their readiness."""
    way = _way_of(person)
    names = _names_in_force()
    now = next((each for each in reversed(way.steps) if each.left_at is None), None)
    return {
        "current": names.get(way.current, way.current),
        "since": ago(now.started_at) if now else "",
        "confidence": round(now.confidence * 100) if now else None,
        "quotes": now.quotes if now else (),
        "done": len(way.completed),
        "disputed": [names.get(each, each) for each in way.disputed],
        "stages": _stages(way, names),
        "steps": [_step(each, names) for each in reversed(way.steps[-STEPS:])],
        "more_steps": max(0, len(way.steps) - STEPS),
        **_readiness(person),
    }


def way_in_short(request: HttpRequest, person: Profile) -> dict[str, Any]:  # noqa: ARG001
    """Where they are on the twelve stages, and their words for it."""
    way = _way_of(person)
    names = _names_in_force()
    now = next((each for each in reversed(way.steps) if each.left_at is None), None)
    return {
        "current": names.get(way.current, way.current),
        "since": ago(now.started_at) if now else "",
        "quote": now.quotes[-1] if now and now.quotes else "",
        "done": len(way.completed),
        "stages": _stages(way, names),
    }


def _way_of(person: Profile) -> Journey:
    return journey_along(
        bot_id=person.bot_id,
        profile_id=person.id,
        current=person.journey_stage,
        completed=person.completed_stages,
    )


def _names_in_force() -> dict[str, str]:
    return stage_names(language=get_language() or "en")


def _stages(way: Journey, names: dict[str, str]) -> list[dict[str, Any]]:
    visits = Counter(each.stage for each in way.steps if each.outcome != "disputed")
    now = clock.now()
    return [
        {
            "number": number,
            "name": name,
            "state": _state(code, way, visits[code]),
            "time": "" if (seconds := way.seconds_in(code, now=now)) is None else span(seconds),
            "visits": visits[code],
        }
        for number, (code, name) in enumerate(names.items(), start=1)
    ]


def _state(code: str, way: Journey, visits: int) -> str:
    if code == way.current:
        return "current"
    if code in way.disputed:
        return "disputed"
    if code in way.completed:
        return "done"
    return "visited" if visits else "ahead"


def _step(step: Step, names: dict[str, str]) -> dict[str, Any]:
    return {
        "name": names.get(step.stage, step.stage),
        "outcome": outcome(step.outcome),
        "from": ago(step.started_at),
        "time": span(((step.left_at or clock.now()) - step.started_at).total_seconds()),
        "quotes": step.quotes,
    }


def _readiness(person: Profile) -> dict[str, Any]:
    asked: dict[str, Any] = {"bot_id": person.bot_id, "profile_id": person.id}
    names = names_of_streams()
    readings = readiness_over_time(**asked)
    latest = latest_readiness(**asked)
    drawn = lines(readings)
    return {
        "lines": [
            {"line": each, "name": names.get(each.slug, each.slug), "colour": place % _COLOURS}
            for place, each in enumerate(drawn)
        ],
        "begin": readings[0][0] if readings else None,
        "end": readings[-1][0] if readings else None,
        "table": [
            (at, [percents.get(each.slug) for each in drawn]) for at, percents in reversed(readings[-_TABLE:])
        ],
        "latest": [
            {"name": names.get(each.slug, each.slug), "reading": each}
            for each in (latest.streams if latest else ())
        ],
        "taken": ago(latest.created_at) if latest else "",
        "chosen": names.get(latest.chosen, latest.chosen) if latest else "",
    }


add_panel(Panel("journey", _("Journey"), "journey/panels/journey.html", journey, 30))
add_part(Part("way", Place.BEHIND, "journey/panels/in_short.html", way_in_short, 10))
name_stages_by(_names_in_force)
