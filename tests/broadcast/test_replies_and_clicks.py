"""What a broadcast led to: who answered within three days, and who pressed what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from bots.models import Bot
from broadcast.contracts import Pressed
from broadcast.models import Broadcast, BroadcastShare, Recipient
from broadcast.services.attribute_replies import attribute_replies
from broadcast.services.note_click import note_click
from broadcast.services.sweep import attribute_all
from core.clock import Clock, clock
from core.tenancy import in_bot
from profiles.models import Profile
from profiles.services.erase_profile import erase_profile
from profiles.services.log_activity import log_activity
from tests.broadcast.campaigns import begun, content, ledger, recounted, share_of
from tests.broadcast.postman import came_of, delivered, released, taken
from tests.cast import make_profile

BUTTONS = [
    [{"label": "Read", "url": "https://relove.example/one"}, {"label": "Yes", "say": "Yes, gladly"}],
    [{"label": "No"}],
]


def says(person: Profile, kind: str = "message") -> None:
    """They do something now, as the runtime writes it down."""
    with in_bot(person.bot_id):
        log_activity(bot_id=person.bot_id, profile_id=person.id, kind=kind)
        Profile.objects.for_bot(person.bot_id).filter(id=person.id).update(last_seen_at=clock.now())


def looked(bot: Bot) -> int:
    with in_bot(bot.id):
        return attribute_replies(bot_id=bot.id)


def replied(broadcast: Broadcast, bot: Bot) -> int:
    (figures,) = recounted(broadcast)
    return figures.get("replied", 0)


def minutes(stopped_clock: Clock, count: float) -> None:
    stopped_clock.advance(timedelta(minutes=count))


def test_an_answer_is_counted_once_whatever_is_looked_at_how_often(bot: Bot, stopped_clock: Clock) -> None:
    vera, mila = make_profile(bot), make_profile(bot)
    broadcast = begun(bot)
    delivered(bot)
    assert looked(bot) == 0
    minutes(stopped_clock, 5)
    says(vera)
    says(vera, "voice")
    minutes(stopped_clock, 1)
    assert [looked(bot), looked(bot)] == [1, 0]
    minutes(stopped_clock, 1)
    says(vera)
    assert looked(bot) == 0
    assert replied(broadcast, bot) == 1
    assert ledger(broadcast, bot.id, "profile_id", "replied_at").count((mila.id, None)) == 1


@pytest.mark.parametrize("kind", ["command", "callback_query", "my_chat_member", "platform_visit"])
def test_what_is_no_word_to_the_bot_is_no_answer(bot: Bot, stopped_clock: Clock, kind: str) -> None:
    vera = make_profile(bot)
    begun(bot)
    delivered(bot)
    minutes(stopped_clock, 1)
    says(vera, kind)
    assert looked(bot) == 0


def test_what_was_said_before_is_no_answer_and_after_three_days_neither(
    bot: Bot, stopped_clock: Clock
) -> None:
    early, late, in_time = (make_profile(bot) for _ in range(3))
    broadcast = begun(bot)
    minutes(stopped_clock, 1)
    says(early)
    minutes(stopped_clock, 1)
    delivered(bot)
    stopped_clock.advance(timedelta(hours=72, microseconds=-1))
    says(in_time)
    stopped_clock.advance(timedelta(microseconds=1))
    says(late)
    minutes(stopped_clock, 1)
    assert looked(bot) == 1
    assert replied(broadcast, bot) == 1
    stopped_clock.advance(timedelta(days=30))
    says(late)
    assert looked(bot) == 0


def test_it_is_the_latest_broadcast_that_is_answered(bot: Bot, stopped_clock: Clock) -> None:
    vera = make_profile(bot)
    first = begun(bot)
    delivered(bot)
    minutes(stopped_clock, 10)
    second = begun(bot)
    delivered(bot)
    minutes(stopped_clock, 10)
    says(vera)
    assert looked(bot) == 1
    assert (replied(first, bot), replied(second, bot)) == (0, 1)


def test_an_answer_to_the_first_stays_one_when_a_second_came_before_anybody_looked(
    bot: Bot, stopped_clock: Clock
) -> None:
    vera = make_profile(bot)
    first = begun(bot)
    delivered(bot)
    minutes(stopped_clock, 1)
    says(vera)
    minutes(stopped_clock, 1)
    second = begun(bot)
    delivered(bot)
    minutes(stopped_clock, 1)
    assert looked(bot) == 1
    assert (replied(first, bot), replied(second, bot)) == (1, 0)
    says(vera)
    assert looked(bot) == 1
    assert (replied(first, bot), replied(second, bot)) == (1, 1)


def test_a_look_after_a_long_time_misses_nobody(bot: Bot, stopped_clock: Clock) -> None:
    vera = make_profile(bot)
    broadcast = begun(bot)
    delivered(bot)
    looked(bot)
    minutes(stopped_clock, 1)
    says(vera)
    stopped_clock.advance(timedelta(hours=80))
    assert looked(bot) == 1
    assert replied(broadcast, bot) == 1


def test_answers_of_all_bots_are_looked_for_and_only_in_their_own(
    bot: Bot, other_bot: Bot, stopped_clock: Clock
) -> None:
    here = make_profile(bot)
    there = make_profile(other_bot, telegram_id=here.telegram_id, last_seen_at=here.last_seen_at)
    broadcast = begun(bot)
    delivered(bot)
    minutes(stopped_clock, 1)
    says(there)
    attribute_all()
    assert replied(broadcast, bot) == 0
    says(here)
    attribute_all()
    assert replied(broadcast, bot) == 1


def pressed(bot: Bot, recipient_id: UUID, button: int, **others: Any) -> Pressed | None:
    with in_bot(bot.id):
        return note_click(bot_id=bot.id, recipient_id=recipient_id, button=button, **others)


def test_a_button_says_what_it_is_and_is_counted_once_a_person(bot: Bot, stopped_clock: Clock) -> None:
    make_profile(bot), make_profile(bot)
    broadcast = begun(bot, texts=content(buttons=BUTTONS))
    delivered(bot)
    one, other = ledger(broadcast, bot.id, "id")
    assert pressed(bot, one, 0) == Pressed("https://relove.example/one", "Read")
    assert pressed(bot, one, 1) == Pressed("", "Yes, gladly")
    assert pressed(bot, other, 2, counts=False) == Pressed("", "No")
    assert pressed(bot, one, 3) is None
    assert pressed(bot, broadcast.id, 0) is None
    assert recounted(broadcast) == [{"total": 2, "sent": 2, "clicked": 1}]
    stopped_clock.advance(timedelta(hours=72))
    # It still leads there, and is no success any more.
    assert pressed(bot, other, 0) == Pressed("https://relove.example/one", "Read")
    assert recounted(broadcast) == [{"total": 2, "sent": 2, "clicked": 1}]


def test_it_is_the_button_of_their_text_and_language(bot: Bot) -> None:
    texts = content("One", "Two", buttons=[[{"label": "Go", "url": "https://relove.example/en"}]])
    texts["variants"][0]["wordings"]["ru"] = {
        "text": "Раз",
        "buttons": [[{"label": "Туда", "url": "https://relove.example/ru"}]],
    }
    texts["variants"][1]["wordings"]["en"]["buttons"] = [[{"label": "Go", "say": "Two"}]]
    people = [make_profile(bot, language="ru") for _ in range(20)]
    broadcast = begun(bot, texts=texts)
    delivered(bot)
    found = {
        (variant, language): pressed(bot, each, 0)
        for each, variant, language in ledger(broadcast, bot.id, "id", "variant", "language")
    }
    assert found == {
        (0, "ru"): Pressed("https://relove.example/ru", "Туда"),
        (1, "en"): Pressed("", "Two"),
    }
    assert recounted(broadcast)[0]["clicked"] == len(people)


def test_who_presses_before_it_is_written_down_that_it_was_sent_is_counted(bot: Bot) -> None:
    make_profile(bot)
    broadcast = begun(bot, texts=content(buttons=BUTTONS))
    released(bot)
    messages = taken(bot)
    (one,) = ledger(broadcast, bot.id, "id")
    assert pressed(bot, one, 0)
    came_of(bot, messages)
    assert recounted(broadcast) == [{"total": 1, "sent": 1, "clicked": 1}]


def test_figures_stay_when_who_answered_and_clicked_is_erased(bot: Bot, stopped_clock: Clock) -> None:
    vera = make_profile(bot)
    broadcast = begun(bot, texts=content(buttons=BUTTONS))
    delivered(bot)
    (one,) = ledger(broadcast, bot.id, "id")
    pressed(bot, one, 0)
    minutes(stopped_clock, 1)
    says(vera)
    looked(bot)
    with in_bot(bot.id):
        erase_profile(bot_id=bot.id, profile_id=vera.id)
    assert recounted(broadcast) == [{"total": 1, "sent": 1, "replied": 1, "clicked": 1}]
    assert looked(bot) == 0


def test_damaged_content_leads_nowhere(bot: Bot) -> None:
    make_profile(bot)
    broadcast = begun(bot, texts=content(buttons=BUTTONS))
    delivered(bot)
    (one,) = ledger(broadcast, bot.id, "id")
    with in_bot(bot.id):
        Broadcast.objects.filter(id=broadcast.id).update(content={"variants": 5})
    assert pressed(bot, one, 0) is None
    with in_bot(bot.id):
        # One of which nothing is left but the row.
        Recipient.objects.for_bot(bot.id).filter(id=one).update(broadcast_id=one)
    assert pressed(bot, one, 0) is None


def test_another_bots_button_is_not_known_here(bot: Bot, other_bot: Bot) -> None:
    make_profile(bot)
    broadcast = begun(bot, texts=content(buttons=BUTTONS))
    delivered(bot)
    (one,) = ledger(broadcast, bot.id, "id")
    assert pressed(other_bot, one, 0) is None
    assert share_of(broadcast, bot.id).clicked == 0
    with in_bot(bot.id):
        assert BroadcastShare.objects.for_bot(other_bot.id).count() == 0
