"""A bot's own page: how it is and was, above its settings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from bots.admin.base import may
from bots.admin.board import commands_of
from bots.admin.bot_cells import cells, face, lines_of, live, state_words
from bots.admin.bot_doors import talk_address
from bots.health import SILENT, Cell, Look, Span, Strip, spans, strip, troubles
from bots.models import Bot
from bots.roles import Capability
from bots.selectors.bot_periods import bot_periods
from core.clock import clock
from core.numbers import decimal

_DAY: Final = timedelta(days=1)
# A start and a hiccup are no trouble.
_HICCUP: Final = timedelta(minutes=2)
_MOST_TROUBLES: Final = 10
_PIECES: Final = ("state", "trouble", "poll", "update", "waiting", "errors", "cost", "restarts", "holder")


def head_of(request: HttpRequest, bot: Bot) -> dict[str, Any]:
    """Who the bot is, and how it is at this moment."""
    (line,) = lines_of([bot])
    pieces = cells(request, line)
    return {
        "bot": bot,
        "face": face(bot, is_large=True),
        "piece": {name: live(bot.id, name, pieces[name]) for name in _PIECES},
        "talk": talk_address(bot),
        "may_check": may(request, Capability.CHANGE_BOT, bot.id),
        "budget": decimal(f"${bot.daily_budget_usd:.2f}") if bot.daily_budget_usd is not None else "",
    }


def health_of_page(bot: Bot) -> dict[str, Any]:
    """How the bot was: strips of a day, a week and a month, and what was wrong. One query."""
    now = clock.now()
    longest = 30 * _DAY
    found = spans(
        bot_periods(bot=bot, since=now - longest, now=now),
        start=now - longest,
        end=now,
        # As for whoever watches from outside: nothing but a poll proves that a bot hears.
        patience=timedelta(seconds=2 * settings.POLL_TIMEOUT),
    )
    zone = _zone(bot)
    stretches = (
        ("day", _("24 hours"), _DAY, 96),
        ("week", _("7 days"), 7 * _DAY, 84),
        ("month", _("30 days"), longest, 90),
    )
    wrong = troubles(found, at_least=_HICCUP)
    return {
        "strips": [
            _shown(key, name, strip(found, start=now - length, end=now, count=count), zone)
            for key, name, length, count in stretches
        ],
        "troubles": [_trouble(each, zone) for each in wrong[:_MOST_TROUBLES]],
        "more_troubles": max(0, len(wrong) - _MOST_TROUBLES),
        "zone": str(zone),
        "legend": [
            (Look.GOOD, _("running")),
            (Look.WAIT, _("starting, or trying again")),
            (Look.BAD, _("not hearing")),
            (Look.REST, _("paused or stopped")),
            (Look.NONE, _("not known")),
        ],
    }


def commands_of_page(bot: Bot) -> SafeString:
    """The commands that people find in the bot's menu, and those of its admins."""
    return format_html(
        '<dl class="bot-commands">{}</dl>',
        format_html_join(
            "",
            "<div><dt>/{}{}</dt><dd>{}</dd></div>",
            (
                (
                    each.name,
                    format_html(' <span class="bot-aside">{}</span>', _("admins"))
                    if each.is_for_admins
                    else "",
                    each.words,
                )
                for each in commands_of(bot)
            ),
        ),
    )


def percent(share: float | None) -> str:
    """A share as percents with two places; never 100 for what is a little less."""
    if share is None:
        return "–"
    hundredths = int(share * 10_000)
    return "100\u202f%" if hundredths == 10_000 else decimal(f"{hundredths / 100:.2f}\u202f%")


def lasted(length: timedelta) -> str:
    """About how long something took."""
    seconds = int(length.total_seconds())
    if seconds < 60:
        return _("%(count)d s") % {"count": seconds}
    if seconds < 3600:
        return _("%(count)d min") % {"count": seconds // 60}
    if seconds < 86_400:
        return _("%(hours)d h %(minutes)d min") % {
            "hours": seconds // 3600,
            "minutes": seconds % 3600 // 60,
        }
    return _("%(days)d d %(hours)d h") % {"days": seconds // 86_400, "hours": seconds % 86_400 // 3600}


def _shown(key: str, name: str, drawn: Strip, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "key": key,
        "name": name,
        "strip": drawn,
        "uptime": percent(drawn.uptime),
        "cells": [{"cell": each, "words": _cell_words(each, zone)} for each in drawn.cells],
        "first": _moment(drawn.cells[0].since, zone),
    }


def _cell_words(cell: Cell, zone: ZoneInfo) -> str:
    said = percent(cell.uptime)
    if cell.uptime is None:
        said = _("paused or stopped") if cell.look is Look.REST else _("not known")
    return f"{_moment(cell.since, zone)} – {_moment(cell.until, zone)}: {said}"


def _trouble(span: Span, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "look": span.look,
        "since": _moment(span.since, zone),
        "lasted": lasted(span.until - span.since),
        "words": _("silent: its process had ended") if span.state == SILENT else state_words(span.state),
        "error": span.error,
    }


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    local = localtime(moment, zone)
    return f"{date_format(local, _('j M'))} {local:%H:%M}"


def _zone(bot: Bot) -> ZoneInfo:
    try:
        return ZoneInfo(bot.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
