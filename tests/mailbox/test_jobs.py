"""Work of our own: once per cause, beside the chats, and never in anybody's way."""

from __future__ import annotations

from typing import Any

from bots.models import Bot
from core.tenancy import in_bot
from mailbox.contracts import JOB_LANES, Hand, Job
from mailbox.models import InboundUpdate
from mailbox.services.assign import assign
from mailbox.services.claim import MOST_JOBS, claim
from mailbox.services.erase_mail import erase_mail
from mailbox.services.settle import settle
from tests.cast import make_profile
from tests.mailbox.letters import come, command, take


def job(chat_id: int, key: str = "a", **fields: Any) -> Job:
    return Job(**{"kind": "analyse", "chat_id": chat_id, "key": key, "payload": {"session": "1"}, **fields})


def assigned(bot: Bot, *jobs: Job) -> int:
    with in_bot(bot.id):
        return assign(bot_id=bot.id, jobs=jobs)


def open_jobs(bot: Bot) -> list[tuple[str, int]]:
    with in_bot(bot.id):
        rows = InboundUpdate.objects.for_bot(bot.id).filter(lane__gte=JOB_LANES, settled_at__isnull=True)
        return list(rows.order_by("seq").values_list("kind", "lane"))


def test_a_job_is_assigned_once_per_cause(bot: Bot, other_bot: Bot) -> None:
    person = make_profile(bot)
    make_profile(other_bot, telegram_id=person.telegram_id)
    assert assigned(bot, job(person.telegram_id)) == 1
    assert assigned(bot, job(person.telegram_id)) == 0
    assert assigned(bot, job(person.telegram_id, "b"), job(person.telegram_id, kind="refresh")) == 2
    assert assigned(other_bot, job(person.telegram_id)) == 1
    assert assigned(bot) == 0


def test_nobody_is_worked_on_who_is_not_known(bot: Bot) -> None:
    assert assigned(bot, job(4711)) == 0
    assert open_jobs(bot) == []


def test_a_job_is_claimed_beside_the_chat_and_settled(bot: Bot, hand: Hand) -> None:
    person = make_profile(bot)
    assigned(bot, job(person.telegram_id))
    come(bot, command(person.telegram_id))
    (own,), (told,) = take(hand)
    assert (told.is_job, own.is_job) == (False, True)
    assert (own.kind, own.lane, own.user_id) == (
        "own.analyse",
        JOB_LANES + person.telegram_id,
        person.telegram_id,
    )
    assert bytes(own.payload) == b'{"session": "1"}'
    with in_bot(bot.id):
        settle(hand=hand, ids=[own.id], blank=True)
    assert open_jobs(bot) == []


def test_jobs_of_one_person_are_done_one_after_another(bot: Bot, hand: Hand) -> None:
    person = make_profile(bot)
    assigned(bot, job(person.telegram_id, "a"), job(person.telegram_id, "b"))
    ((first,),) = take(hand)
    assert take(hand, busy=[first.lane]) == []


def test_people_come_first_and_jobs_have_but_a_few_lanes(bot: Bot, hand: Hand) -> None:
    people = [make_profile(bot) for _ in range(MOST_JOBS + 4)]
    assigned(bot, *(job(each.telegram_id) for each in people))
    come(bot, *(command(lane) for lane in range(1, 6)))
    bursts = take(hand, lanes=48)
    assert [burst[0].is_job for burst in bursts].count(True) == MOST_JOBS
    assert [burst[0].is_job for burst in bursts].count(False) == 5
    busy = [burst[0].lane for burst in bursts]
    assert take(hand, busy=busy, lanes=48) == []
    come(bot, command(9))
    ((row,),) = take(hand, busy=busy, lanes=1)
    assert row.lane == 9


def test_where_there_is_one_lane_left_a_person_gets_it(bot: Bot, hand: Hand) -> None:
    person = make_profile(bot)
    assigned(bot, job(person.telegram_id))
    come(bot, command(7))
    ((row,),) = take(hand, lanes=1)
    assert row.lane == 7


def test_any_number_of_waiting_jobs_hides_nobody(bot: Bot, hand: Hand) -> None:
    people = [make_profile(bot) for _ in range(260)]
    assigned(bot, *(job(each.telegram_id) for each in people))
    come(bot, command(5))
    busy = [JOB_LANES + each.telegram_id for each in people[:MOST_JOBS]]
    with in_bot(bot.id):
        haul = claim(hand=hand, busy=busy, lanes=10, burst_wait=0.0)
    assert [burst[0].lane for burst in haul.bursts] == [5]


def test_work_about_somebody_who_is_erased_ends(bot: Bot) -> None:
    person, other = make_profile(bot), make_profile(bot)
    assigned(bot, job(person.telegram_id), job(other.telegram_id))
    with in_bot(bot.id):
        erase_mail(bot_id=bot.id, telegram_id=person.telegram_id)
        rows = list(InboundUpdate.objects.for_bot(bot.id).filter(user_id=None).values_list("lane", "outcome"))
    assert open_jobs(bot) == [("own.analyse", JOB_LANES + other.telegram_id)]
    assert rows == [(0, "done")]
