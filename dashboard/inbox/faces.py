"""How the inbox says things: words for states, and the times of a conversation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import clock
from profiles.plain import plain_line
from profiles.timezones import is_timezone

SHOWS: Final[dict[str, Any]] = {
    "all": gettext_lazy("All"),
    "needs": gettext_lazy("Need a human"),
    "crisis": gettext_lazy("Crisis"),
    "unanswered": gettext_lazy("Unanswered"),
    "mine": gettext_lazy("Mine"),
    "unread": gettext_lazy("Unread"),
    "taken": gettext_lazy("Taken over"),
    "drafts": gettext_lazy("Drafts"),
    "later": gettext_lazy("Put off"),
}
EMPTY: Final[dict[str, Any]] = {
    "all": gettext_lazy(
        "Nobody has written yet. Conversations appear here as soon as people talk with your bots."
    ),
    "needs": gettext_lazy("Nobody needs a human now."),
    "crisis": gettext_lazy("No signs of crisis wait for somebody."),
    "unanswered": gettext_lazy("Everybody lately seen has an answer."),
    "mine": gettext_lazy("Nothing is assigned to you, and you have taken over nothing."),
    "unread": gettext_lazy("You have read everything."),
    "taken": gettext_lazy("The bots answer everybody by themselves."),
    "drafts": gettext_lazy("No drafts wait for anybody to agree."),
    "later": gettext_lazy("Nothing is put off."),
}
NEEDS: Final[dict[str, Any]] = {
    "crisis": gettext_lazy("crisis"),
    "asked": gettext_lazy("asked for a human"),
    "failed": gettext_lazy("bot could not answer"),
    "staff": gettext_lazy("marked by the team"),
}
REASONS: Final[dict[str, Any]] = {
    "asked": gettext_lazy("They asked for a human"),
    "crisis": gettext_lazy("Sign of crisis"),
    "handover": gettext_lazy("I go on with a colleague's work"),
    "complaint": gettext_lazy("A complaint"),
    "quality": gettext_lazy("To see how the bot speaks"),
    "other": gettext_lazy("Something else"),
}
KINDS: Final[dict[str, Any]] = {
    "natasha": gettext_lazy("provocative session"),
    "diagnostic": gettext_lazy("diagnostic dialogue"),
}
MEDIA: Final[dict[str, tuple[str, Any]]] = {
    "[voice]": ("mic", gettext_lazy("Voice message")),
    "[photo]": ("photo_camera", gettext_lazy("Photo")),
    "[video]": ("videocam", gettext_lazy("Video")),
    "[sticker]": ("emoji_emotions", gettext_lazy("Sticker")),
    "[document]": ("description", gettext_lazy("File")),
    "[location]": ("location_on", gettext_lazy("Place on the map")),
    "[contact]": ("contact_page", gettext_lazy("Contact")),
}
SENDING: Final[dict[str, tuple[str, Any]]] = {
    "pending": ("schedule", gettext_lazy("waiting")),
    "sending": ("schedule", gettext_lazy("being sent")),
    "sent": ("done", gettext_lazy("sent")),
    "failed": ("error", gettext_lazy("not delivered")),
    "unknown": ("help", gettext_lazy("nobody knows whether it arrived")),
}


def called(first_name: str, last_name: str, username: str, telegram_id: int) -> str:
    """What a person is called: their name, else their username, else their number in Telegram."""
    name = plain_line(f"{first_name} {last_name}", 60)
    if name:
        return name
    known = plain_line(username, 64)
    return f"@{known}" if known else str(telegram_id)


def initial(name: str) -> str:
    """The letter in the circle beside a name."""
    letters = [each for each in name if each.isalnum()]
    return letters[0].upper() if letters else "·"


def clock_time(moment: datetime) -> str:
    return date_format(localtime(moment), "H:i")


def day_of(moment: datetime) -> str:
    """The day, as it stands above what was said on it."""
    day, today = localtime(moment).date(), localtime(clock.now()).date()
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return date_format(day, _("j F") if day.year == today.year else _("j F Y"))


def zone(name: str) -> ZoneInfo:
    """The time zone of this name; UTC where there is none such."""
    return ZoneInfo(name if is_timezone(name) else "UTC")


def lately(moment: datetime, where: ZoneInfo) -> str:
    """A time as lists show it: the hour of today, else the day."""
    local, today = localtime(moment, where), localtime(clock.now(), where).date()
    if local.date() == today:
        return date_format(local, "H:i")
    return date_format(local, _("j M") if local.year == today.year else _("j M Y"))


def exactly(moment: datetime | None, where: ZoneInfo | None = None) -> str:
    """A time with its day, short where it is today."""
    if moment is None:
        return ""
    local = localtime(moment, where)
    today = localtime(clock.now(), where).date()
    if local.date() == today:
        return date_format(local, "H:i")
    return date_format(local, _("j M, H:i") if local.year == today.year else _("j M Y, H:i"))
