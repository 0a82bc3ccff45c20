"""A sign of crisis is heard wherever it is said, also before any terms are agreed to and in a changed message."""

from __future__ import annotations

import pytest

from bots.models import Bot
from sessions_app.crisis import crisis_reply
from sessions_app.services.note_edit import note_edit
from sessions_app.services.open_session import open_session
from sessions_app.services.say_text import say_outside_session
from sessions_app.services.welcome import ask_for_consent
from sessions_app.speech import say
from tests.cast import make_profile
from tests.sessions_app.guests import make_guest

WORDS = "I want to kill myself"


@pytest.mark.parametrize("is_underage", [False, True])
def test_a_stranger_in_crisis_is_given_a_hand_and_not_terms(bot: Bot, is_underage: bool) -> None:
    vera = make_guest(bot, has_consented=False)
    if is_underage:
        make_profile(bot, telegram_id=vera.telegram_id, consented_at=None, is_underage=True)
    vera.asks(ask_for_consent, WORDS)
    assert vera.heard() == [crisis_reply("self_harm", "en")]
    assert (vera.said(), vera.events()) == ([], [])
    assert [bytes(each) for each in vera.updates("payload")] == [b""]


def test_a_stranger_who_only_talks_is_asked_for_consent(bot: Bot) -> None:
    vera = make_guest(bot, has_consented=False)
    vera.asks(ask_for_consent, "hello")
    assert vera.heard() == [say("start.need_consent", "en"), say("start.greeting", "en")]


def test_a_message_that_becomes_a_sign_of_crisis_pauses_the_session(bot: Bot) -> None:
    vera = make_guest(bot)
    vera.asks(open_session, "/natasha", kind="natasha")
    said = vera.asks(say_outside_session, "I want")
    number = said.words[0].telegram_message_id
    vera.asks(note_edit, telegram_message_id=number, text=WORDS)
    assert vera.sessions("state") == ["paused"]
    assert "crisis.detected" in vera.events()
    assert crisis_reply("self_harm", "en") in vera.heard()
    assert ("user", WORDS) in vera.said()


def test_a_changed_message_that_is_harmless_changes_no_session(bot: Bot) -> None:
    vera = make_guest(bot)
    vera.asks(open_session, "/natasha", kind="natasha")
    said = vera.asks(say_outside_session, "I want")
    vera.asks(note_edit, telegram_message_id=said.words[0].telegram_message_id, text="I want tea")
    assert vera.sessions("state") == ["active"]
    assert vera.heard()[-1] == say("edited.noted", "en")
