"""A person of the team answers in the bot's place, and the bot is silent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from bots.models import Bot
from core.clock import Clock, clock
from core.tenancy import in_bot
from sessions_app.contracts import Closing, Line
from sessions_app.errors import InboxError
from sessions_app.models import Conversation, Draft, InboxItem, InboxNote, Message
from sessions_app.services.close_turns import close_turns
from sessions_app.services.decide_draft import decide_draft
from sessions_app.services.keep_for_operator import keep_for_operator
from sessions_app.services.open_session import open_session
from sessions_app.services.pause_for_crisis import pause_for_crisis
from sessions_app.services.say_as_operator import say_as_operator
from sessions_app.services.take_over import ask_for_drafts, hand_back, take_over
from sessions_app.services.tend_inbox import (
    add_note,
    assign_conversation,
    mark_conversation,
    mark_read,
    settle_need,
    snooze_conversation,
)
from tests.sessions_app.guests import Guest, make_guest


@pytest.fixture
def vera(bot: Bot) -> Guest:
    guest = make_guest(bot)
    guest.asks(open_session, "/natasha", kind="natasha")
    return guest


@pytest.fixture
def staff(owner_database: Any) -> list[int]:
    """Two members of staff, by id."""
    return [
        owner_database.execute(
            "INSERT INTO auth_user (username, password, first_name, last_name, email, is_superuser, is_staff,"
            " is_active, date_joined) VALUES (gen_random_uuid()::text, '!', '', '', '', false, true, true, now())"
            " RETURNING id"
        ).fetchone()[0]
        for _ in range(2)
    ]


def talk_of(guest: Guest) -> UUID:
    with in_bot(guest.bot.id):
        return Conversation.objects.for_bot(guest.bot.id).get(chat_id=guest.telegram_id).id


def does(guest: Guest, service: Any, **fields: Any) -> Any:
    """Call a service about this person's conversation."""
    with in_bot(guest.bot.id):
        return service(bot_id=guest.bot.id, conversation_id=talk_of(guest), **fields)


def item_of(guest: Guest) -> InboxItem:
    with in_bot(guest.bot.id):
        return InboxItem.objects.for_bot(guest.bot.id).get(conversation_id=talk_of(guest))


def refused(guest: Guest, service: Any, **fields: Any) -> str:
    with pytest.raises(InboxError) as error:
        does(guest, service, **fields)
    return error.value.code


def closed(guest: Guest, visit: Any, text: str = "The bot's answer") -> None:
    """The end of a turn whose model has answered this."""
    assert visit.session is not None
    closing = Closing(visit=visit, session_id=visit.session.id, text=text, lines=(Line(text),))  # type: ignore[arg-type]
    with in_bot(guest.bot.id):
        close_turns(bot_id=guest.bot.id, closings=[closing])


def test_who_takes_over_answers_as_the_bot(vera: Guest, staff: list[int]) -> None:
    does(vera, take_over, user_id=staff[0])
    visit = vera.comes("Are you there?")
    assert visit.mode == "human"
    before = len(vera.heard())
    vera.is_served(keep_for_operator, visit)
    assert len(vera.heard()) == before
    does(vera, say_as_operator, user_id=staff[0], text="I am here <now>.")
    assert vera.heard()[-1] == "I am here &lt;now&gt;."
    assert vera.posts("priority")[-1] == 1
    assert vera.said()[-2:] == [("user", "Are you there?"), ("bot", "I am here <now>.")]
    with in_bot(vera.bot.id):
        said = Message.objects.for_bot(vera.bot.id).order_by("-created_at")[0]
    assert (said.operator_id, said.session_id) == (staff[0], vera.session_id())
    assert "conversation.taken_over" in vera.events()


def test_a_turn_under_way_ends_without_a_word(vera: Guest, staff: list[int]) -> None:
    visit = vera.comes("He never listens.")
    does(vera, take_over, user_id=staff[0])
    before = vera.heard()
    closed(vera, visit)
    assert vera.heard() == before
    assert vera.said()[-1][0] != "bot" or vera.said()[-1][1] != "The bot's answer"
    assert vera.updates("outcome") == ["done"] * len(vera.updates("outcome"))


