"""Who handles what: the one table of the product. A handler says one thing."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.dispatch.act import Act, Handler
from runtime.dispatch.heard import Heard
from runtime.handlers import admins, broadcasts, channels, door, forget, pages, people, quiet, session, talk


@dataclass(frozen=True, slots=True)
class Route:
    """A handler, whether it is only for those who have consented, whether it is everybody's right: to see what is kept
    of them, to take it along, to have it erased; and whether it waits for no model that somebody's own words before it
    are with: these are then left without an answer.
    """

    handler: Handler
    needs_consent: bool = True
    is_right: bool = False
    may_overtake: bool = False


COMMANDS: dict[str, Route] = {
    "start": Route(door.start, needs_consent=False),
    "natasha": Route(session.open_natasha),
    "diagnostic": Route(session.open_diagnostic),
    "end_session": Route(session.end),
    "my_session_summary": Route(session.show_summary),
    "my_journey": Route(people.journey),
    "my_metaphysical_profile": Route(people.portrait),
    "streams": Route(people.streams),
    "analyze_readiness": Route(people.readiness),
    "platform": Route(people.platform),
    "pause": Route(people.pause),
    "resume": Route(people.resume),
    "stats": Route(admins.stats, needs_consent=False),
    "fill_profiles": Route(admins.fill_profiles, needs_consent=False),
    "broadcast": Route(broadcasts.begin, needs_consent=False),
    "cancel": Route(pages.cancel),
    "privacy": Route(pages.privacy, needs_consent=False, is_right=True),
    "export": Route(pages.export, needs_consent=False, is_right=True),
    "forget_me": Route(forget.ask, needs_consent=False, is_right=True, may_overtake=True),
    "language": Route(door.ask_language, needs_consent=False),
    "help": Route(pages.help_, needs_consent=False),
}

# By what stands before the colon in a button's data; what stands behind it is the handler's business.
TAPS: dict[str, Route] = {
    "consent": Route(door.consent, needs_consent=False),
    "hello": Route(door.choose_language_at_door, needs_consent=False),
    "language": Route(door.choose_language, needs_consent=False),
    "open": Route(session.open_tapped),
    "switch": Route(session.switch),
    "resume": Route(session.resume),
    "journey": Route(people.journey),
    "notme": Route(people.dispute_stage),
    "finding": Route(people.finding),
    "stream": Route(people.choose_stream),
    "bc": Route(broadcasts.press),
    "bcd": Route(broadcasts.decide),
    "forget": Route(forget.decide, needs_consent=False, is_right=True, may_overtake=True),
    "close": Route(quiet.close, needs_consent=False),
}

TEXT = Route(talk.listen)
MEDIA = Route(talk.decline_media)
EDITED = Route(talk.note_edit, needs_consent=False)
UNKNOWN_COMMAND = Route(pages.unknown_command)
OLD_BUTTON = Route(pages.old_button, needs_consent=False)
CHANNEL = Route(channels.keep, needs_consent=False)
MEMBERSHIP = Route(quiet.change_membership, needs_consent=False)
GROUP = Route(quiet.send_to_private, needs_consent=False)
IGNORED = Route(quiet.ignore, needs_consent=False)


def route_of(act: Act) -> Route:
    """The route of an act by the kind of what was heard."""
    heard = act.heard
    if act.visit is None or heard.is_bot:
        return _route_elsewhere(act)
    if heard.kind == "command":
        return named_route(heard) or UNKNOWN_COMMAND
    if heard.tap is not None:
        return named_route(heard) or OLD_BUTTON
    if heard.kind == "edited_message":
        return EDITED
    if heard.kind == "message":
        # A caption is listened to like any other words, also where it stands under the first picture of an album.
        # What Telegram itself says in a chat is neither words nor media.
        has_words = any(each.text for each in act.updates)
        return TEXT if has_words else MEDIA if heard.media else IGNORED
    return IGNORED


def named_route(heard: Heard) -> Route | None:
    """The route of a command or a button by its name; None for all else, and where there is no such."""
    if heard.kind == "command":
        return COMMANDS.get(heard.command)
    return TAPS.get(heard.tap.data.partition(":")[0]) if heard.tap is not None else None


def _route_elsewhere(act: Act) -> Route:
    """Channels, groups, other bots, and who lets us in or out."""
    heard = act.heard
    if heard.kind in ("channel_post", "edited_channel_post"):
        return CHANNEL
    if heard.is_bot:
        return IGNORED
    if heard.is_blocked is not None:
        return MEMBERSHIP
    return GROUP if heard.is_addressed or heard.command in COMMANDS else IGNORED
