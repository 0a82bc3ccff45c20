"""Which conversations the inbox lists, and in which order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bots.models import Bot
from core.clock import Clock, clock
from core.tenancy import in_bots
from sessions_app.selectors import inbox_list as module
from sessions_app.selectors.inbox_list import InboxLine, InboxPage, Place, inbox_list
from sessions_app.selectors.waiting_conversations import waiting_conversations
from sessions_app.services.tend_inbox import mark_read
from tests.cast import make_profile
from tests.dashboard.talks import Talk, make_talk

pytestmark = pytest.mark.usefixtures("as_staff")

ME, OTHER = 1_000_001, 1_000_002


def page(*bots: Bot, **asked: Any) -> InboxPage:
    bot_ids = [bot.id for bot in bots]
    with in_bots(bot_ids):
        return inbox_list(**{"bot_ids": bot_ids, "reader_id": ME, **asked})


def shown(*talks: Talk, **asked: Any) -> list[int]:
    """Which of these are listed, by their place among them."""
    ids = [talk.id for talk in talks]
    lines = page(*{talk.bot.id: talk.bot for talk in talks}.values(), **asked).lines
    return [ids.index(line.conversation_id) for line in lines]


def line_of(talk: Talk, **asked: Any) -> InboxLine:
    (line,) = page(talk.bot, **asked).lines
    return line


def talks_of(*bots: Bot, count: int) -> list[Talk]:
    """Conversations in which somebody spoke, each a minute after the one before it; the bots by turns."""
    now = clock.now()
    talks = [make_talk(bots[number % len(bots)]) for number in range(count)]
    for number, talk in enumerate(talks):
        talk.says("Hello", at=now - timedelta(minutes=count - number))
    return talks


def test_who_was_seen_last_comes_first_over_all_bots(bot: Bot, other_bot: Bot) -> None:
    talks = talks_of(bot, other_bot, count=4)
    assert shown(*talks) == [3, 2, 1, 0]
    assert [line.conversation_id for line in page(bot).lines] == [talks[2].id, talks[0].id]


def test_a_list_goes_on_where_it_ended_though_people_write_meanwhile(bot: Bot, other_bot: Bot) -> None:
    talks = talks_of(bot, other_bot, count=7)
    first = page(bot, other_bot, most=3)
    assert first.older is not None
    talks[0].says("Me again")
    second = page(bot, other_bot, most=3, before=first.older)
    ids = [line.conversation_id for each in (first, second) for line in each.lines]
    assert ids == [talk.id for talk in reversed(talks[1:])]
    assert second.older is None


def test_people_seen_at_the_same_moment_are_all_listed_once(bot: Bot) -> None:
    at = clock.now()
    talks = [make_talk(bot, last_seen_at=at) for _ in range(5)]
    seen, before = [], None
    for _ in range(3):
        part = page(bot, most=2, before=before)
        seen += [line.conversation_id for line in part.lines]
        before = part.older
    assert sorted(seen) == sorted(talk.id for talk in talks)
    assert before is None


def test_people_without_a_conversation_are_passed_over(bot: Bot) -> None:
    talk = make_talk(bot, last_seen_at=clock.now() - timedelta(hours=1))
    for _ in range(3):
        make_profile(bot)
    part = page(bot, most=2)
    assert (part.lines, part.older is not None) == ((), True)
    further = page(bot, most=2, before=part.older)
    assert [line.conversation_id for line in further.lines] == [talk.id]


def test_a_line_says_who_spoke_last_and_nothing_that_was_said(bot: Bot) -> None:
    talk = make_talk(bot, first_name="Vera")
    assert (line_of(talk).role, line_of(talk).said_at) == ("", None)
    talk.says("A secret")
    assert line_of(talk).role == "user"
    (answer,) = talk.answers("Mine", at=clock.now() + timedelta(seconds=1), operator_id=ME)
    line = line_of(talk)
    assert (line.role, line.spoke_id, line.said_at) == ("bot", ME, answer.created_at)
    assert "secret" not in repr(line)


def test_unanswered_are_those_whose_last_word_is_the_persons(bot: Bot) -> None:
    talks = talks_of(bot, count=3)
    talks[1].answers("Answered")
    assert shown(*talks, show="unanswered") == [2, 0]


def test_unread_is_what_this_reader_has_not_seen(bot: Bot, stopped_clock: Clock) -> None:
    talks = talks_of(bot, count=2)
    assert shown(*talks, show="unread") == [1, 0]
    with in_bots([bot.id]):
        mark_read(bot_id=bot.id, conversation_id=talks[1].id, user_id=ME)
    assert shown(*talks, show="unread") == [0]
    assert shown(*talks, show="unread", reader_id=OTHER) == [1, 0]
    stopped_clock.advance(timedelta(minutes=1))
    talks[1].answers("Something new")
    assert shown(*talks, show="unread") == [1, 0]
    assert [line.is_unread for line in page(bot).lines] == [True, True]


def test_what_no_index_serves_is_looked_for_among_a_bounded_number(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks = talks_of(bot, count=4)
    for talk in talks[1:]:
        talk.answers("Answered", at=clock.now() - timedelta(minutes=4 - talks.index(talk)))
    monkeypatch.setattr(module, "LOOKED_AT", 2)
    first = page(bot, show="unanswered")
    assert first.lines == ()
    assert first.older is not None
    second = page(bot, show="unanswered", before=first.older)
    assert [line.conversation_id for line in second.lines] == [talks[0].id]
    assert second.older is None


def test_who_needs_a_human_is_listed_until_put_off(bot: Bot, stopped_clock: Clock) -> None:
    talks = talks_of(bot, count=4)
    now = clock.now()
    talks[0].item(need="asked", needed_at=now - timedelta(minutes=1))
    talks[1].item(need="crisis", needed_at=now)
    talks[2].item(need="staff", needed_at=now, snoozed_until=now + timedelta(hours=1))
    assert shown(*talks, show="needs") == [1, 0]
    assert shown(*talks, show="crisis") == [1]
    assert shown(*talks, show="later") == [2]
    with in_bots([bot.id]):
        assert waiting_conversations(bot_ids=[bot.id], most=100) == 2
        assert waiting_conversations(bot_ids=[bot.id], most=1) == 1
    stopped_clock.advance(timedelta(hours=1))
    assert sorted(shown(*talks, show="needs")) == [0, 1, 2]


def test_who_needs_a_human_since_lately_comes_first_over_pages(bot: Bot, other_bot: Bot) -> None:
    talks = talks_of(bot, other_bot, count=5)
    now = clock.now()
    for number, talk in enumerate(talks):
        talk.item(need="asked", needed_at=now - timedelta(minutes=number))
    first = page(bot, other_bot, show="needs", most=2)
    second = page(bot, other_bot, show="needs", most=2, before=first.older)
    third = page(bot, other_bot, show="needs", most=2, before=second.older)
    ids = [line.conversation_id for each in (first, second, third) for line in each.lines]
    assert ids == [talk.id for talk in talks]
    assert third.older is None


def test_mine_is_what_was_given_to_me_or_what_i_hold(bot: Bot, as_staff: None) -> None:
    from tests.web.people import make_coach  # noqa: PLC0415

    me, other = make_coach(bot), make_coach(bot)
    talks = talks_of(bot, count=5)
    later, earlier = clock.now() + timedelta(minutes=5), clock.now() - timedelta(minutes=5)
    talks[0].item(assigned_to=me)
    talks[1].item(mode="human", operator=me, hand_back_at=later)
    talks[2].item(mode="human", operator=other, hand_back_at=later)
    talks[3].item(mode="human", operator=me, hand_back_at=earlier)
    assert shown(*talks, show="mine", reader_id=me.pk) == [1, 0]
    assert shown(*talks, show="taken") == [2, 1]
    lines = {line.conversation_id: line for line in page(bot).lines}
    assert [lines[talk.id].is_held for talk in talks] == [False, True, True, False, False]
    assert lines[talks[1].id].operator_name == me.username


def test_drafts_are_listed_while_nobody_has_decided(bot: Bot) -> None:
    talks = talks_of(bot, count=2)
    draft = talks[0].draft("Perhaps")
    assert shown(*talks, show="drafts") == [0]
    assert [line.has_draft for line in page(bot).lines] == [False, True]
    draft.decided_at = clock.now()
    with in_bots([bot.id]):
        draft.save()
    assert shown(*talks, show="drafts") == []


def test_a_search_narrows_every_list(bot: Bot) -> None:
    talks = talks_of(bot, count=3)
    talks[0].item(need="asked", needed_at=clock.now())
    talks[1].item(need="asked", needed_at=clock.now())
    wanted = [talks[1].person.id, talks[2].person.id]
    assert shown(*talks, profile_ids=wanted) == [2, 1]
    assert shown(*talks, profile_ids=wanted, show="needs") == [1]
    assert shown(*talks, profile_ids=wanted, show="crisis") == []
    assert shown(*talks, profile_ids=wanted, show="mine") == []
    assert page(bot, profile_ids=wanted, most=1).older == Place(
        page(bot, profile_ids=wanted).lines[0].last_seen_at, talks[2].person.id
    )
    assert shown(*talks, profile_ids=wanted, show="unanswered") == [2, 1]
    assert shown(*talks, profile_ids=[]) == []


def test_a_place_lies_behind_who_was_seen_later(bot: Bot) -> None:
    talks = talks_of(bot, count=2)
    place = Place(clock.now() - timedelta(days=1), talks[0].person.id)
    assert page(bot, before=place).lines == ()
