"""What days of a bot came to, and when they are counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bots.contracts import MetricSample
from bots.models import Bot, BotMetricDay
from bots.services.flush_metrics import flush_metrics
from care.answer_times import percentile
from care.models import BotDay
from care.selectors.board_figures import board_figures
from care.services.refresh_figures import refresh_figures
from care.services.take_days import DAYS, take_days
from care.services.take_figures import take_figures
from core.clock import Clock, clock
from core.tenancy import in_bot, in_bots
from mailbox.models import InboundUpdate
from profiles.models import ActivityLog, Profile
from sessions_app.models import Conversation, Message, Session
from tests.care.folk import in_session, talker

TODAY = date(2026, 3, 2)


def took(bot: Bot) -> int:
    with in_bot(bot.id):
        return take_days(bot_id=bot.id)


def day_of(bot: Bot, day: date = TODAY) -> BotDay:
    with in_bot(bot.id):
        return BotDay.objects.for_bot(bot.id).get(day=day)


def answered(person: Profile, *, after: float, operator_id: int | None = None) -> None:
    """The bot answers what the person said last, so many seconds later."""
    with in_bot(person.bot_id):
        words = (
            Message.objects.for_bot(person.bot_id)
            .filter(conversation__profile=person, role="user")
            .latest("created_at")
        )
        Message.objects.create(
            bot_id=person.bot_id,
            conversation=words.conversation,
            role="bot",
            text="So?",
            inbound_id=words.inbound_id,
            operator_id=operator_id,
            created_at=words.created_at + timedelta(seconds=after),
        )


def spent(bot: Bot, micros: float) -> None:
    with in_bot(bot.id):
        flush_metrics(samples=[MetricSample(bot.id, "model_cost_micros", clock.now(), 1, micros, micros)])


def test_a_day_is_counted_exactly(bot: Bot, other_bot: Bot, stopped_clock: Clock) -> None:
    answered(talker(other_bot, "Of another."), after=1)
    person = in_session(bot)
    answered(person, after=4)
    answered(talker(bot, "One.", "Two."), after=3, operator_id=7)
    with in_bot(bot.id):
        Session.objects.for_bot(bot.id).update(state="completed", completed_at=clock.now())
    spent(bot, 700.0)
    spent(bot, 50.0)
    spent(other_bot, 9.0)

    assert took(bot) == DAYS

    day = day_of(bot)
    assert (day.people, day.words_in, day.words_out, day.by_staff) == (2, 3, 2, 1)
    assert (day.sessions, day.completed, day.cost_micros) == (1, 1, 750)
    # 4 s lie at the lower edge of their class; the operator's answer is no answer of the bot's.
    assert (sum(day.answers), percentile(day.answers, 1.0)) == (1, 5.0)
    assert day_of(bot, TODAY - timedelta(days=1)).people == 0


def test_days_of_which_nothing_was_kept_are_made_up_for_once(bot: Bot, stopped_clock: Clock) -> None:
    person = talker(bot, "Some days ago.")
    then = clock.now() - timedelta(days=9)
    with in_bot(bot.id):
        Message.objects.for_bot(bot.id).update(created_at=then)
        ActivityLog.objects.for_bot(bot.id).update(created_at=then)
        talk = Conversation.objects.for_bot(bot.id).get(profile=person)
        Session.objects.create(
            bot=bot,
            conversation=talk,
            kind="natasha",
            state="completed",
            started_at=then,
            completed_at=clock.now(),
        )
        # The samples of that day are gone; the roll-up stays.
        BotMetricDay.objects.create(
            bot=bot, day=then.date(), name="model_cost_micros", count=2, total=321.0, largest=300.0
        )
    assert took(bot) == DAYS
    day = day_of(bot, then.date())
    assert (day.people, day.words_in, day.sessions, day.completed, day.cost_micros) == (1, 1, 1, 0, 321)
    assert day_of(bot).completed == 1
    assert took(bot) == 0


def test_a_day_that_is_over_is_counted_once_more_and_then_stays(bot: Bot, stopped_clock: Clock) -> None:
    talker(bot, "At noon.")
    took(bot)
    talker(bot, "In the evening.")
    stopped_clock.advance(timedelta(hours=12, minutes=14))
    assert took(bot) == 2
    # Somebody may still have something to write down of it.
    stopped_clock.advance(timedelta(minutes=1))
    assert took(bot) == 2
    assert day_of(bot).words_in == 2
    with in_bot(bot.id):
        # As if somebody was erased: what the day came to stays.
        Message.objects.for_bot(bot.id).delete()
    stopped_clock.advance(timedelta(hours=1))
    assert took(bot) == 1
    assert (day_of(bot).words_in, day_of(bot, TODAY + timedelta(days=1)).words_in) == (2, 0)


@pytest.mark.parametrize(("took_ms", "pause"), [(0, 50), (100, 100), (9000, 300)])
def test_a_day_that_is_long_to_count_is_counted_less_often(took_ms: int, pause: int) -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    day = BotDay(day=TODAY, taken_at=noon, took_ms=took_ms)
    assert not day.is_due(noon + timedelta(seconds=pause - 1))
    assert day.is_due(noon + timedelta(seconds=pause))
    assert str(day) == "2026-03-02: 0"


def test_the_background_counts_days_with_the_figures(bot: Bot, stopped_clock: Clock) -> None:
    talker(bot, "Hello.")
    refresh_figures()
    assert day_of(bot).words_in == 1


def test_the_board_shows_what_is_kept_of_the_bots_that_are_asked_for(
    bot: Bot, other_bot: Bot, stopped_clock: Clock
) -> None:
    talker(bot, "Hello.", journey_stage="ORDEAL")
    talker(other_bot, "Hello.")
    for each in (bot, other_bot):
        took(each)
        with in_bot(each.id):
            take_figures(bot_id=each.id)
    with in_bots([bot.id, other_bot.id]):
        InboundUpdate.objects.create(
            bot=bot, seq=1, kind="message", lane=1, payload=b"", due_at=clock.now(), received_at=clock.now()
        )
        (shown,) = board_figures(bot_ids=[bot.id], since=TODAY - timedelta(days=6), today=TODAY)
    assert (shown.bot.slug, shown.figures["people"], dict(shown.stages)) == (bot.slug, 1, {"ORDEAL": 1})
    assert ([each.day for each in shown.days], shown.days[-1].words_in) == (
        [TODAY - timedelta(days=back) for back in range(6, -1, -1)],
        1,
    )
    assert (shown.waiting, shown.waiting_since, shown.taken_at) == (1, clock.now(), clock.now())
    with in_bot(other_bot.id):
        (hidden,) = board_figures(bot_ids=[bot.id], since=TODAY, today=TODAY)
    assert (hidden.waiting, hidden.figures, hidden.days, hidden.taken_at) == (0, {}, (), None)


def test_a_bot_that_was_not_counted_yet_is_on_the_board_without_figures(bot: Bot) -> None:
    with in_bot(bot.id):
        (shown,) = board_figures(bot_ids=[bot.id], since=TODAY, today=TODAY)
    assert (shown.bot.name, shown.figures, shown.days, shown.answers, shown.taken_at) == (
        bot.name,
        {},
        (),
        (),
        None,
    )
