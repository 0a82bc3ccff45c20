from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from bots.contracts import Voice, WaitingAlert
from bots.models import AlertKind
from bots.selectors.alerts_to_tell import alerts_to_tell, are_alerts_waiting, voices
from bots.services.mark_told import mark_told
from care.alarms import alert_text, digest_text
from care.selectors.known_admins import Acquaintance, alert_times, known_admins
from core.clock import clock
from core.tenancy import across_bots
from mailbox.contracts import Post
from mailbox.models import Priority
from mailbox.services.post import post

log = structlog.get_logger(__name__)

# More than so many within an hour are told together, and then only so often.
MOST_AN_HOUR = 10
BETWEEN_DIGESTS = timedelta(minutes=15)
# News that is older than this is better read in the admin.
WORTH_TELLING = timedelta(hours=24)

_ABLE = frozenset({"running", "paused"})
# On their way up or in trouble with receiving: what they are given goes out when they are well.
_PERHAPS = frozenset({"starting", "backing_off", "deaf", "conflict"})


@dataclass(frozen=True, slots=True)
class Admin:
    """Somebody who is told, on the Bot API server where the id is theirs."""

    server: str
    telegram_id: int


@dataclass(frozen=True, slots=True)
class Call:
    """An alert, the bot through which an admin hears of it, and in which language."""

    alert: WaitingAlert
    speaker: Voice
    language: str


@dataclass(slots=True)
class Ear:
    """What one admin is to be told now, and when they were told within the last hour."""

    admin: Admin
    told_at: Sequence[datetime]
    calls: list[Call] = field(default_factory=list)

    def is_calm(self, now: datetime) -> bool:
        """Whether another message may be sent already."""
        return len(self.told_at) < MOST_AN_HOUR or now - max(self.told_at) >= BETWEEN_DIGESTS


def notify_admins() -> int:
    """Put every alert that nobody was told of into the outbox for the admins; how many alerts.

    Each admin hears of it once, through the bot that it concerns, or through another one that they have started
    where that one cannot speak. Who hears too much gets it together. Of an alert whom nobody can hear, the row in
    the admin is what remains. Safe in any number of processes at once. Raises what a database that is away raises.
    """
    if not are_alerts_waiting():
        return 0
    with across_bots(reason="tell admins of alerts"):
        alerts = alerts_to_tell()
        if not alerts:
            # Another process has them in hand.
            return 0
        return _tell(alerts, voices())


def _tell(alerts: Sequence[WaitingAlert], bots: Sequence[Voice]) -> int:
    now = clock.now()
    homes = {each.bot_id: each for each in bots}
    audience = {each.id: _audience(homes.get(each.bot_id) if each.bot_id else None, bots) for each in alerts}
    everybody = {admin.telegram_id for admins in audience.values() for admin in admins}
    known = known_admins(bot_ids=homes, telegram_ids=everybody)
    ears = _ears(bots, everybody, since=now - timedelta(hours=1))
    held: set[UUID] = set()
    for alert in alerts:
        home = homes.get(alert.bot_id) if alert.bot_id else None
        calls = [(admin, _call(alert, admin, home, bots, known)) for admin in audience[alert.id]]
        reached = {admin: call for admin, call in calls if call is not None}
        is_urgent = alert.kind == AlertKind.CRISIS
        if not is_urgent and not all(ears[admin].is_calm(now) for admin in reached):
            held.add(alert.id)
            continue
        if not reached:
            log.warning("alert.nobody_reached", kind=alert.kind, bot_id=alert.bot_id)
        for admin, call in reached.items():
            ears[admin].calls.append(call)
    names = {each.bot_id: each.name for each in bots}
    messages = [each for ear in ears.values() for each in _messages(ear, names)]
    _post(messages)
    told = [each.id for each in alerts if each.id not in held]
    mark_told(alert_ids=told)
    if told:
        log.info("alerts.told", alerts=len(told), held=len(held), messages=len(messages))
    return len(told)


def _audience(home: Voice | None, bots: Sequence[Voice]) -> list[Admin]:
    told_of = bots if home is None else (home,)
    return list(dict.fromkeys(Admin(bot.server, person) for bot in told_of for person in bot.people))


