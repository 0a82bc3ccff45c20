from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings

from bots.models import Bot
from core.clock import Clock
from core.tenancy import in_bot
from mailbox.contracts import Hand, Outcome
from mailbox.models import OutboundMessage, Priority
from mailbox.services.deliver import mark, outgoing, recover
from mailbox.services.post import CHANNEL, post
from tests.mailbox.conftest import hold
from tests.mailbox.letters import message_of, pick, say, word


def keys(bot: Bot) -> list[str]:
    with in_bot(bot.id):
        return list(OutboundMessage.objects.for_bot(bot.id).order_by("seq").values_list("key", flat=True))


def put_down(hand: Hand, *outcomes: Outcome) -> None:
    with in_bot(hand.bot_id):
        mark(hand=hand, outcomes=outcomes)


def put_right(hand: Hand) -> int:
    with in_bot(hand.bot_id):
        return recover(hand=hand)


# Writing down what is to be said.


def test_what_is_to_be_said_is_kept_in_its_order(bot: Bot, stopped_clock: Clock) -> None:
    with in_bot(bot.id):
        assert post(bot_id=bot.id, posts=[word(key="b"), word(key="a", correlation_id="walk")]) == 2
    assert keys(bot) == ["b", "a"]
    with in_bot(bot.id):
        row = OutboundMessage.objects.for_bot(bot.id).get(key="a")
    assert (row.state, row.attempts, row.resends, row.priority) == ("pending", 0, 0, Priority.REPLY)
    assert (row.not_before, row.created_at, row.settled_at) == (
        stopped_clock.now(),
        stopped_clock.now(),
        None,
    )
    assert (row.params, row.correlation_id) == ({"chat_id": 1, "text": "a word"}, "walk")


def test_a_key_is_said_once(bot: Bot, other_bot: Bot) -> None:
    say(bot, word(key="a", params={"text": "first"}))
    with in_bot(bot.id):
        assert post(bot_id=bot.id, posts=[word(key="a", params={"text": "second"}), word(key="b")]) == 1
    say(other_bot, word(key="a"))
    assert (keys(bot), keys(other_bot)) == (["a", "b"], ["a"])
    with in_bot(bot.id):
        assert OutboundMessage.objects.for_bot(bot.id).get(key="a").params == {"text": "first"}


def test_nothing_to_say_asks_the_database_nothing(bot: Bot) -> None:
    assert post(bot_id=bot.id, posts=[]) == 0


def test_a_post_of_another_process_wakes_the_one_that_serves_the_bot(bot: Bot) -> None:
    with psycopg.connect(settings.DATABASE_URL_LISTEN, autocommit=True) as ear:
        ear.execute(f'LISTEN "{CHANNEL}"')
        with in_bot(bot.id):
            post(bot_id=bot.id, posts=[word()])
            post(bot_id=bot.id, posts=[word()], wake=True)
        heard = list(ear.notifies(timeout=15, stop_after=1))
    assert [each.payload for each in heard] == [str(bot.id)]


# Taking what may go out.


def test_replies_go_before_all_else_then_the_oldest(bot: Bot, hand: Hand) -> None:
    broadcast, proactive, operator, reply, later = say(
        bot,
        word(1, priority=Priority.BROADCAST),
        word(2, priority=Priority.PROACTIVE),
        word(3, priority=Priority.OPERATOR),
        word(4, priority=Priority.REPLY),
        word(5, priority=Priority.REPLY),
    )
    assert [each.id for each in pick(hand, slots=3)] == [reply.id, later.id, operator.id]
    assert [each.id for each in pick(hand, busy=[3, 4, 5])] == [proactive.id, broadcast.id]


def test_a_chat_gets_one_message_at_a_time_in_order(bot: Bot, hand: Hand) -> None:
    first, second = say(bot, word(1), word(1))
    assert [each.id for each in pick(hand)] == [first.id]
    assert pick(hand, busy=[1]) == []
    put_down(hand, Outcome(first.id, "sent"))
    assert [each.id for each in pick(hand)] == [second.id]


def test_in_a_chat_a_reply_overtakes_a_broadcast(bot: Bot, hand: Hand) -> None:
    _, reply = say(bot, word(1, priority=Priority.BROADCAST), word(1))
    assert [each.id for each in pick(hand)] == [reply.id]


def test_what_may_not_go_out_yet_waits_and_keeps_its_place(
    bot: Bot, hand: Hand, stopped_clock: Clock
) -> None:
    later, _, other = say(
        bot, word(1, not_before=stopped_clock.now() + timedelta(seconds=30)), word(1), word(2)
    )
    assert [each.id for each in pick(hand)] == [other.id]
    stopped_clock.advance(timedelta(seconds=30))
    assert [each.id for each in pick(hand, busy=[2])] == [later.id]


