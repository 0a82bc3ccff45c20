"""How a broadcast goes: what its page shows while it runs, and afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from bots.admin.faces import ago
from broadcast.admin import faces
from broadcast.comparison import Comparison, compare, note_told
from broadcast.content import ContentError, from_json
from broadcast.contracts import Figures
from broadcast.models import Broadcast
from broadcast.selectors.arms_of import arms_of
from broadcast.selectors.figures_of import figures_by_bot, summed
from broadcast.selectors.reasons_of import Reason, reasons_of
from broadcast.states import BroadcastState
from core.clock import clock
from core.numbers import decimal

# The rate is what was sent within about so many seconds.
_WINDOW: Final = 12.0
_LEAST: Final = 1.0
# Comparing texts reads every row that was sent: once in so many seconds, whoever looks.
_COMPARED_FOR: Final = 15
# Reasons are looked up among thousands of rows; figures beside them are always those of this moment.
_EXPLAINED_FOR: Final = 8


@dataclass(frozen=True, slots=True)
class Glance:
    """How many were tried at a time: two of them make a rate. The page carries them, so nobody has to keep any."""

    tried: int
    at: float

    @classmethod
    def read(cls, said: str) -> Glance | None:
        tried, _tilde, at = said.partition("~")
        try:
            glance = cls(int(tried[:12]), float(at[:20]))
        except ValueError:
            return None
        return glance if 0 <= clock.now().timestamp() - glance.at < 300 else None

    def __str__(self) -> str:
        return f"{self.tried}~{self.at:.2f}"


def progress(broadcast: Broadcast, *, older: str = "", newer: str = "") -> dict[str, Any]:
    """All figures of a broadcast, for the template. Two queries, however many recipients there are."""
    by_bot = figures_by_bot(broadcast_id=broadcast.id)
    figures = summed(by_bot)
    speed, carried = _speed(broadcast, figures, Glance.read(older), Glance.read(newer))
    left = figures.waiting + figures.released
    return {
        "broadcast": broadcast,
        "state": faces.state_badge(broadcast.state),
        "state_code": broadcast.state,
        "is_live": broadcast.state in faces.LIVE,
        "reason": faces.reason(broadcast.reason) if broadcast.reason else "",
        "has_begun": bool(by_bot),
        "figures": figures,
        "percent": faces.percent(figures),
        "bar": faces.bar(figures),
        "tiles": _tiles(figures),
        "speed": faces.rate(speed) if speed is not None else "",
        "time_left": faces.length(left / speed) if speed and left else "",
        "left": faces.number(left),
        "by_bot": [
            {
                "each": each,
                "bar": faces.bar(each.figures),
                "percent": faces.percent(each.figures),
                "sent": faces.number(each.figures.sent),
                "total": faces.number(each.figures.total),
            }
            for each in by_bot
        ],
        "reasons": [
            {
                "state": faces.row_badge(each.state),
                "code": each.state,
                "reason": faces.reason(each.reason) if each.reason else "–",
                "count": faces.number(each.count) + ("+" if each.is_at_least else ""),
            }
            for each in (_reasons(broadcast) if by_bot else ())
        ],
        "carried": carried,
        "started": ago(broadcast.started_at) if broadcast.started_at else "",
        "finished": ago(broadcast.finished_at) if broadcast.finished_at else "",
        "took": _took(broadcast, figures),
    }


def comparison(broadcast: Broadcast) -> dict[str, Any]:
    """The texts against each other, for the template; empty where there is one only."""
    labels = labels_of(broadcast)
    if len(labels) < 2:
        return {}
    arms = _arms(broadcast, labels)
    return {
        "tables": [
            {"title": title, **_table(compare(arms, by))}  # type: ignore[arg-type]
            for by, title in (("replied", _("By replies")), ("clicked", _("By clicks")))
        ],
        "winner": broadcast.winner,
    }


def labels_of(broadcast: Broadcast) -> list[str]:
    """What the texts are called."""
    try:
        return [each.label for each in from_json(broadcast.content).variants]
    except ContentError:
        return []


def _reasons(broadcast: Broadcast) -> Sequence[Reason]:
    key = f"broadcast:reasons:{broadcast.id}:{broadcast.changed_at.timestamp()}"
    found: Sequence[Reason] | None = cache.get(key)
    if found is None:
        found = reasons_of(broadcast_id=broadcast.id, bot_ids=broadcast.bot_ids)
        cache.set(key, found, _EXPLAINED_FOR)
    return found


def _arms(broadcast: Broadcast, labels: Sequence[str]) -> Any:
    bots = list(broadcast.bot_ids)
    key = f"broadcast:arms:{broadcast.id}:{broadcast.changed_at.timestamp()}"
    arms = cache.get(key)
    if arms is None:
        arms = arms_of(broadcast_id=broadcast.id, bot_ids=bots, labels=labels)
        cache.set(key, arms, _COMPARED_FOR)
    return arms


def _table(found: Comparison) -> dict[str, Any]:
    return {
        "best": found.best,
        # Nothing is ever certain, also where it rounds to it.
        "confidence": decimal(f"{min(100 * found.confidence, 99.9):.1f}") if found.best else "",
        "note": note_told(found.note, faces.language_now()),
        "arms": [
            {
                "label": each.label,
                "sent": faces.number(each.sent),
                "successes": faces.number(each.successes),
                "rate": f"{100 * each.rate:.1f}",
                "low": f"{100 * each.low:.1f}",
                "high": f"{100 * each.high:.1f}",
                "width": f"{100 * (each.high - each.low):.1f}",
                "is_best": each.label == found.best,
            }
            for each in found.arms
        ],
    }


def _tiles(figures: Figures) -> list[dict[str, Any]]:
    """Each figure with its name, and the state of the ledger that shows whom it counts."""
    tried = figures.sent
    tiles = [
        ("sent", _("sent"), figures.sent, "good"),
        ("failed", _("failed"), figures.failed, "bad"),
        ("blocked", _("blocked"), figures.blocked, ""),
        ("deferred", _("deferred"), figures.deferred, ""),
        ("unknown", _("unknown"), figures.unknown, "warn"),
        ("held", _("held back"), figures.held, ""),
        ("waiting", _("waiting"), figures.waiting, ""),
        ("released", _("in the outbox"), figures.released, ""),
        ("spare", _("for the better text"), figures.spare, ""),
        ("control", _("control"), figures.control, ""),
        ("erased", _("erased"), figures.erased, ""),
    ]
    always = {"sent", "failed", "blocked", "deferred", "unknown", "waiting"}
    shown = [
        {"code": code, "title": title, "count": faces.number(count), "kind": kind if count else ""}
        for code, title, count, kind in tiles
        if count or code in always
    ]
    after = [("", _("replied"), figures.replied), ("", _("clicked"), figures.clicked)]
    if figures.deleted:
        after.append(("", _("deleted again"), figures.deleted))
    return shown + [
        {
            "code": code,
            "title": title,
            "count": faces.number(count),
            "kind": "",
            "share": decimal(f"{100 * count / tried:.1f} %") if tried else "",
        }
        for code, title, count in after
    ]


def _speed(
    broadcast: Broadcast, figures: Figures, older: Glance | None, newer: Glance | None
) -> tuple[float | None, str]:
    """Messages a second lately, and the glances for the next look; None where nothing is being sent."""
    now = Glance(_tried(figures), clock.now().timestamp())
    if broadcast.state != BroadcastState.RUNNING:
        return None, ""
    base = older or newer
    if base is None or base.tried > now.tried or now.at - base.at < _LEAST:
        speed = _overall(figures, now)
        base = base or now
    else:
        speed = (now.tried - base.tried) / (now.at - base.at)
    newer = newer or now
    if now.at - base.at > _WINDOW:
        base, newer = newer, now
    return speed, f"older={base}&newer={newer}"


def _overall(figures: Figures, now: Glance) -> float | None:
    """The rate since the first message, while there is nothing nearer."""
    if figures.first_sent_at is None:
        return None
    seconds = now.at - figures.first_sent_at.timestamp()
    return now.tried / seconds if seconds >= _LEAST else None


def _tried(figures: Figures) -> int:
    return figures.sent + figures.blocked + figures.failed + figures.unknown


def _took(broadcast: Broadcast, figures: Figures) -> str:
    first, last = figures.first_sent_at, figures.last_sent_at
    if broadcast.state != BroadcastState.FINISHED or first is None or last is None:
        return ""
    return faces.length(max((last - first).total_seconds(), 0))


def confirm_above() -> int:
    return int(settings.BROADCAST_CONFIRM_ABOVE)
