"""Criteria in the form: as text, or as fields; what they mean, whom they find, and what was not understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from bots.admin.faces import ago
from bots.models import Bot
from broadcast.admin.faces import language_now, number, person_name
from broadcast.audience import known_words
from broadcast.criteria.contracts import Criteria, Key
from broadcast.criteria.description import described
from broadcast.criteria.errors import CriteriaError
from broadcast.criteria.form import (
    CHOICES,
    FLAGS,
    MORE,
    NAMES,
    RANGES,
    TEXTS,
    Fields,
    empty_fields,
    from_fields,
    to_fields,
)
from broadcast.criteria.keys import ALWAYS_KNOWN
from broadcast.criteria.parsing import parse
from broadcast.criteria.telling import explained, pointed
from broadcast.criteria.values import things_of
from broadcast.criteria.writing import canonical
from broadcast.selectors.estimate import estimate
from broadcast.selectors.sample_of_audience import sample_of_audience

TEXT: Final = "text"
FIELDS: Final = "fields"
_PREFIX: Final = "c-"
_LONGEST: Final = 4000

TITLES: Final[Mapping[str, Any]] = {
    Key.GENDER: _("Gender"),
    Key.AGE: _("Age"),
    Key.LANGUAGE: _("Language"),
    Key.SOURCE: _("Source"),
    Key.JOURNEY_STAGE: _("Stage"),
    Key.STREAMS: _("Streams"),
    Key.READINESS: _("Readiness, %"),
    Key.MARKERS: _("Marker"),
    Key.HAS_STARTED_JOURNEY: _("Started the journey"),
    Key.HAS_COMPLETED_JOURNEY: _("Completed the journey"),
    Key.HAS_VISITED_PLATFORM: _("Visited the platform"),
    Key.HAS_PURCHASED_STREAM: _("Joined a stream"),
    Key.REGISTERED: _("Registered"),
    Key.LAST_SEEN: _("Last seen"),
    Key.IS_ACTIVE: _("Has not blocked the bot"),
}
_HINTS: Final[Mapping[str, Any]] = {
    Key.AGE: ("18", "30"),
    Key.READINESS: ("60", "100"),
    Key.REGISTERED: ("2026-01-01", _("7d, 12h or a day")),
    Key.LAST_SEEN: ("1d", _("7d, 12h or a day")),
}


class Asked:
    """What was asked, as text or as fields; one of the two is what counts."""

    def __init__(self, *, mode: str, text: str, fields: Fields) -> None:
        self.mode, self.text, self.fields = mode, text, fields
        self.words = known_words()
        self.error: CriteriaError | None = None
        self.criteria: Criteria | None = None
        try:
            self.criteria = from_fields(fields, self.words) if mode == FIELDS else parse(text, self.words)
        except CriteriaError as error:
            self.error = error

    @classmethod
    def from_text(cls, text: str) -> Asked:
        return cls(mode=TEXT, text=text, fields=empty_fields())

    @classmethod
    def from_sent(cls, sent: QueryDict) -> Asked:
        """What a browser sent."""
        mode = FIELDS if sent.get("criteria-as") == FIELDS else TEXT
        fields = empty_fields()
        for name in fields:
            key = f"{_PREFIX}{name}"
            if name in CHOICES:
                fields[name] = [each[:200] for each in sent.getlist(key)[:100]]
            elif name.endswith("_not"):
                fields[name] = key in sent
            else:
                fields[name] = (sent.get(key) or "")[:_LONGEST]
        return cls(mode=mode, text=(sent.get("criteria") or "").replace("\x00", ""), fields=fields)

    def switched(self, mode: str) -> Asked:
        """The same the other way; what is not understood stays as it is, to be put right first."""
        if self.criteria is None or mode == self.mode:
            return self
        if mode == FIELDS:
            return Asked(mode=FIELDS, text=self.text, fields=to_fields(self.criteria))
        return Asked(mode=TEXT, text=canonical(self.criteria), fields=empty_fields())

    @property
    def kept(self) -> str:
        """The criteria as they are kept: text as it was typed, fields as the text that says the same."""
        if self.mode == FIELDS and self.criteria is not None:
            return canonical(self.criteria)
        return self.text.strip()

    def rows(self) -> list[dict[str, Any]]:
        """The fields of the form, for the template."""
        wrong = {each.field for each in self.error.mistakes} if self.error else set()
        return [self._row(key, wrong) for key in Key]

    def _row(self, key: Key, wrong: set[str]) -> dict[str, Any]:
        fields = self.fields
        row: dict[str, Any] = {
            "key": key.value,
            "title": TITLES[key],
            "name": f"{_PREFIX}{key}",
            "may_negate": key not in FLAGS,
            "is_negated": bool(fields.get(f"{key}_not")),
            "is_wrong": bool({key.value, f"{key}_from"} & wrong),
        }
        if key in CHOICES:
            chosen = fields[key]
            row |= {"kind": "choice", "options": self._options(key, chosen), "is_set": bool(chosen)}
        elif key in FLAGS:
            row |= {"kind": "flag", "value": fields[key], "is_set": bool(fields[key])}
        elif key in RANGES:
            low, high = fields[f"{key}_from"], fields[f"{key}_until"]
            hints = _HINTS[key]
            row |= {"kind": "range", "low": low, "high": high, "hints": hints, "is_set": bool(low or high)}
        elif key in TEXTS:
            row |= {"kind": "text", "value": fields[key], "is_set": bool(fields[key])}
        if key in NAMES:
            row |= {"name_field": f"{_PREFIX}{NAMES[key]}", "name_value": fields[NAMES[key]]}
            if key == Key.READINESS:
                row["names"] = self._names(str(fields[NAMES[key]]))
        return row

    def _options(self, key: Key, chosen: object) -> list[tuple[str, str, bool]]:
        picked = set(chosen) if isinstance(chosen, list) else set()
        language = language_now()
        options = [(each.code, each.name(language)) for each in things_of(key, self.words)]
        if key not in ALWAYS_KNOWN:
            options += [("none", str(_("not known"))), ("*", pgettext("whatever is known", "any"))]
        known = {code for code, _title in options}
        # What is no longer there stays visible: criteria that were saved may still speak of it.
        options += [(code, code) for code in sorted(picked - known)]
        return [(code, title, code in picked) for code, title in options]

    def _names(self, chosen: str) -> list[tuple[str, str, bool]]:
        language = language_now()
        streams = [(each.code, each.name(language)) for each in self.words.streams]
        if chosen and chosen not in dict(streams):
            streams.append((chosen, chosen))
        return [(code, title, code == chosen) for code, title in streams]

    @property
    def more(self) -> dict[str, Any]:
        """What no field can show."""
        wrong = {each.field for each in self.error.mistakes} if self.error else set()
        return {"name": f"{_PREFIX}{MORE}", "value": self.fields[MORE], "is_wrong": MORE in wrong}


def answer(
    asked: Asked, *, bot_ids: Sequence[UUID], rate: float | None, may_see_people: bool
) -> dict[str, Any]:
    """What criteria come to, for the template: mistakes, or a sentence, a count by bot and a sample."""
    if asked.error is not None or asked.criteria is None:
        return {"mistakes": mistakes(asked)}
    said: dict[str, Any] = {
        "sentence": described(asked.criteria, asked.words, language_now()),
        "is_everybody": not asked.criteria.terms,
        "written": canonical(asked.criteria),
        "may_see_people": may_see_people,
    }
    return said | reach(bot_ids=bot_ids, criteria=canonical(asked.criteria), rate=rate)


def reach(*, bot_ids: Sequence[UUID], criteria: str, rate: float | None) -> dict[str, Any]:
    """Whom criteria find now: how many by bot, and a few of them. Raises CriteriaError."""
    if not bot_ids:
        return {"has_bots": False}
    found = estimate(bot_ids=bot_ids, criteria=criteria, rate=rate)
    names = dict(Bot.objects.filter(id__in=bot_ids).values_list("id", "name"))
    return {
        "has_bots": True,
        "estimate": found,
        "total": number(found.total),
        "by_bot": [(names.get(bot_id, "?"), number(count)) for bot_id, count in found.counts.items()],
        "sample": [
            {
                "name": person_name(each.reader.first_name, each.last_name, each.username),
                "language": each.reader.language,
                "bot": each.bot_name,
                "bot_id": each.bot_id,
                "profile_id": each.reader.profile_id,
                "seen": ago(each.last_seen_at),
            }
            for each in sample_of_audience(bot_ids=bot_ids, criteria=criteria)
        ],
    }


def mistakes(asked: Asked) -> list[dict[str, Any]]:
    """What was not understood: the line with carets below it, and the words."""
    if asked.error is None:
        return []
    shown = []
    for each in asked.error.mistakes:
        text = asked.error.text
        if each.field and each.field != MORE:
            # Positions are the field's own, whose condition was written for it.
            lines: list[str] = []
        else:
            lines = pointed(text, each)
        shown.append(
            {
                "line": "\n".join(lines),
                "words": explained(each, language_now()),
                "field": TITLES.get(each.field.removesuffix("_from").removesuffix("_until"), "")
                if each.field
                else "",
                "nearest": each.nearest,
            }
        )
    return shown


def checked_bots(request: HttpRequest, visible: Sequence[UUID]) -> list[UUID]:
    """The bots that are ticked in what was sent, of those that the person may see."""
    ticked = set(request.POST.getlist("bots"))
    return [each for each in visible if str(each) in ticked]