def test_a_taken_message_tells_what_is_to_be_sent(bot: Bot, hand: Hand, stopped_clock: Clock) -> None:
    (said,) = say(
        bot, word(7, key="k", params={"chat_id": 7, "text": "ёж <b>"}, correlation_id="c", is_farewell=True)
    )
    (message,) = pick(hand)
    assert (message.id, message.key, message.chat_id, message.method) == (said.id, "k", 7, "sendMessage")
    assert message.params == {"chat_id": 7, "text": "ёж <b>"}
    assert (message.attempts, message.resends, message.is_farewell, message.correlation_id) == (
        1,
        0,
        True,
        "c",
    )
    assert message.created_at == stopped_clock.now()
    row = message_of(bot, said)
    assert (row.state, row.epoch, row.attempts) == ("sending", hand.epoch, 1)


def test_many_words_for_one_chat_do_not_hide_the_others(bot: Bot, hand: Hand) -> None:
    say(bot, *(word(1) for _ in range(250)))
    (other,) = say(bot, word(2))
    (first,) = pick(hand)
    assert first.chat_id == 1
    assert [each.id for each in pick(hand, busy=[1])] == [other.id]


def test_an_earlier_holder_takes_nothing_that_the_later_one_is_sending(bot: Bot, hand: Hand) -> None:
    (said,) = say(bot, word(1))
    later = hold(bot, holder="host:2:b")
    assert [each.id for each in pick(later)] == [said.id]
    say(bot, word(2))
    assert pick(hand) == []
    assert message_of(bot, said).epoch == later.epoch


# Writing down what became of it.


def test_what_was_sent_is_settled_with_telegrams_id(bot: Bot, hand: Hand, stopped_clock: Clock) -> None:
    (said,) = say(bot, word())
    pick(hand)
    put_down(hand, Outcome(said.id, "sent", telegram_message_id=77))
    row = message_of(bot, said)
    assert (row.state, row.telegram_message_id, row.settled_at, row.error) == (
        "sent",
        77,
        stopped_clock.now(),
        "",
    )
    assert row.params == {"chat_id": 1, "text": "a word"}
    assert pick(hand) == []


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_what_will_not_be_sent_is_settled_with_its_error(bot: Bot, hand: Hand, state: str) -> None:
    (said,) = say(bot, word())
    pick(hand)
    put_down(hand, Outcome(said.id, state, error="e" * 400))
    row = message_of(bot, said)
    assert (row.state, row.error, row.settled_at is None) == (state, "e" * 300, False)
    assert pick(hand) == []


def test_what_is_tried_again_waits_for_its_time(bot: Bot, hand: Hand, stopped_clock: Clock) -> None:
    (said,) = say(bot, word())
    pick(hand)
    later = stopped_clock.now() + timedelta(seconds=7)
    put_down(hand, Outcome(said.id, "pending", error="flood: retry after 7", not_before=later))
    row = message_of(bot, said)
    assert (row.state, row.settled_at, row.not_before, row.resends) == ("pending", None, later, 0)
    assert pick(hand) == []
    stopped_clock.advance(timedelta(seconds=7))
    assert [(each.id, each.attempts) for each in pick(hand)] == [(said.id, 2)]


def test_a_repeated_send_is_counted_and_other_words_replace_the_refused_ones(bot: Bot, hand: Hand) -> None:
    (said,) = say(bot, word(params={"chat_id": 1, "text": "<b>x", "parse_mode": "HTML"}))
    pick(hand)
    put_down(hand, Outcome(said.id, "pending", is_resend=True, params={"chat_id": 1, "text": "x"}))
    (again,) = pick(hand)
    assert (again.resends, again.params) == (1, {"chat_id": 1, "text": "x"})


@pytest.mark.parametrize("state", ["sent", "failed", "unknown"])
def test_a_farewell_keeps_nothing_of_the_person(bot: Bot, hand: Hand, state: str) -> None:
    (said,) = say(bot, word(555, is_farewell=True))
    pick(hand)
    put_down(hand, Outcome(said.id, state))
    row = message_of(bot, said)
    assert (row.params, row.chat_id) == ({}, 0)


def test_a_farewell_that_is_tried_again_keeps_its_words(bot: Bot, hand: Hand) -> None:
    (said,) = say(bot, word(555, is_farewell=True))
    pick(hand)
    put_down(hand, Outcome(said.id, "pending"))
    assert [(each.chat_id, each.params["text"]) for each in pick(hand)] == [(555, "a word")]


def test_what_is_said_follows_a_group_that_has_moved(bot: Bot, hand: Hand) -> None:
    say(bot, word(chat_id=-5))
    (taken,) = pick(hand)
    put_down(hand, Outcome(taken.id, "pending", params={"chat_id": -100, "text": "a word"}, chat_id=-100))
    (again,) = pick(hand)
    assert (again.chat_id, again.params) == (-100, {"chat_id": -100, "text": "a word"})


