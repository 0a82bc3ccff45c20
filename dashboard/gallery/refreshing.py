"""Refreshing the profiles of people who were chosen: what a form asks for, and how the rounds stand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bots.admin.faces import ago
from care.selectors.picked_runs import PickedRun, picked_runs
from care.services.pick_people import Picked, pick_people
from dashboard.gallery.listing import MOST_PICKS, Gallery
from dashboard.gallery.permissions import refreshable_bots
from dashboard.home.faces import money
from dashboard.selectors.bots_of import bots_of

# So many people are looked at for "all who match".
_STRETCHES: Final = (10_000, 20_000, 40_000)
REFUSALS: Final = {
    "nobody": gettext_lazy(
        "No portrait is made of whoever does not agree, is under 18 or has blocked the bot."
    ),
    "waiting": gettext_lazy("They are being refreshed already."),
    "too_many": gettext_lazy("Too many people of this bot wait already. Try again when they are done."),
    "budget": gettext_lazy(
        "The bot's budget for today is spent: nobody is asked about. It is anew at midnight, UTC."
    ),
}
_NOTES: Final = {
    "over_budget": gettext_lazy("The bot's budget is spent; the others were left as they are."),
    "failed": gettext_lazy("The model does not answer; the others were left as they are."),
    "stopped": gettext_lazy("It was stopped; the others were left as they are."),
}


def refresh(request: HttpRequest) -> list[tuple[bool, str]]:
    """Do what the form asks for; what to say about it, each with whether all went well.

    Raises Http404 for people of bots that are not theirs to refresh, and for nobody.
    """
    chosen = _chosen(request)
    names = {bot.id: bot.name for bot in bots_of(bot_ids=list(chosen))}
    told = []
    for bot_id, ids in chosen.items():
        picked = pick_people(bot_id=bot_id, profile_ids=ids)
        is_whole = not (picked.refusal or picked.left_out)
        told.append((is_whole, _told(picked, names[bot_id], is_one_bot=len(chosen) == 1)))
    return told or [(False, _("Nobody fits."))]


def runs(request: HttpRequest, *, told: Sequence[tuple[bool, str]] = ()) -> dict[str, Any]:
    """How the rounds over picked people stand, for the fragment that is fetched again while one goes on.

    `told` is what a form came to, as `refresh` says it; where all went well the figures say enough.
    """
    bot_ids = refreshable_bots(request)
    found = picked_runs(bot_ids=bot_ids) if bot_ids else []
    names = {bot.id: bot.name for bot in bots_of(bot_ids=[run.bot_id for run in found])} if found else {}
    # The newest round first: what it says of a person is said last.
    states: dict[UUID, str] = {}
    for run in reversed(found):
        states |= {
            person: result or ("waiting" if run.is_live else "left") for person, result in run.people.items()
        }
    return {
        "live": _together([run for run in found if run.is_live], names),
        "over": _together([run for run in found if not run.is_live], names),
        "states": [(person, state, _STATES[state]) for person, state in states.items()],
        "told": [words for is_whole, words in told if not is_whole],
    }


_STATES: Final = {
    "waiting": gettext_lazy("Being refreshed…"),
    "updated": gettext_lazy("Refreshed just now"),
    "skipped": gettext_lazy("Nothing new was found"),
    "failed": gettext_lazy("Could not be refreshed"),
    "left": gettext_lazy("Left as it is"),
}


def _chosen(request: HttpRequest) -> dict[UUID, list[UUID]]:
    """People by their bot."""
    asked = request.POST
    if asked.get("what") == "all":
        return _all_who_match(request, asked.get("query", ""))
    named = [asked["one"]] if "one" in asked else asked.getlist("pick")
    mine = refreshable_bots(request)
    chosen: dict[UUID, list[UUID]] = defaultdict(list)
    for key in dict.fromkeys(named[:MOST_PICKS]):
        bot_id, _colon, person_id = key.partition(":")
        try:
            bot, person = UUID(bot_id), UUID(person_id)
        except ValueError:
            raise Http404 from None
        if bot not in mine:
            raise Http404
        chosen[bot].append(person)
    if not chosen:
        raise Http404
    return dict(chosen)


def _all_who_match(request: HttpRequest, query: str) -> dict[UUID, list[UUID]]:
    gallery = Gallery(request, QueryDict(query))
    found = gallery.found()
    mine = refreshable_bots(request)
    found = found.within(mine)
    page = gallery.page(found, limit=MOST_PICKS, stretches=_STRETCHES)
    chosen: dict[UUID, list[UUID]] = defaultdict(list)
    for person in page.people:
        if person.may_be_refreshed:
            chosen[person.bot_id].append(person.id)
    return dict(chosen)


def _told(picked: Picked, bot: str, *, is_one_bot: bool) -> str:
    if picked.refusal:
        words = str(REFUSALS[picked.refusal])
    else:
        words = ngettext(
            "The profile of %(count)d person is being refreshed.",
            "The profiles of %(count)d people are being refreshed.",
            picked.taken,
        ) % {"count": picked.taken}
        if picked.left_out:
            words += " " + ngettext(
                "%(count)d person may not be portrayed and was left out.",
                "%(count)d people may not be portrayed and were left out.",
                picked.left_out,
            ) % {"count": picked.left_out}
    return words if is_one_bot else f"{bot}: {words}"


def _together(runs: Sequence[PickedRun], names: Mapping[UUID, str]) -> dict[str, Any] | None:
    """Rounds as one, and each of them."""
    if not runs:
        return None
    results = [result for run in runs for result in run.people.values()]
    cost = sum(run.cost_micros for run in runs)
    return {
        "is_well": all(run.is_live or run.state == "done" for run in runs),
        **_figures(results),
        "cost": money(cost) if cost else "",
        "when": ago(max(run.wanted_at for run in runs)),
        "runs": [
            {
                "bot": names[run.bot_id],
                "note": _NOTES.get(run.state, ""),
                **_figures(list(run.people.values())),
            }
            for run in runs
        ],
    }


def _figures(results: Sequence[str]) -> dict[str, Any]:
    counts = Counter(results)
    settled = len(results) - counts[""]
    return {
        "settled": settled,
        "total": len(results),
        "length": f"{settled / max(1, len(results)) * 100:.1f}",
        "result": _("%(updated)d renewed · %(skipped)d nothing new · %(failed)d failed")
        % {"updated": counts["updated"], "skipped": counts["skipped"], "failed": counts["failed"]},
    }
