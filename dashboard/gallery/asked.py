"""What an address of the gallery asks for. Whatever is none of the choices narrows nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.clock import clock
from profiles.plain import plain_line
from profiles.selectors.browse_people import Key, PeopleFilter, Place
from profiles.terms import read_term

# How an address says that something is not known.
UNKNOWN: Final = "-"
LONGEST: Final = 100
GENDERS: Final[Mapping[str, Any]] = {
    "female": _("female"),
    "male": _("male"),
    "other": _("other"),
    UNKNOWN: _("not known"),
}
SEEN: Final[Mapping[str, Any]] = {
    "day": _("in the last 24 hours"),
    "week": _("in the last 7 days"),
    "month": _("in the last 30 days"),
    "before": _("before that"),
}
PORTRAITS: Final[Mapping[str, Any]] = {
    "fresh": _("fresh"),
    "stale": _("older than 7 days"),
    "none": _("none yet"),
}
# The first two are asked of the inbox.
WHO: Final[Mapping[str, Any]] = {
    "crisis": _("sign of crisis"),
    "needs": _("needs a human"),
    "reachable": _("may be coached"),
    "paused": _("paused"),
    "blocked": _("blocked the bot"),
    "ignored": _("blocked by staff"),
    "stranger": _("no consent"),
    "underage": _("under 18"),
}
NEEDS: Final = frozenset({"crisis", "needs"})
STEPS: Final[Mapping[str, Any]] = {
    "started": _("Started the journey"),
    "completed": _("Completed the journey"),
    "visited": _("Visited the platform"),
    "purchased": _("Joined a stream"),
}
YES_NO: Final[Mapping[str, Any]] = {"yes": _("yes"), "no": _("not yet")}
_SPANS: Final = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
_MANY: Final = ("stage", "stream")


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen beyond what is fixed: names by code."""

    bots: Mapping[str, str]
    stages: Mapping[str, str]
    streams: Mapping[str, str]
    languages: Mapping[str, str]

    def of(self, name: str) -> Mapping[str, Any]:
        """The choices of one parameter."""
        unknown = {UNKNOWN: _("none yet")}
        return {
            "bot": self.bots,
            "stage": {**self.stages, **unknown},
            "stream": {**self.streams, **unknown},
            "language": self.languages,
            "gender": GENDERS,
            "seen": SEEN,
            "portrait": PORTRAITS,
            "who": WHO,
        }.get(name) or YES_NO


# The parameters, in the order in which they are shown.
CHOSEN: Final = ("bot", "stage", "stream", "seen", "who", "portrait", "gender", "language", *STEPS)
TYPED: Final = ("q", "words", "marker")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is looked for, as it stands in the address: codes by the parameter's name."""

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """What was chosen where one thing can be, "" for nothing."""
        return next(iter(self.chosen.get(name, ())), "")

    def said(self, name: str) -> str:
        """What was typed."""
        return self.typed.get(name, "")

    @property
    def is_empty(self) -> bool:
        return not self.chosen and not self.typed

    @property
    def is_whole_bot(self) -> bool:
        """One bot is asked for, and all of its people."""
        return set(self.chosen) == {"bot"} and not self.typed

    def query(self, *, without: tuple[str, str] | None = None) -> str:
        """The address of this question, or of the same without one thing that was asked for: (name, code)."""
        pairs = [(name, code) for name, codes in self.chosen.items() for code in codes]
        pairs += self.typed.items()
        return urlencode([each for each in pairs if each != without])

    def people(self, *, known: Collection[Key] | None = None) -> PeopleFilter:
        """The same as it is asked of the people; `known` are all whom the inbox and what was said leave."""
        since, before = self._seen()
        marker, has_value, value = self.said("marker").partition("=")
        flags = {step: {"yes": True, "no": False}.get(self.one(step)) for step in STEPS}
        who = self.one("who")
        return PeopleFilter(
            stages=_codes(self.chosen.get("stage", ())),
            genders=_codes(self.chosen.get("gender", ())),
            languages=_codes(self.chosen.get("language", ())),
            streams=_codes(self.chosen.get("stream", ())),
            has_started=flags["started"],
            has_completed=flags["completed"],
            has_visited=flags["visited"],
            has_purchased=flags["purchased"],
            condition="" if who in NEEDS else who,
            portrait=self.one("portrait"),
            marker=marker.strip(),
            value=value.strip() if has_value else None,
            seen_since=since,
            seen_before=before,
            term=read_term(self.said("q")),
            known=known,
        )

    def _seen(self) -> tuple[datetime | None, datetime | None]:
        chosen = self.one("seen")
        if chosen == "before":
            return None, clock.now() - _SPANS["month"]
        return (clock.now() - _SPANS[chosen], None) if chosen else (None, None)


def read(query: QueryDict, choices: Choices) -> Asked:
    """The question of an address."""
    chosen = {}
    for name in CHOSEN:
        codes = _known(query.getlist(name), choices.of(name))
        if codes:
            chosen[name] = codes if name in _MANY else codes[:1]
    typed = {name: plain_line(query.get(name, ""), LONGEST) for name in TYPED}
    return Asked(chosen, {name: text for name, text in typed.items() if text})


def read_place(text: str) -> Place | None:
    """The place that an address names; None for anything else."""
    at, _tilde, place_id = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return Place(moment, UUID(place_id)) if moment.tzinfo else None
    except ValueError:
        return None


def written(place: Place) -> str:
    """A place as it stands in an address."""
    return f"{place.at.isoformat()}~{place.id}"


def _known(codes: Iterable[str], choices: Collection[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in codes if code in choices))


def _codes(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple("" if code == UNKNOWN else code for code in codes)