def test_broadcasts_get_no_more_than_their_own_slots(bot: Bot, hand: Hand) -> None:
    say(bot, *(word(chat_id=chat, priority=Priority.BROADCAST) for chat in range(1, 6)))
    say(bot, word(chat_id=9, key="reply"))
    with in_bot(bot.id):
        taken = outgoing(hand=hand, busy=[], slots=5, bulk_slots=2)
    assert [each.chat_id for each in taken] == [9, 1, 2]
    assert [each.is_bulk for each in taken] == [False, True, True]
    with in_bot(bot.id):
        assert outgoing(hand=hand, busy=[9, 1, 2], slots=5, bulk_slots=0) == []


def test_many_outcomes_are_written_down_together(bot: Bot, hand: Hand) -> None:
    first, second, third = say(bot, word(1), word(2), word(3))
    pick(hand)
    put_down(
        hand,
        Outcome(first.id, "sent", telegram_message_id=1),
        Outcome(second.id, "failed", error="blocked"),
        Outcome(third.id, "pending", params={"text": "plain"}),
    )
    rows = [message_of(bot, each) for each in (first, second, third)]
    assert [(row.state, row.error, row.telegram_message_id) for row in rows] == [
        ("sent", "", 1),
        ("failed", "blocked", None),
        ("pending", "", None),
    ]
    assert rows[2].params == {"text": "plain"}


def test_no_outcomes_ask_the_database_nothing(hand: Hand) -> None:
    mark(hand=hand, outcomes=[])


def test_the_outcome_of_an_earlier_holder_changes_nothing_that_another_sends(bot: Bot, hand: Hand) -> None:
    (said,) = say(bot, word())
    pick(hand)
    later = hold(bot, holder="host:2:b")
    put_right(later)
    pick(later)
    put_down(hand, Outcome(said.id, "failed", error="late"))
    assert message_of(bot, said).state == "sending"


def test_an_outcome_is_final(bot: Bot, hand: Hand) -> None:
    (said,) = say(bot, word())
    pick(hand)
    put_down(hand, Outcome(said.id, "sent"))
    put_down(hand, Outcome(said.id, "failed", error="late"))
    assert message_of(bot, said).state == "sent"


# Taking over what an earlier holder had in flight.


def test_a_reply_in_flight_goes_out_again_once_and_then_is_unknown(bot: Bot, hand: Hand) -> None:
    (said,) = say(bot, word())
    pick(hand)

    second = hold(bot, holder="host:2:b", seconds=-1.0)
    assert put_right(second) == 1
    row = message_of(bot, said)
    assert (row.state, row.resends, row.settled_at) == ("pending", 1, None)
    assert [(each.id, each.attempts, each.resends) for each in pick(second)] == [(said.id, 2, 1)]

    third = hold(bot, holder="host:3:c")
    assert put_right(third) == 1
    row = message_of(bot, said)
    assert (row.state, row.error) == ("unknown", "the sender died while this was in flight")
    assert row.settled_at is not None
    assert pick(third) == []


@pytest.mark.parametrize("priority", [Priority.OPERATOR, Priority.PROACTIVE, Priority.BROADCAST])
def test_what_is_no_reply_is_never_sent_again(bot: Bot, hand: Hand, priority: Priority) -> None:
    (said,) = say(bot, word(priority=priority))
    pick(hand)
    later = hold(bot, holder="host:2:b")
    assert put_right(later) == 1
    assert message_of(bot, said).state == "unknown"
    assert pick(later) == []


def test_only_what_was_in_flight_is_decided_about(bot: Bot, other_bot: Bot, hand: Hand) -> None:
    waiting, retrying, sent = say(bot, word(1), word(2), word(3))
    pick(hand, busy=[1])
    put_down(hand, Outcome(retrying.id, "pending"), Outcome(sent.id, "sent"))
    (elsewhere,) = say(other_bot, word(1))
    pick(hold(other_bot))
    assert put_right(hold(bot, holder="host:2:b")) == 0
    assert [message_of(bot, each).state for each in (waiting, retrying, sent)] == [
        "pending",
        "pending",
        "sent",
    ]
    assert message_of(other_bot, elsewhere).state == "sending"


def test_nobody_decides_about_what_they_send_themselves(bot: Bot, hand: Hand) -> None:
    (said,) = say(bot, word())
    pick(hand)
    assert put_right(hand) == 0
    assert message_of(bot, said).state == "sending"


def test_a_farewell_in_flight_that_becomes_unknown_keeps_nothing_of_the_person(bot: Bot, hand: Hand) -> None:
    (said,) = say(bot, word(555, is_farewell=True))
    pick(hand)
    second = hold(bot, holder="host:2:b", seconds=-1.0)
    put_right(second)
    pick(second)
    put_right(hold(bot, holder="host:3:c"))
    row = message_of(bot, said)
    assert (row.state, row.params, row.chat_id) == ("unknown", {}, 0)


def test_params_that_postgresql_cannot_keep_are_refused_whole(bot: Bot) -> None:
    good = word()
    with pytest.raises(Exception, match="unsupported Unicode escape"), in_bot(bot.id):
        post(bot_id=bot.id, posts=[good, replace(word(), params={"text": "nul \x00"})])
    assert keys(bot) == []
