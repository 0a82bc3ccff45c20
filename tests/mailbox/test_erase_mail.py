from __future__ import annotations

from bots.models import Bot
from core.tenancy import in_bot
from mailbox.contracts import Hand, Outcome
from mailbox.models import OutboundMessage
from mailbox.services.deliver import mark
from mailbox.services.erase_mail import erase_mail
from mailbox.services.settle import bury, settle
from tests.mailbox.letters import come, command, pick, row_of, say, take, text, word

VERA, BORIS = 500, 501


def remaining(bot: Bot) -> list[str]:
    with in_bot(bot.id):
        return list(OutboundMessage.objects.for_bot(bot.id).order_by("seq").values_list("key", flat=True))


def test_what_a_person_said_is_emptied_and_its_update_id_stays_known(bot: Bot, hand: Hand) -> None:
    hers, his = come(
        bot,
        command(VERA, update_id=1, payload=b'{"text": "hers"}'),
        command(BORIS, update_id=2, payload=b'{"text": "his"}'),
    )
    take(hand)
    with in_bot(bot.id):
        settle(hand=hand, ids=[hers.id, his.id])
        erase_mail(bot_id=bot.id, telegram_id=VERA)
    row = row_of(bot, hers)
    assert (bytes(row.payload), row.user_id, row.lane, row.outcome) == (b"", None, 0, "done")
    row = row_of(bot, his)
    assert (bytes(row.payload), row.user_id, row.lane) == (b'{"text": "his"}', BORIS, BORIS)
    come(bot, command(VERA, update_id=1))
    assert take(hand) == []


def test_what_a_person_said_in_a_group_is_emptied_too(bot: Bot, hand: Hand) -> None:
    (hers,) = come(bot, text(-100, user_id=VERA, payload=b'{"text": "hers"}'))
    take(hand)
    with in_bot(bot.id):
        settle(hand=hand, ids=[hers.id])
        erase_mail(bot_id=bot.id, telegram_id=VERA)
    row = row_of(bot, hers)
    assert (bytes(row.payload), row.user_id, row.lane) == (b"", None, 0)


def test_what_was_buried_is_emptied_with_its_reason(bot: Bot, hand: Hand) -> None:
    (hers,) = come(bot, command(VERA, payload=b"{her words"))
    take(hand)
    with in_bot(bot.id):
        bury(hand=hand, ids=[hers.id], reason="update.unreadable")
        erase_mail(bot_id=bot.id, telegram_id=VERA)
    row = row_of(bot, hers)
    assert (bytes(row.payload), row.user_id, row.lane, row.reason) == (b"", None, 0, "")


def test_what_she_says_after_asking_is_still_answered(bot: Bot, hand: Hand) -> None:
    (later,) = come(bot, command(VERA))
    with in_bot(bot.id):
        erase_mail(bot_id=bot.id, telegram_id=VERA)
    assert [[row.id for row in burst] for burst in take(hand)] == [[later.id]]


def test_all_that_was_said_to_a_person_is_gone(bot: Bot, hand: Hand) -> None:
    sent, _, his = say(bot, word(VERA, key="sent"), word(VERA, key="waiting"), word(BORIS, key="his"))
    pick(hand)
    with in_bot(bot.id):
        mark(hand=hand, outcomes=[Outcome(sent.id, "sent")])
        erase_mail(bot_id=bot.id, telegram_id=VERA)
    assert remaining(bot) == ["his"]
    assert his.key == "his"


def test_a_farewell_that_is_still_to_be_sent_stays(bot: Bot, hand: Hand) -> None:
    (sent,) = say(bot, word(VERA, key="sent"))
    pick(hand)
    say(bot, word(VERA, key="farewell", is_farewell=True))
    with in_bot(bot.id):
        mark(hand=hand, outcomes=[Outcome(sent.id, "sent")])
        erase_mail(bot_id=bot.id, telegram_id=VERA, keep_open=True)
    assert remaining(bot) == ["farewell"]


def test_another_bots_mail_is_left_alone(bot: Bot, other_bot: Bot) -> None:
    (theirs,) = come(other_bot, command(VERA, payload=b"{}", reason="not an object"))
    say(other_bot, word(VERA, key="theirs"))
    with in_bot(bot.id):
        erase_mail(bot_id=bot.id, telegram_id=VERA)
    assert bytes(row_of(other_bot, theirs).payload) == b"{}"
    assert remaining(other_bot) == ["theirs"]
