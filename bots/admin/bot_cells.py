"""What moves on the list of bots and on their pages: one small piece of a page for each figure of a bot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bots.admin.base import may
from bots.admin.board import Figures, figures_of
from bots.admin.faces import NOTHING, ago, short
from bots.contracts import BotHealth
from bots.models import Bot, BotStatus, ObservedState, WantedState
from bots.roles import Capability
from bots.selectors.bot_health import health_of
from bots.selectors.bot_overviews import overview_of
from bots.selectors.errors_of_bots import errors_of_bots
from core.clock import clock
from core.numbers import decimal
from core.tenancy import visible_bots

ERRORS_OF: Final = timedelta(hours=24)

# In the order of their buttons, each behind a dialog: address, icon, words, and in which wanted states it is of use.
_BUTTONS: Final = (
    ("start", "play_arrow", gettext_lazy("Start"), {WantedState.STOPPED}),
    ("start", "resume", gettext_lazy("Resume"), {WantedState.PAUSED}),
    ("pause", "pause", gettext_lazy("Pause"), {WantedState.RUNNING}),
    ("stop", "stop", gettext_lazy("Stop"), {WantedState.RUNNING, WantedState.PAUSED}),
    ("restart", "restart_alt", gettext_lazy("Restart"), {WantedState.RUNNING, WantedState.PAUSED}),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A bot, and what is known of it at present."""

    bot: Bot
    status: BotStatus
    health: BotHealth
    figures: Figures
    errors: int
    is_seen: bool

    @property
    def look(self) -> str:
        """good, wait, bad or rest."""
        if not self.health.is_well:
            return "bad"
        if self.bot.wanted_state != WantedState.RUNNING:
            return "rest"
        return "good" if self.status.state == ObservedState.RUNNING else "wait"

    @property
    def trouble(self) -> str:
        """What is wrong, in words; "" where nothing is."""
        if self.status.error:
            return self.status.error
        if self.health.reason == "no successful poll":
            return _("No successful poll for a while")
        return ""


def lines_of(bots: Sequence[Bot]) -> list[Line]:
    """These bots with their figures: as many queries for many as for one, once their statuses were looked up."""
    ids = [bot.id for bot in bots]
    since = clock.now() - ERRORS_OF
    figures = figures_of(ids, since=since)
    errors = errors_of_bots(bot_ids=ids, since=since) if ids else {}
    seen = frozenset(visible_bots() or ())
    statuses = [status_of(bot) for bot in bots]
    health = health_of([overview_of(each) for each in statuses], poll_timeout=settings.POLL_TIMEOUT)
    return [
        Line(bot, status, well, figures[bot.id], errors.get(bot.id, 0), bot.id in seen)
        for bot, status, well in zip(bots, statuses, health, strict=True)
    ]


def status_of(bot: Bot) -> BotStatus:
    """What was observed of a bot; one that nobody registered through the service has no row yet."""
    return getattr(bot, "status", None) or BotStatus(bot=bot)


def cells(request: HttpRequest, line: Line) -> Mapping[str, SafeString]:
    """Every piece of a bot that moves, by the name under which pages hold it."""
    return {
        "state": _state(line),
        "trouble": _trouble(line),
        "poll": _plain(ago(line.status.last_poll_at)),
        "update": _plain(ago(line.status.last_update_at)),
        "waiting": _waiting(line),
        "errors": _errors(line),
        "cost": _plain(_money(line.figures.cost_micros)),
        "restarts": _plain(line.status.restarts),
        "holder": _plain(line.status.lease_holder or NOTHING),
        "buttons": _buttons(request, line.bot),
    }


def live(bot_id: UUID, name: str, piece: SafeString) -> SafeString:
    """A piece in its place, where the page's script finds it."""
    return format_html('<span class="bot-live" data-live="{}:{}">{}</span>', bot_id, name, piece)


def face(bot: Bot, *, is_large: bool = False) -> SafeString:
    """A bot's picture, or the first letter of its name."""
    size = "is-large" if is_large else ""
    taken_at = getattr(bot, "picture_taken_at", None)
    if taken_at is None:
        initial = bot.name[:1].upper()
        return format_html('<span class="bot-face {}" aria-hidden="true">{}</span>', size, initial)
    address = reverse("admin:bots_bot_picture", args=[bot.id])
    return format_html(
        '<img class="bot-face {}" src="{}?v={}" alt="" width="36" height="36" loading="lazy">',
        size,
        address,
        int(taken_at.timestamp()),
    )


