"""The people that criteria speak of, as a query; and the words that criteria may use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, F, Func, JSONField, Q, TextField, Value
from django.db.models.fields.json import HasAnyKeys
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import In, IsNull, Range

from bots.models import Bot
from bots.tenant import TenantQuerySet
from broadcast.criteria.contracts import Ago, Criteria, Days, Key, Numbers, Special, Term
from broadcast.criteria.keys import LIMITS
from broadcast.criteria.vocabulary import Named, Vocabulary
from journey.selectors.published_stages import published_stages
from profiles.models import Profile, Stream
from profiles.timezones import is_timezone

_ONE_DAY: Final = timedelta(days=1)
_EVERYBODY: Final = Q()
_NOBODY: Final = Q(id__in=())


class _Part(Func):
    """jsonb -> text. Django's own would take the name "1" for a place in a list."""

    template = "(%(expressions)s)"
    arg_joiner = " -> "
    output_field = JSONField()


class _PartText(Func):
    """jsonb ->> text."""

    template = "(%(expressions)s)"
    arg_joiner = " ->> "
    output_field = TextField()


@dataclass(frozen=True, slots=True)
class _Moment:
    """The time of asking, and where days begin."""

    now: datetime
    zone: ZoneInfo

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, tzinfo=self.zone).astimezone(UTC)


def known_words() -> Vocabulary:
    """Every stream, those that are offered no longer too, and the stages as they are called now; two queries."""
    rows = Stream.objects.order_by("position", "slug").values_list("slug", "name_ru", "name_en")
    plain = Vocabulary()
    published = published_stages()
    stages = []
    for each in plain.stages:
        ru, en = (published.get((each.code, language)) for language in ("ru", "en"))
        # The catalogue's names go on being understood: they stand in what was saved before.
        stages.append(
            Named(each.code, ru.name if ru else each.ru, en.name if en else each.en, (each.ru, each.en))
        )
    return Vocabulary(streams=tuple(Named(*row) for row in rows), stages=tuple(stages))


def audience(
    bot_id: UUID, criteria: Criteria, *, now: datetime, timezone: str | None = None
) -> TenantQuerySet[Profile]:
    """People of the bot who match and may be written to, in no order. Call it inside of the bot's scope.

    May be written to: they have consented, are not known to be under age, staff have not blocked them, and they have
    not blocked the bot, unless the criteria speak of that themselves. Days begin at midnight in the time zone that is
    given, or in the bot's.
    """
    if timezone is None:
        has_days = any(isinstance(value, Days) for term in criteria.terms for value in term.values)
        timezone = _timezone_of(bot_id) if has_days else ""
    return Profile.objects.for_bot(bot_id).filter(audience_filter(criteria, now=now, timezone=timezone))


def audience_filter(criteria: Criteria, *, now: datetime, timezone: str = "") -> Q:
    """The same as a condition on profiles; an unknown time zone is UTC."""
    moment = _Moment(now, ZoneInfo(timezone if is_timezone(timezone) else "UTC"))
    may_be_written_to = Q(consented_at__isnull=False, is_underage=False, blocked_at__isnull=True)
    if not any(criteria.of(Key.IS_ACTIVE)):
        may_be_written_to &= Q(is_active=True)
    for term in criteria.terms:
        matching = _CONDITIONS[term.key](term, moment)
        # Two-valued, all of them: a negation is everybody else, those of whom it is not known among them.
        may_be_written_to &= ~matching if term.is_negated else matching
    return may_be_written_to


def _timezone_of(bot_id: UUID) -> str:
    return Bot.objects.filter(id=bot_id).values_list("timezone", flat=True).first() or ""


def _column(term: Term, moment: _Moment) -> Q:  # noqa: ARG001 - conditions are called alike
    """A text that is "" where it is not known."""
    column = term.key.value
    return _any_of(
        [
            Q(**{f"{column}__in": _words(term)}) if _words(term) else _NOBODY,
            Q(**{column: ""}) if Special.NONE in term.values else _NOBODY,
            ~Q(**{column: ""}) if Special.ANY in term.values else _NOBODY,
        ]
    )


def _streams(term: Term, moment: _Moment) -> Q:  # noqa: ARG001
    return _any_of(
        [
            Q(streams__has_any_keys=_words(term)) if _words(term) else _NOBODY,
            Q(streams=[]) if Special.NONE in term.values else _NOBODY,
            ~Q(streams=[]) if Special.ANY in term.values else _NOBODY,
        ]
    )