class _Ears(dict[Admin, Ear]):
    def __init__(self, told: dict[Admin, list[datetime]]) -> None:
        super().__init__()
        self._told = told

    def __missing__(self, admin: Admin) -> Ear:
        self[admin] = ear = Ear(admin, self._told.get(admin, ()))
        return ear


def _ears(bots: Sequence[Voice], everybody: Collection[int], *, since: datetime) -> _Ears:
    servers = {each.bot_id: each.server for each in bots}
    told: dict[Admin, list[datetime]] = defaultdict(list)
    for bot_id, telegram_id, at in alert_times(bot_ids=servers, telegram_ids=everybody, since=since):
        told[Admin(servers[bot_id], telegram_id)].append(at)
    return _Ears(told)


def _call(
    alert: WaitingAlert,
    admin: Admin,
    home: Voice | None,
    bots: Sequence[Voice],
    known: dict[tuple[UUID, int], Acquaintance],
) -> Call | None:
    speaker = _speaker(admin, home, bots, known)
    if speaker is None:
        return None
    met = known.get((speaker.bot_id, admin.telegram_id))
    return Call(alert, speaker, met.language if met else speaker.language)


def _speaker(
    admin: Admin,
    home: Voice | None,
    bots: Sequence[Voice],
    known: dict[tuple[UUID, int], Acquaintance],
) -> Voice | None:
    """Through which bot this admin hears: always the same as long as nothing changes."""
    near = [each for each in bots if each.server == admin.server]
    # The bot itself, then those which the person looks after, the oldest first.
    near.sort(key=lambda each: (each is not home, admin.telegram_id not in each.people))

    def met(bot: Voice) -> Acquaintance | None:
        return known.get((bot.bot_id, admin.telegram_id))

    def started(bot: Voice) -> bool:
        acquaintance = met(bot)
        return acquaintance is not None and acquaintance.is_active

    able = [each for each in near if each.state in _ABLE and each.wanted in _ABLE]
    perhaps = [each for each in near if each.state in _PERHAPS and each.wanted in _ABLE]
    # Who is an admin may have started the bot without our knowing; who blocked it is known.
    unmet = [each for each in able if each is home and met(each) is None]
    choices = [*filter(started, able), *unmet, *filter(started, perhaps)]
    return choices[0] if choices else None


@dataclass(frozen=True, slots=True)
class _Message:
    speaker: Voice
    post: Post


def _messages(ear: Ear, names: dict[UUID, str]) -> Iterable[_Message]:
    urgent = [each for each in ear.calls if each.alert.kind == AlertKind.CRISIS]
    rest = [each for each in ear.calls if each.alert.kind != AlertKind.CRISIS]
    is_much = len(rest) > 1 and len(ear.told_at) + len(rest) > MOST_AN_HOUR
    for call in urgent if is_much else ear.calls:
        bot_id = call.alert.bot_id
        bot = names.get(bot_id) if bot_id else None
        text = alert_text(call.alert, call.language, bot=bot, timezone=call.speaker.timezone)
        yield _message(ear.admin, call, text)
    if is_much:
        # Through the bot that speaks of the latest.
        last = rest[-1]
        yield _message(ear.admin, last, digest_text([each.alert for each in rest], last.language, bots=names))


def _message(admin: Admin, call: Call, text: str) -> _Message:
    chat_id = admin.telegram_id
    return _Message(
        call.speaker,
        Post(
            key=f"alert:{call.alert.id}:{chat_id}",
            chat_id=chat_id,
            method="sendMessage",
            params={"chat_id": chat_id, "parse_mode": "HTML", "text": text},
            priority=Priority.OPERATOR,
            not_after=clock.now() + WORTH_TELLING,
        ),
    )


def _post(messages: Iterable[_Message]) -> None:
    by_speaker: dict[UUID, list[Post]] = defaultdict(list)
    for each in messages:
        by_speaker[each.speaker.bot_id].append(each.post)
    for bot_id, posts in by_speaker.items():
        post(bot_id=bot_id, posts=posts, wake=True)
