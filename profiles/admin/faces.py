"""How people look in the admin. What they wrote themselves is escaped, and stands in an element of its own."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bots.admin.faces import NOTHING, ago, badge
from core.clock import clock
from profiles.models import Profile
from profiles.plain import plain_line
from profiles.selectors.due_profiles import FRESH_FOR
from profiles.selectors.stream_names import stream_names

_LONGEST_NAME = 60


def shown_name(person: Profile) -> str:
    """What a person is called: their name, else their username, else their number in Telegram."""
    name = plain_line(f"{person.first_name} {person.last_name}", _LONGEST_NAME)
    return name or (f"@{username(person)}" if username(person) else str(person.telegram_id))


def username(person: Profile) -> str:
    return plain_line(person.username, 64)


def who(person: Profile) -> SafeString:
    """Name, and under it how Telegram knows the person. A direction that a name sets ends with the name."""
    known = f"@{username(person)} · {person.telegram_id}" if username(person) else str(person.telegram_id)
    return format_html(
        '<span class="flex flex-col min-w-0">'
        '<strong class="font-semibold text-important truncate"><bdi>{}</bdi></strong>'
        '<span class="text-base-500 whitespace-nowrap dark:text-base-400"><bdi>{}</bdi></span></span>',
        shown_name(person),
        known,
    )


def conditions(person: Profile) -> SafeString | str:
    """What sets a person apart from those whom the bot may coach and write to."""
    badges = [
        badge(words, kind)
        for words, kind, holds in (
            (_("under 18"), "danger", person.is_underage),
            (_("no consent"), "", person.consented_at is None and not person.is_underage),
            (_("blocked"), "danger", person.blocked_at is not None),
            (_("blocked the bot"), "warning", not person.is_active),
            (_("paused"), "info", person.paused_at is not None),
            (_("joined a stream"), "success", person.has_purchased_stream),
        )
        if holds
    ]
    return in_a_row(badges) or NOTHING


def freshness(person: Profile) -> SafeString | str:
    """How long ago the portrait was made, and whether a rotation would make it anew."""
    at = person.profile_updated_at
    if at is None:
        return NOTHING
    is_fresh = clock.now() - at < FRESH_FOR
    return ago(at) if is_fresh else in_a_row([SafeString(ago(at)), badge(_("stale"), "warning")])


def names_of_streams() -> dict[str, str]:
    """What the streams are called in the language of the page."""
    return stream_names(language=get_language() or "en")


def names_for(request: HttpRequest) -> dict[str, str]:
    """The same, asked for once a page."""
    kept: dict[str, str] | None = getattr(request, "_stream_names", None)
    if kept is None:
        kept = request._stream_names = names_of_streams()  # type: ignore[attr-defined]
    return kept


def in_a_row(badges: list[SafeString]) -> SafeString:
    if not badges:
        return SafeString()
    return format_html(
        '<span class="flex flex-wrap gap-1 items-center">{}</span>',
        format_html_join("", "{}", ((each,) for each in badges)),
    )
