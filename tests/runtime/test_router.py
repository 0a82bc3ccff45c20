"""One table says who handles what: everything that the bot ever shows or promises leads somewhere."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from broadcast import telling
from broadcast.contracts import Estimate
from broadcast.keys import tap_data
from journey.contracts import Journey, StreamReadiness
from profiles.contracts import FindingLine
from runtime.bot_commands import SHOWN, command_lists
from runtime.dispatch.act import Act
from runtime.dispatch.heard import Heard
from runtime.dispatch.router import (
    CHANNEL,
    COMMANDS,
    EDITED,
    GROUP,
    IGNORED,
    MEDIA,
    MEMBERSHIP,
    OLD_BUTTON,
    TAPS,
    TEXT,
    UNKNOWN_COMMAND,
    Route,
    route_of,
)
from sessions_app import lines, pages
from sessions_app.companion import StageBook, StreamBook
from sessions_app.contracts import Button, Line, Tap
from sessions_app.rendering import Html
from sessions_app.speech import LANGUAGES, keys, say, variants

FOR_ADMINS = {"stats", "fill_profiles", "broadcast", "cancel"}
NEEDS_NO_CONSENT = {
    "start",
    "privacy",
    "export",
    "forget_me",
    "language",
    "help",
    "stats",
    "fill_profiles",
    "broadcast",
}

FINDING = FindingLine(UUID(int=2**127), "age", "34", "", "said")


def all_lines(language: str) -> list[Line]:
    """Every line with buttons."""
    return [
        Line("", lines.two_doors(language)),
        lines.greeting(language),
        lines.other_open(language, is_open="natasha", wanted="diagnostic"),
        lines.other_open(language, is_open="diagnostic", wanted="natasha"),
        lines.after_crisis(language),
        lines.privacy(language),
        lines.forget_question(language),
        lines.language_question(language),
        *page_lines(language),
        *broadcast_lines(language),
    ]


def broadcast_lines(language: str) -> list[Line]:
    """What admins tap who send one message to many, and what its recipients tap."""
    name, found = UUID(int=2**127), Estimate({UUID(int=1): 5})
    tapped = Button("Tell me", tap_data(name, 99))
    return [
        telling.criteria_asked(language, broadcast_id=name.hex, segments=[(name.hex[:8], "Women")]),
        telling.confirmation(
            language, broadcast_id=name.hex, title="t", described="d", estimate=found, quiet=(21, 9)
        ),
        telling.listed(
            language, [(name.hex, "t", each) for each in ("awaiting", "scheduled", "running", "paused")]
        ),
        Line("", ((tapped,),)),
    ]


def page_lines(language: str) -> list[Line]:
    """The lines about a person and their way that have buttons."""
    streams = StreamBook().streams(language)
    stages = StageBook().stages(language)
    now = datetime(2026, 3, 2, tzinfo=UTC)
    readiness = [StreamReadiness(each.slug, 50, "", "") for each in streams]
    return [
        lines.session_ended(
            language, summary="", patterns=(), core_issue=None, next_step=None, moved=Html("moved")
        ),
        *(
            pages.journey_line(
                language, journey=Journey(each.code, (), (), ()), stages=stages, now=now, photo=None
            )
            for each in stages
        ),
        pages.portrait(language, light=None, findings=[FINDING]),
        pages.picked(language, FINDING),
        pages.ask_correction(language, FINDING),
        pages.readiness(language, found=readiness, streams=streams),
        pages.programmes(language, streams=streams, interested=""),
    ]


def buttons() -> list[str]:
    rows = itertools.chain(*(line.buttons for language in LANGUAGES for line in all_lines(language)))
    return sorted({button.data for row in rows for button in row})


def route(**fields: Any) -> Route:
    heard = Heard(
        **{
            "kind": "message",
            "chat_id": 7,
            "is_private": True,
            "user_id": 7,
            "is_bot": False,
            "first_name": "",
            "last_name": "",
            "username": "",
            "language_code": "",
            "text": "",
            "message_id": 1,
            **fields,
        }
    )
    # The router looks at what was heard, and at whether there is a visit at all.
    visit = object() if heard.is_private and heard.is_blocked is None else None
    return route_of(Act(desk=None, rows=[], updates=[heard], visit=visit))  # type: ignore[arg-type]


@pytest.mark.parametrize("data", buttons())
def test_every_button_leads_to_a_handler_and_fits_telegram(data: str) -> None:
    assert data.partition(":")[0] in TAPS
    assert route(kind="callback_query", tap=Tap("1", data, 1)) is TAPS[data.partition(":")[0]]
    assert 1 <= len(data.encode()) <= 64


def test_every_kind_of_button_is_shown_somewhere() -> None:
    assert {data.partition(":")[0] for data in buttons()} == set(TAPS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_that_a_text_mentions_is_answered(language: str) -> None:
    mentioned = set()
    for key in keys(language):
        for number in range(variants(key, language)):
            try:
                text = say(key, language, variant=number)
            except LookupError:
                # It wants values; what stands around them is enough here.
                continue
            mentioned |= set(re.findall(r"(?<![\w/<])/([a-z_]{3,})", text))
    assert mentioned
    assert mentioned <= set(COMMANDS)


def test_every_command_that_telegram_shows_is_answered_and_described() -> None:
    assert set(SHOWN) == set(COMMANDS) - FOR_ADMINS
    shown = command_lists()
    assert [each.get("language_code") for each in shown] == [None, "ru", "en"]
    for each in shown:
        commands: Any = each["commands"]
        assert [command["command"] for command in commands] == list(SHOWN)
        assert all(1 <= len(command["description"]) <= 256 for command in commands)
        assert all(re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) for command in commands)


def test_without_consent_there_are_the_door_the_pages_and_the_way_out() -> None:
    assert {name for name, each in COMMANDS.items() if not each.needs_consent} == NEEDS_NO_CONSENT
    assert {name for name, each in TAPS.items() if not each.needs_consent} == {
        "consent",
        "hello",
        "language",
        "forget",
        "close",
    }
    assert TEXT.needs_consent
    assert MEDIA.needs_consent


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"text": "hello"}, TEXT),
        ({"text": "caption", "media": "photo"}, TEXT),
        ({"media": "voice"}, MEDIA),
        ({}, IGNORED),
        ({"kind": "edited_message", "text": "new"}, EDITED),
        ({"kind": "command", "text": "/fly", "command": "fly"}, UNKNOWN_COMMAND),
        ({"kind": "command", "text": "/help", "command": "help"}, COMMANDS["help"]),
        ({"kind": "callback_query", "tap": Tap("1", "of an older version", 1)}, OLD_BUTTON),
        ({"kind": "callback_query", "tap": Tap("1", "", 1)}, OLD_BUTTON),
        ({"kind": "my_chat_member", "is_blocked": True}, MEMBERSHIP),
        ({"kind": "my_chat_member", "is_blocked": False}, MEMBERSHIP),
        ({"kind": "channel_post", "is_private": False, "text": "a post"}, CHANNEL),
        ({"kind": "edited_channel_post", "is_private": False, "is_bot": True}, CHANNEL),
        ({"kind": "message_reaction"}, IGNORED),
        ({"kind": "unknown"}, IGNORED),
        ({"text": "I hear myself", "is_bot": True}, IGNORED),
        ({"kind": "command", "command": "start", "is_bot": True}, IGNORED),
        ({"is_private": False, "text": "chatting"}, IGNORED),
        ({"is_private": False, "text": "hi", "is_addressed": True}, GROUP),
        ({"is_private": False, "kind": "command", "command": "start"}, GROUP),
        ({"is_private": False, "kind": "command", "command": "fly"}, IGNORED),
        ({"is_private": False, "kind": "callback_query", "tap": Tap("1", "open:natasha", 1)}, IGNORED),
    ],
)
def test_each_kind_of_act_has_its_route(fields: dict[str, Any], expected: Route) -> None:
    assert route(**fields) is expected
