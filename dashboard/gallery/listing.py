"""A page of the gallery, for its templates."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from bots.admin.base import is_superuser
from bots.admin.faces import ago
from bots.models import Language
from core.clock import clock
from dashboard.gallery import asked as questions
from dashboard.gallery.asked import Asked, Choices
from dashboard.gallery.faces import card
from dashboard.gallery.finding import Found, find
from dashboard.gallery.permissions import people_bots, refreshable_bots, searchable_bots
from dashboard.selectors.bots_of import BotName, bots_of
from journey.selectors.stage_names import stage_names
from profiles.selectors.browse_people import PeoplePage, Place, browse_people
from profiles.selectors.stream_names import stream_names

# So often a page that found nobody looks on by itself; then somebody has to want it.
MOST_LOOKS: Final = 25
# How many are refreshed by one press.
MOST_PICKS: Final = 500
_TITLES: Final = {
    "bot": gettext_lazy("Bot"),
    "stage": gettext_lazy("Stage"),
    "stream": gettext_lazy("Stream"),
    "seen": gettext_lazy("Last seen"),
    "who": gettext_lazy("Who"),
    "portrait": gettext_lazy("Portrait"),
    "gender": gettext_lazy("Gender"),
    "language": gettext_lazy("Language"),
    "q": gettext_lazy("Called"),
    "words": gettext_lazy("Said"),
    "marker": gettext_lazy("Marker"),
    **questions.STEPS,
}
_NAMES_FOR: Final = 60
_MANY: Final = frozenset({"stage", "stream"})
# The twelve stages as a row of little bars.
_STEPS: Final = [{"number": number, "x": (number - 1) * 10} for number in range(1, 13)]
# Beside the search; the others are a press away.
_FIRST: Final = ("bot", "stage", "stream", "seen", "who")


class Gallery:
    """What somebody asks of the gallery, and what they may see in it.

    Raises Http404 for a bot that is not theirs, PermissionDenied for whoever may see no people.
    """

    def __init__(self, request: HttpRequest, query: Any = None) -> None:
        self.request = request
        self.query = request.GET if query is None else query
        self.bots = bots_of(bot_ids=people_bots(request))
        stages, streams = _names(get_language() or "en", int(clock.now().timestamp()) // _NAMES_FOR)
        self.choices = Choices(
            bots={bot.slug: bot.name for bot in self.bots},
            stages=stages,
            streams=streams,
            languages={code: str(name) for code, name in Language.choices},
        )
        named = self.query.get("bot")
        if named and named not in self.choices.bots:
            raise Http404
        self.asked: Asked = questions.read(self.query, self.choices)

    @property
    def bot_ids(self) -> list[UUID]:
        """The bots whose people are asked for."""
        chosen = self.asked.one("bot")
        return [bot.id for bot in self.bots if not chosen or bot.slug == chosen]

    def found(self) -> Found:
        """Whom the inbox and what was said leave. Raises PermissionDenied where they may not look for words."""
        return find(
            asked=self.asked,
            bot_ids=self.bot_ids,
            readable=searchable_bots(self.request),
            reader_id=self.request.user.pk or 0,
        )

    def page(self, found: Found, *, before: Place | None = None, **how: Any) -> PeoplePage:
        """The people themselves."""
        return browse_people(
            bot_ids=found.bot_ids, asked=self.asked.people(known=found.known), before=before, **how
        )


def cards(gallery: Gallery) -> dict[str, Any]:
    """The cards that follow a place, and the address of those behind them."""
    before = questions.read_place(gallery.query.get("before", ""))
    found = gallery.found()
    page = gallery.page(found, before=before)
    bots: dict[UUID, BotName] = {bot.id: bot for bot in gallery.bots}
    refreshable = refreshable_bots(gallery.request)
    many = len(gallery.bots) > 1
    shown = [
        card(
            person,
            bot=bots[person.bot_id].name if many else "",
            stages=gallery.choices.stages,
            streams=gallery.choices.streams,
            may_refresh=person.bot_id in refreshable,
            said_at=found.said_at.get((person.bot_id, person.id)),
        )
        for person in page.people
    ]
    looks = 0 if shown else _number(gallery.query.get("looks", "")) + 1
    return {
        "cards": shown,
        "found": found,
        "is_first": before is None,
        "has_older": page.older is not None,
        "older": _address(gallery.asked, page.older, looks),
        "again": _address(gallery.asked, page.older, 0),
        "looks_on": looks < MOST_LOOKS,
        "since": ago(page.older.at) if page.older else "",
        "may_refresh": bool(refreshable & set(gallery.bot_ids)),
        "steps": _STEPS,
    }


def list_page(gallery: Gallery) -> dict[str, Any]:
    """The whole page."""
    shown = cards(gallery)
    asked = gallery.asked
    may_search = bool(searchable_bots(gallery.request))
    return {
        **shown,
        "title": _("People"),
        "asked": asked,
        "query": asked.query(),
        "may_search": may_search,
        "selects": [_select(gallery, name) for name in _FIRST if name != "bot" or len(gallery.bots) > 1],
        "more_selects": [_select(gallery, name) for name in questions.CHOSEN if name not in _FIRST],
        "marker": asked.said("marker"),
        "q": asked.said("q"),
        "words": asked.said("words"),
        "has_bots": bool(gallery.bots),
        "most_picks": MOST_PICKS,
        "more_chosen": sum(name not in _FIRST for name in asked.chosen) + bool(asked.said("marker")),
        "chips": _chips(gallery),
        "empty": _empty(gallery, shown),
    }


def _select(gallery: Gallery, name: str) -> dict[str, Any]:
    chosen = gallery.asked.chosen.get(name, ())
    return {
        "name": name,
        "title": _TITLES[name],
        "chosen": chosen,
        "is_many": name in _MANY,
        "choices": [(code, words, code in chosen) for code, words in gallery.choices.of(name).items()],
    }


def _chips(gallery: Gallery) -> list[dict[str, Any]]:
    """What narrows the list, each with the address of the same list without it."""
    asked = gallery.asked
    pairs = [
        (name, code, gallery.choices.of(name)[code]) for name, codes in asked.chosen.items() for code in codes
    ]
    pairs += [(name, text, text) for name, text in asked.typed.items()]
    return [
        {"title": _TITLES[name], "words": words, "without": asked.query(without=(name, code))}
        for name, code, words in pairs
    ]


def _empty(gallery: Gallery, shown: dict[str, Any]) -> str:
    """Why there is nobody, as the template knows it; "" where there is somebody, or may be."""
    if shown["cards"] or shown["has_older"]:
        return ""
    if not gallery.bots:
        return "no_bots_to_add" if is_superuser(gallery.request) else "no_bots"
    if not gallery.asked.is_empty and not gallery.asked.is_whole_bot:
        return "nobody_fits"
    return "nobody_in_sandbox" if settings.SANDBOX_URL else "nobody"


def _address(asked: Asked, older: Place | None, looks: int) -> str:
    if older is None:
        return ""
    pairs = {"before": questions.written(older), **({"looks": str(looks)} if looks else {})}
    kept = asked.query()
    return f"{kept}&{urlencode(pairs)}" if kept else urlencode(pairs)


# Staff rename stages and streams about never, so a minute late is soon enough.
@lru_cache(maxsize=4)
def _names(language: str, _minute: int) -> tuple[dict[str, str], dict[str, str]]:
    return stage_names(language=language), stream_names(language=language)


def _number(text: str) -> int:
    return int(text[:4]) if text.isascii() and text.isdecimal() else 0
