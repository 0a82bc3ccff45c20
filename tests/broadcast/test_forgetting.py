"""Somebody asks to be forgotten, at any moment of a broadcast."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import psycopg
import pytest
from django.db import connections

from bots.models import Bot
from broadcast.contracts import ITSELF
from broadcast.models import Recipient
from broadcast.services.lifecycle import choose_winner, pause_broadcast, resume_broadcast
from broadcast.services.settle_recipients import reconcile
from core.tenancy import in_bot
from mailbox.services.erase_mail import erase_mail
from profiles.models import Profile
from profiles.services.erase_profile import erase_profile
from tests.broadcast.campaigns import begun, content, ledger, recounted
from tests.broadcast.postman import came_of, delivered, outbox, released, taken
from tests.cast import make_profile


def forget(person: Profile) -> None:
    """As /forget_me does."""
    with in_bot(person.bot_id):
        erase_profile(bot_id=person.bot_id, profile_id=person.id)
        erase_mail(bot_id=person.bot_id, telegram_id=person.telegram_id)


def traces(person: Profile, database: psycopg.Connection[Any]) -> list[Any]:
    """Rows of ledgers in which anything of the person is found."""
    rows = database.execute(
        "SELECT to_jsonb(turn)::text FROM broadcast_recipients AS turn WHERE bot_id = %s", [person.bot_id]
    ).fetchall()
    marks = (str(person.id), str(person.telegram_id))
    return [row for (row,) in rows if any(mark in row for mark in marks)]


def test_before_it_is_sent_they_do_not_get_it(bot: Bot, owner_database: psycopg.Connection[Any]) -> None:
    vera, mila = make_profile(bot), make_profile(bot)
    broadcast = begun(bot)
    forget(vera)
    assert ledger(broadcast, bot.id) == ["erased", "waiting"]
    assert delivered(bot) == [mila.telegram_id]
    assert recounted(broadcast) == [{"total": 2, "erased": 1, "sent": 1}]
    assert released(bot).done
    assert traces(vera, owner_database) == []


def test_in_the_outbox_they_do_not_get_it(bot: Bot, owner_database: psycopg.Connection[Any]) -> None:
    vera, mila = make_profile(bot), make_profile(bot)
    broadcast = begun(bot)
    released(bot)
    forget(vera)
    messages = taken(bot)
    assert [message.chat_id for message in messages] == [mila.telegram_id]
    came_of(bot, messages)
    with in_bot(bot.id):
        reconcile(bot_id=bot.id)
    assert recounted(broadcast) == [{"total": 2, "erased": 1, "sent": 1}]
    assert traces(vera, owner_database) == []


@pytest.mark.parametrize("outcome", ["sent", "failed", "unknown", "pending"])
def test_on_its_way_nobody_knows_of_it_afterwards(
    bot: Bot, owner_database: psycopg.Connection[Any], outcome: str
) -> None:
    vera = make_profile(bot)
    broadcast = begun(bot)
    released(bot)
    messages = taken(bot)
    forget(vera)
    came_of(bot, messages, outcome, error="bad_request: no")
    with in_bot(bot.id):
        reconcile(bot_id=bot.id)
    assert taken(bot) == []
    assert recounted(broadcast) == [{"total": 1, "erased": 1}]
    assert traces(vera, owner_database) == []
    assert released(bot).done


def test_after_it_was_sent_only_a_figure_stays(bot: Bot, owner_database: psycopg.Connection[Any]) -> None:
    vera = make_profile(bot)
    broadcast = begun(bot)
    delivered(bot)
    forget(vera)
    assert recounted(broadcast) == [{"total": 1, "sent": 1}]
    with in_bot(bot.id):
        row = Recipient.objects.for_bot(bot.id).get()
    assert (row.profile_id, row.telegram_message_id, row.outbound_id, row.language) == (None, None, None, "")
    assert traces(vera, owner_database) == []


def test_in_every_state_the_figures_stay_right(bot: Bot) -> None:
    people = [make_profile(bot) for _ in range(60)]
    broadcast = begun(bot, texts=content("One", "Two"), test_percent=50, control_percent=20)
    released(bot, room=8)
    messages = taken(bot, slots=6)
    came_of(bot, messages[:2])
    came_of(bot, messages[2:3], "unknown", error="maybe_sent: cut")
    came_of(bot, messages[3:4], "failed", error="bad_request: no")
    came_of(bot, messages[4:5], "failed", error="blocked: by the user")
    states = set(ledger(broadcast, bot.id))
    assert states == {"control", "spare", "waiting", "released", "sent", "unknown", "failed", "blocked"}
    for state in sorted(states):
        with in_bot(bot.id):
            row = Recipient.objects.for_bot(bot.id).filter(state=state, profile__isnull=False).first()
        assert row is not None
        forget(next(each for each in people if each.id == row.profile_id))
        recounted(broadcast)
    assert recounted(broadcast)[0]["erased"] == 3
    came_of(bot, messages[5:])
    with in_bot(bot.id):
        choose_winner(broadcast_id=broadcast.id, label="A", by=ITSELF)
        pause_broadcast(broadcast_id=broadcast.id)
        resume_broadcast(broadcast_id=broadcast.id, by=ITSELF)
    delivered(bot)
    assert released(bot).done
    (figures,) = recounted(broadcast)
    assert set(figures) == {"total", "sent", "blocked", "failed", "unknown", "control", "erased"}


def test_in_several_ledgers_at_once(bot: Bot) -> None:
    vera = make_profile(bot)
    campaigns = [begun(bot) for _ in range(3)]
    released(bot)
    came_of(bot, taken(bot, slots=1))
    forget(vera)
    assert sorted(each for one in campaigns for each in ledger(one, bot.id)) == ["erased", "erased", "sent"]
    for each in campaigns:
        recounted(each)
    assert outbox(bot) == []


def test_who_comes_back_is_not_in_it_any_more(bot: Bot) -> None:
    vera = make_profile(bot)
    broadcast = begun(bot)
    forget(vera)
    make_profile(bot, telegram_id=vera.telegram_id)
    assert delivered(bot) == []
    assert recounted(broadcast) == [{"total": 1, "erased": 1}]


def test_forgetting_while_outcomes_are_written_down_waits_in_no_circle(bot: Bot) -> None:
    """The sender locks the message first and the recipient then; so does forgetting."""
    people = [make_profile(bot) for _ in range(40)]
    broadcast = begun(bot)
    released(bot)
    messages = taken(bot)
    together = Barrier(2)
    failures: list[Exception] = []

    def in_thread(work: Any) -> Thread:
        def call() -> None:
            try:
                together.wait()
                work()
            except Exception as error:  # noqa: BLE001 - told by the test
                failures.append(error)
            finally:
                connections.close_all()

        thread = Thread(target=call)
        thread.start()
        return thread

    def settle() -> None:
        for start in range(0, 40, 4):
            came_of(bot, messages[start : start + 4])

    def leave() -> None:
        for person in people:
            forget(person)

    for thread in (in_thread(settle), in_thread(leave)):
        thread.join()
    assert failures == []
    (figures,) = recounted(broadcast)
    assert figures.get("sent", 0) + figures.get("erased", 0) == 40