def _markers(term: Term, moment: _Moment) -> Q:  # noqa: ARG001
    """A text, number or truth that reads so, or a list with such a text in it."""
    name = _name(term)
    text, part, words = _PartText(F("markers"), name), _Part(F("markers"), name), _words(term)
    return _any_of(
        [
            _known(In(text, words)) | _known(HasAnyKeys(part, words)) if words else _NOBODY,
            Q(IsNull(text, True)) if Special.NONE in term.values else _NOBODY,
            Q(IsNull(text, False)) if Special.ANY in term.values else _NOBODY,
        ]
    )


def _readiness(term: Term, moment: _Moment) -> Q:  # noqa: ARG001
    percent = _Part(F("readiness"), _name(term))
    least, most = LIMITS[Key.READINESS]

    def within(low: int | None, high: int | None) -> Q:
        # JSON against JSON: a percent that is no number is outside of both ends, where a cast would fail.
        return _known(Range(percent, (least if low is None else low, most if high is None else high)))

    ranges = [within(value.low, value.high) for value in term.values if isinstance(value, Numbers)]
    is_known = within(None, None)
    return _any_of(
        [
            *ranges,
            ~is_known if Special.NONE in term.values else _NOBODY,
            is_known if Special.ANY in term.values else _NOBODY,
        ]
    )


def _age(term: Term, moment: _Moment) -> Q:  # noqa: ARG001
    ranges = [
        _between("age", value.low, value.high, above="gte", below="lte")
        for value in term.values
        if isinstance(value, Numbers)
    ]
    return _any_of(
        [
            *ranges,
            Q(age__isnull=True) if Special.NONE in term.values else _NOBODY,
            Q(age__isnull=False) if Special.ANY in term.values else _NOBODY,
        ]
    )


def _flag(term: Term, moment: _Moment) -> Q:  # noqa: ARG001
    return Q(**{f"{term.key.value}__in": [value for value in term.values if isinstance(value, bool)]})


def _time(term: Term, moment: _Moment) -> Q:
    column = {Key.LAST_SEEN: "last_seen_at", Key.REGISTERED: "created_at"}[term.key]
    found = []
    for value in term.values:
        if isinstance(value, Ago):
            since, until = (
                None if end is None else moment.now - timedelta(minutes=end)
                for end in (value.high, value.low)
            )
            found.append(_between(column, since, until, above="gt", below="lte"))
        elif isinstance(value, Days):
            first = None if value.low is None else moment.midnight(value.low)
            after = None if value.high is None else moment.midnight(value.high + _ONE_DAY)
            found.append(_between(column, first, after, above="gte", below="lt"))
    return _any_of(found)


def _between(column: str, low: object, high: object, *, above: str, below: str) -> Q:
    found = _EVERYBODY
    if low is not None:
        found &= Q(**{f"{column}__{above}": low})
    if high is not None:
        found &= Q(**{f"{column}__{below}": high})
    return found


def _any_of(found: Iterable[Q]) -> Q:
    """Any of the conditions; nobody where there is none."""
    real = [each for each in found if each is not _NOBODY]
    if not real:
        return _NOBODY
    either = real[0]
    for each in real[1:]:
        either |= each
    return either


def _known(condition: Any) -> Q:
    """The condition, false where it cannot be told: SQL's third truth would be lost under a negation."""
    return Q(Coalesce(condition, Value(False), output_field=BooleanField()))


def _words(term: Term) -> Sequence[str]:
    return [value for value in term.values if isinstance(value, str)]


def _name(term: Term) -> Cast:
    return Cast(Value(term.name), TextField())


_CONDITIONS: Final[Mapping[Key, Callable[[Term, _Moment], Q]]] = {
    Key.GENDER: _column,
    Key.AGE: _age,
    Key.LANGUAGE: _column,
    Key.SOURCE: _column,
    Key.JOURNEY_STAGE: _column,
    Key.STREAMS: _streams,
    Key.READINESS: _readiness,
    Key.MARKERS: _markers,
    Key.HAS_STARTED_JOURNEY: _flag,
    Key.HAS_COMPLETED_JOURNEY: _flag,
    Key.HAS_VISITED_PLATFORM: _flag,
    Key.HAS_PURCHASED_STREAM: _flag,
    Key.REGISTERED: _time,
    Key.LAST_SEEN: _time,
    Key.IS_ACTIVE: _flag,
}
