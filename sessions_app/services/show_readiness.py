"""What a person is ready for, and which programme they choose."""

from __future__ import annotations

from collections.abc import Sequence

from journey.contracts import StreamReadiness
from journey.services.choose_stream import choose_stream as choose
from journey.services.keep_readiness import keep_readiness
from profiles.platform import platform_link
from profiles.selectors.profile_card import profile_card
from profiles.services.log_activity import log_activity
from sessions_app.companion import StreamCard
from sessions_app.contracts import Button, Cost, Line, Visit
from sessions_app.lines import line
from sessions_app.pages import platform, programmes, readiness
from sessions_app.services.answer import answer
from sessions_app.speech import say


def show_new_readiness(
    *,
    visit: Visit,
    found: Sequence[StreamReadiness],
    streams: Sequence[StreamCard],
    digest: str,
    cost: Cost,
) -> None:
    """Keep a readiness that was worked out just now, and show it."""
    keep_readiness(bot_id=visit.bot_id, profile_id=visit.person.id, streams=found, digest=digest)
    answer(visit=visit, lines=[readiness(visit.language, found=found, streams=streams)], cost=cost)


def show_known_readiness(
    *, visit: Visit, found: Sequence[StreamReadiness], streams: Sequence[StreamCard]
) -> None:
    """Nothing has changed since it was worked out: show it again."""
    answer(visit=visit, lines=[readiness(visit.language, found=found, streams=streams)])


def show_streams(*, visit: Visit, streams: Sequence[StreamCard]) -> None:
    """/streams: the programmes; nothing is offered to somebody in distress."""
    if visit.is_in_distress:
        answer(visit=visit, lines=[line("readiness.not_now", visit.language)])
        return
    card = profile_card(bot_id=visit.bot_id, profile_id=visit.person.id)
    interested = str(card.markers.get("interested_stream", "")) if card else ""
    answer(visit=visit, lines=[programmes(visit.language, streams=streams, interested=interested)])


def choose_stream(*, visit: Visit, slug: str, streams: Sequence[StreamCard]) -> None:
    """A programme was tapped: remember it, and show the way to it."""
    language = visit.language
    stream = next((each for each in streams if each.slug == slug), None)
    is_chosen = stream is not None and choose(
        bot_id=visit.bot_id,
        profile_id=visit.person.id,
        slug=slug,
        correlation_id=visit.correlation_id,
    )
    if stream is None or not is_chosen:
        answer(visit=visit, lines=[line("readiness.chosen_gone", language)])
        return
    log_activity(
        bot_id=visit.bot_id, profile_id=visit.person.id, kind="stream_chosen", details={"stream": slug}
    )
    told = say("readiness.chosen", language, name=stream.name)
    buttons: tuple[tuple[Button, ...], ...] = ()
    link = platform_link(bot_id=visit.bot_id, profile_id=visit.person.id, stream=slug)
    if stream.url and not visit.is_in_distress:
        buttons = ((Button(str(say("platform.button", language)), url=link),),)
    answer(visit=visit, lines=[Line(told, buttons)])


def show_platform(*, visit: Visit, has_platform: bool) -> None:
    """/platform: the person's own link."""
    if visit.is_in_distress:
        told = line("readiness.not_now", visit.language)
    elif has_platform:
        told = platform(visit.language, url=platform_link(bot_id=visit.bot_id, profile_id=visit.person.id))
    else:
        told = line("platform.none", visit.language)
    answer(visit=visit, lines=[told])