def state_words(state: str) -> str:
    """A state's name; what stands after the colon explains it in lists of choices."""
    return str(ObservedState(state).label).partition(":")[0]


def _state(line: Line) -> SafeString:
    asides: list[object] = []
    if line.status.state_since is not None:
        asides.append(ago(line.status.state_since))
    if line.bot.wanted_state != _PLAINLY.get(line.status.state, line.bot.wanted_state):
        asides.append(_("wanted: %s") % line.bot.get_wanted_state_display())
    return format_html(
        '<span class="bot-state is-{}"><span class="bot-dot" aria-hidden="true"></span>{}</span>{}',
        line.look,
        state_words(line.status.state),
        format_html_join("", '<span class="bot-aside">{}</span>', ((each,) for each in asides)),
    )


# States that are as somebody wants them; others are on the way to one, or ill.
_PLAINLY: Final = {
    ObservedState.RUNNING.value: WantedState.RUNNING.value,
    ObservedState.PAUSED.value: WantedState.PAUSED.value,
    ObservedState.STOPPED.value: WantedState.STOPPED.value,
}


def _trouble(line: Line) -> SafeString:
    if not line.trouble:
        return SafeString("")
    return format_html('<span class="bot-trouble">{}</span>', short(line.trouble, most=90))


def _waiting(line: Line) -> SafeString:
    if not line.is_seen:
        return _plain(NOTHING)
    if not line.figures.waiting:
        return _plain("0")
    kind = "is-bad" if not line.health.is_well else ""
    return format_html(
        '<span class="bot-figure {}">{}</span><span class="bot-aside">{}</span>',
        kind,
        _number(line.figures.waiting),
        ago(line.figures.waiting_since),
    )


def _errors(line: Line) -> SafeString:
    count = line.errors + line.figures.buried
    if not count:
        return _plain("0")
    alerts = reverse("admin:bots_alert_changelist")
    query = urlencode({"bot": line.bot.slug, "seen": "all"})
    return format_html('<a class="bot-figure is-bad" href="{}?{}">{}</a>', alerts, query, _number(count))


def _buttons(request: HttpRequest, bot: Bot) -> SafeString:
    wanted = WantedState(bot.wanted_state)
    return format_html(
        '<span class="bot-buttons">{}{}</span>',
        format_html_join(
            "",
            '<a class="bot-button" href="{0}" hx-get="{0}" hx-target="#modal-content" hx-select="#dialog" '
            'x-on:htmx:after-on-load="openModal = true" title="{1}" aria-label="{2}" role="button">'
            '<span class="material-symbols-outlined" aria-hidden="true">{3}</span></a>',
            _offered(request, bot, wanted),
        ),
        _token_link(request, bot),
    )


def _offered(request: HttpRequest, bot: Bot, wanted: WantedState) -> Iterable[tuple[Any, ...]]:
    if not may(request, Capability.START_STOP, bot.id):
        return
    for name, icon, words, states in _BUTTONS:
        if wanted in states:
            yield (
                reverse(f"admin:bots_bot_{name}", args=[bot.id]),
                words,
                f"{words}: {bot.name}",
                icon,
            )


def _token_link(request: HttpRequest, bot: Bot) -> SafeString:
    if not may(request, Capability.CHANGE_BOT, bot.id):
        return SafeString("")
    words = _("Replace token")
    return format_html(
        '<a class="bot-button" href="{}" title="{}" aria-label="{}">'
        '<span class="material-symbols-outlined" aria-hidden="true">key</span></a>',
        reverse("bot-token:page", args=[bot.id]),
        words,
        f"{words}: {bot.name}",
    )


def _plain(value: object) -> SafeString:
    return format_html("{}", value)


def _number(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")


def _money(micros: int | None) -> str:
    if micros is None:
        return NOTHING
    return decimal("< $0.01" if 0 < micros < 10_000 else f"${micros / 1_000_000:.2f}")