def test_the_bot_answers_again_when_it_is_handed_back_or_nobody_writes(
    vera: Guest, staff: list[int], stopped_clock: Clock
) -> None:
    does(vera, take_over, user_id=staff[0])
    does(vera, hand_back, user_id=staff[0])
    visit = vera.comes("And now?")
    assert visit.mode == ""
    closed(vera, visit)
    assert vera.heard()[-1] == "The bot's answer"
    does(vera, take_over, user_id=staff[0])
    stopped_clock.advance(timedelta(minutes=29))
    does(vera, say_as_operator, user_id=staff[0], text="Still here.")
    stopped_clock.advance(timedelta(minutes=29))
    assert vera.asks(keep_for_operator, "Hm").mode == "human"
    stopped_clock.advance(timedelta(minutes=2))
    visit = vera.comes("Hello?")
    assert visit.mode == ""
    closed(vera, visit, "Back again")
    assert vera.heard()[-1] == "Back again"
    assert refused(vera, say_as_operator, user_id=staff[0], text="Late") == "inbox.not_held"


def test_two_never_answer_unknowingly(vera: Guest, staff: list[int]) -> None:
    does(vera, take_over, user_id=staff[0])
    assert refused(vera, take_over, user_id=staff[1]) == "inbox.taken"
    assert refused(vera, hand_back, user_id=staff[1]) == "inbox.taken"
    assert refused(vera, say_as_operator, user_id=staff[1], text="Hi") == "inbox.not_held"
    does(vera, take_over, user_id=staff[1], instead_of=staff[0])
    assert refused(vera, say_as_operator, user_id=staff[0], text="Hi") == "inbox.not_held"


def test_a_draft_goes_out_once_somebody_agrees(vera: Guest, staff: list[int]) -> None:
    does(vera, ask_for_drafts, user_id=staff[0], is_on=True)
    before = vera.heard()
    visit = vera.comes("What now?")
    assert visit.mode == "drafts"
    closed(vera, visit)
    assert vera.heard() == before
    with in_bot(vera.bot.id):
        draft = Draft.objects.for_bot(vera.bot.id).get()
        decide_draft(
            bot_id=vera.bot.id,
            conversation_id=draft.conversation_id,
            draft_id=draft.id,
            user_id=staff[0],
            text=f"{draft.text}, changed",
        )
    assert vera.heard()[-1] == "The bot's answer, changed"
    with in_bot(vera.bot.id), pytest.raises(InboxError, match="already"):
        decide_draft(
            bot_id=vera.bot.id,
            conversation_id=draft.conversation_id,
            draft_id=draft.id,
            user_id=staff[0],
            text=None,
        )


def test_a_sign_of_crisis_puts_a_conversation_before_the_team(vera: Guest, staff: list[int]) -> None:
    vera.asks(pause_for_crisis, "it hurts", kind="self_harm", rule="r")
    assert (item_of(vera).need, item_of(vera).needed_at is not None) == ("crisis", True)
    does(vera, mark_conversation)
    assert item_of(vera).need == "crisis"
    does(vera, settle_need)
    assert (item_of(vera).need, item_of(vera).needed_at) == ("", None)
    does(vera, take_over, user_id=staff[0])
    before = len(vera.heard())
    vera.is_served(keep_for_operator, vera.comes("it hurts"), sign="self_harm", rule="r")
    assert len(vera.heard()) == before
    assert item_of(vera).need == "crisis"
    assert vera.events().count("crisis.detected") == 2


def test_a_conversation_is_assigned_put_off_noted_and_read(vera: Guest, staff: list[int]) -> None:
    does(vera, assign_conversation, user_id=staff[1])
    assert item_of(vera).assigned_to_id == staff[1]
    assert refused(vera, snooze_conversation, until=clock.now()) == "inbox.past"
    does(vera, snooze_conversation, until=clock.now() + timedelta(hours=1))
    assert item_of(vera).snoozed_until is not None
    assert refused(vera, add_note, user_id=staff[0], text="  ") == "inbox.empty"
    does(vera, add_note, user_id=staff[0], text="Call her tomorrow.")
    with in_bot(vera.bot.id):
        assert InboxNote.objects.for_bot(vera.bot.id).get().text == "Call her tomorrow."
    for _ in range(2):
        does(vera, mark_read, user_id=staff[0])
    with in_bot(vera.bot.id):
        assert Conversation.objects.for_bot(vera.bot.id).get(id=talk_of(vera)).reads.count() == 1


def test_nobody_writes_to_somebody_who_has_not_agreed(bot: Bot, staff: list[int]) -> None:
    stranger = make_guest(bot, has_consented=False)
    stranger.comes("Hello")
    assert refused(stranger, take_over, user_id=staff[0]) == "inbox.no_consent"
