from __future__ import annotations

import itertools
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.delivery.pacing import UNLIMITED, Pace, PaceLimits, Pacer, Quota

ALONE = PaceLimits(bot=None, private=Pace(rate=1.0, burst=4), group=Pace(rate=16 / 60, burst=4))
DUST = 1e-3  # seconds


def _send(pacer: Pacer, chat_id: int, now: float) -> float:
    """When the message went out; it was answered at once."""
    moment = pacer.ready_at(chat_id, now)
    pacer.take(chat_id, moment)
    pacer.answered(moment)
    return moment


def test_a_private_chat_gets_its_burst_at_once_and_then_one_a_second() -> None:
    pacer = Pacer(ALONE)

    moments = [_send(pacer, 5, 100.0) for _ in range(7)]

    assert moments == pytest.approx([100, 100, 100, 100, 101, 102, 103], abs=DUST)
    assert moments[3] == 100.0


def test_a_burst_comes_back_with_silence() -> None:
    pacer = Pacer(ALONE)
    for _ in range(4):
        _send(pacer, 5, 100.0)

    assert [_send(pacer, 5, 102.0) for _ in range(3)] == pytest.approx([102, 102, 103], abs=DUST)
    assert [_send(pacer, 5, 900.0) for _ in range(4)] == [900.0] * 4


def test_a_group_never_gets_more_than_20_in_a_minute() -> None:
    pacer = Pacer(PaceLimits())

    moments = [_send(pacer, -5, 100.0) for _ in range(100)]

    for start in moments:
        assert len([moment for moment in moments if start <= moment < start + 60 - DUST]) <= 20
    assert moments[60] - moments[0] < 60 * 60 / 16


def test_a_bot_never_sends_more_than_30_in_a_second() -> None:
    pacer = Pacer(PaceLimits())

    moments = [_send(pacer, chat_id, 100.0) for chat_id in range(1, 301)]

    for start in moments:
        assert len([moment for moment in moments if start <= moment < start + 1 - DUST]) <= 30
    assert moments[-1] - moments[0] == pytest.approx(9, abs=DUST)


def test_a_message_counts_until_a_second_after_its_answer() -> None:
    pacer = Pacer(PaceLimits(bot=Quota(2)))
    pacer.take(1, 100.0)
    pacer.take(2, 100.0)
    assert pacer.room(100.5) == 0

    pacer.answered(100.7)
    assert pacer.ready_at(3, 100.7) == pytest.approx(101.7, abs=DUST)
    assert [pacer.room(moment) for moment in (101.5, 101.7)] == [0, 1]
    pacer.answered(105.0)
    assert [pacer.room(moment) for moment in (105.9, 106.0)] == [1, 2]


def test_broadcasts_leave_evenly_and_leave_room_for_replies() -> None:
    pacer, now, sent = Pacer(PaceLimits()), 100.0, []
    while len(sent) < 60:
        now = pacer.bulk_ready_at(now)
        for _ in range(pacer.bulk_room(now)):
            pacer.take(len(sent) + 1, now, is_bulk=True)
            pacer.answered(now)
            sent.append(now)

    assert sent[:4] == [100.0, 100.0, 100.0, pytest.approx(100 + 1 / 31.5, abs=DUST)]
    # A reply finds room within a few hundredths of a second.
    gaps = [after - before for before, after in itertools.pairwise(sent)]
    assert max(gaps) < 0.15
    assert sent[59] - sent[0] == pytest.approx(1.86, abs=0.05)


def test_what_becomes_free_soon_can_be_taken_now_and_leaves_then() -> None:
    pacer = Pacer(PaceLimits(bot=Quota(3)))
    for chat_id, moment in ((1, 100.0), (2, 100.1), (3, 100.5)):
        pacer.take(chat_id, moment)
        pacer.answered(moment)

    assert [pacer.room(100.95, ahead=ahead) for ahead in (0.0, 0.1, 0.2, 9.0)] == [0, 1, 2, 3]
    moments = []
    for chat_id in (4, 5):
        moments.append(pacer.ready_at(chat_id, 100.95))
        pacer.take(chat_id, moments[-1])
    assert moments == pytest.approx([101.0, 101.1], abs=DUST)
    assert pacer.room(100.95, ahead=0.2) == 0


def test_a_portion_of_a_broadcast_is_ready_with_its_last_message() -> None:
    pacer = Pacer(PaceLimits())
    assert pacer.bulk_ready_at(100.0, count=3) == 100.0
    assert pacer.bulk_ready_at(100.0, count=5) == pytest.approx(100 + 2 / 31.5, abs=DUST)
    assert pacer.bulk_room(100.0, ahead=0.1) == 6
    for chat_id in range(1, 4):
        pacer.take(chat_id, 100.0, is_bulk=True)
        pacer.answered(100.0)

    assert pacer.bulk_ready_at(100.0, count=3) == pytest.approx(100 + 3 / 31.5, abs=DUST)
    assert [pacer.bulk_room(100.0, ahead=ahead) for ahead in (0.0, 0.04, 0.1)] == [0, 1, 3]


def test_whoever_took_ahead_of_time_can_ask_whether_telegram_wants_silence_meanwhile() -> None:
    pacer = Pacer(PaceLimits())
    assert pacer.barred_until(5) < 0
    pacer.punish(5, 3, 100.0)
    assert (pacer.barred_until(5), pacer.barred_until(6)) == (103.0, float("-inf"))
    pacer.punish(None, 9, 100.0)
    assert (pacer.barred_until(5), pacer.barred_until(6)) == (109.0, 109.0)


def test_a_bot_without_a_quota_lets_broadcasts_go() -> None:
    assert Pacer(UNLIMITED).bulk_room(100.0) > 1000
    assert Pacer(UNLIMITED).bulk_ready_at(100.0) == 100.0


def test_chats_do_not_wait_for_each_other() -> None:
    pacer = Pacer(ALONE)
    for _ in range(50):
        _send(pacer, 5, 100.0)

    assert pacer.ready_at(6, 100.0) == 100.0
    assert pacer.ready_at(-6, 100.0) == 100.0


def test_looking_takes_nothing() -> None:
    pacer = Pacer(ALONE)

    assert [pacer.ready_at(5, 100.0) for _ in range(20)] == [100.0] * 20
    assert len(pacer) == 0


def test_who_takes_too_early_pushes_the_next_one_back() -> None:
    pacer = Pacer(ALONE)
    for _ in range(6):
        pacer.take(5, 100.0)

    assert pacer.ready_at(5, 100.0) == pytest.approx(103.0, abs=DUST)


@pytest.mark.parametrize("limits", [UNLIMITED, ALONE, PaceLimits()])
def test_a_429_for_a_chat_holds_this_chat_only(limits: PaceLimits) -> None:
    pacer = Pacer(limits)
    pacer.punish(5, 30.0, 100.0)

    assert pacer.ready_at(5, 100.0) == 130.0
    assert pacer.ready_at(5, 131.0) == 131.0
    assert pacer.ready_at(6, 100.0) == 100.0


@pytest.mark.parametrize("limits", [UNLIMITED, ALONE, PaceLimits()])
def test_a_429_for_the_bot_holds_all_chats(limits: PaceLimits) -> None:
    pacer = Pacer(limits)
    pacer.punish(None, 30.0, 100.0)

    assert [pacer.ready_at(chat_id, 100.0) for chat_id in (5, -5)] == [130.0, 130.0]
    assert pacer.ready_at(5, 130.0) == 130.0


@pytest.mark.parametrize("chat_id", [5, None])
def test_a_shorter_punishment_does_not_end_a_longer_one(chat_id: int | None) -> None:
    pacer = Pacer(UNLIMITED)
    pacer.punish(chat_id, 30.0, 100.0)
    pacer.punish(chat_id, 1.0, 101.0)
    pacer.punish(chat_id, -500.0, 101.0)

    assert pacer.ready_at(5, 101.0) == 130.0


def test_without_limits_nothing_waits_and_nothing_is_remembered() -> None:
    pacer = Pacer(UNLIMITED)

    assert [_send(pacer, chat_id, 100.0) for chat_id in range(1000)] == [100.0] * 1000
    assert len(pacer) == 0


def test_only_the_limit_that_is_there_counts() -> None:
    pacer = Pacer(PaceLimits(bot=Quota(1, 0.5), private=None, group=None))

    assert [_send(pacer, 5, 100.0) for _ in range(3)] == pytest.approx([100, 100.5, 101], abs=DUST)
    assert len(pacer) == 0


def test_idle_chats_are_forgotten() -> None:
    pacer = Pacer(ALONE)
    for chat_id in range(1, 50_001):
        _send(pacer, chat_id, chat_id * 0.1)

    # 1 message is made good after 1 s, in which 10 chats come.
    assert len(pacer) <= 1024


def test_punished_chats_are_forgotten_once_it_is_over() -> None:
    pacer = Pacer(UNLIMITED)
    for chat_id in range(1, 5_001):
        pacer.punish(chat_id, 1.0, chat_id * 0.1)

    assert len(pacer) <= 1024


def test_what_still_counts_is_not_forgotten() -> None:
    pacer = Pacer(ALONE)
    for chat_id in range(1, 3_001):
        for _ in range(4):
            _send(pacer, chat_id, 100.0)

    assert {pacer.ready_at(chat_id, 100.0) > 100.5 for chat_id in range(1, 3_001)} == {True}


@pytest.mark.parametrize(("rate", "burst"), [(0.0, 1), (-1.0, 1), (float("nan"), 1), (1.0, 0)])
def test_a_pace_that_lets_nothing_through_is_refused(rate: float, burst: int) -> None:
    with pytest.raises(ValueError, match="rate above 0"):
        Pace(rate=rate, burst=burst)


@pytest.mark.parametrize(("count", "seconds"), [(0, 1.0), (1, 0.0), (1, float("nan"))])
def test_a_quota_that_lets_nothing_through_is_refused(count: int, seconds: float) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Quota(count, seconds)


_PACES = st.none() | st.builds(
    Pace, rate=st.floats(0.05, 50, allow_nan=False), burst=st.integers(min_value=1, max_value=20)
)
_QUOTAS = st.none() | st.builds(
    Quota, count=st.integers(min_value=1, max_value=30), seconds=st.floats(0.05, 20, allow_nan=False)
)
_LIMITS = st.builds(PaceLimits, bot=_QUOTAS, private=_PACES, group=_PACES)
# Steps of time, a chat, and now and then a 429.
_STEPS = st.lists(
    st.tuples(st.floats(0, 3), st.sampled_from([1, 2, -1, -2]), st.sampled_from([None] * 9 + [0.5, 4.0])),
    min_size=1,
    max_size=120,
)


@given(_LIMITS, _STEPS)
def test_no_window_ever_holds_more_than_its_limit(
    limits: PaceLimits, steps: list[tuple[float, int, float | None]]
) -> None:
    pacer, now = Pacer(limits), 1000.0
    sent: dict[object, list[float]] = defaultdict(list)
    for pause, chat_id, retry_after in steps:
        now += pause
        if retry_after is not None:
            pacer.punish(chat_id, retry_after, now)
            assert pacer.ready_at(chat_id, now) >= now + retry_after
        now = _send(pacer, chat_id, now)
        sent["bot"].append(now)
        sent[chat_id].append(now)

    for key, moments in sent.items():
        if key == "bot":
            if limits.bot is not None:
                after = moments[limits.bot.count :]
                for early, late in zip(moments, after, strict=False):
                    assert late - early >= limits.bot.seconds - DUST
            continue
        pace = limits.private if key in (1, 2) else limits.group
        if pace is None:
            continue
        for first, start in enumerate(moments):
            for count, end in enumerate(moments[first:], start=1):
                assert count <= pace.burst + pace.rate * (end - start + DUST)


@given(_LIMITS, _STEPS)
def test_whoever_waits_until_ready_may_go_and_waiting_ends(
    limits: PaceLimits, steps: list[tuple[float, int, float | None]]
) -> None:
    pacer, now = Pacer(limits), 1000.0
    slowest = max([1 / pace.rate for pace in (limits.private, limits.group) if pace] + [0.0])
    if limits.bot is not None:
        slowest = max(slowest, limits.bot.seconds)
    for pause, chat_id, retry_after in steps:
        now += pause
        if retry_after is not None:
            pacer.punish(None, retry_after, now)
        ready = pacer.ready_at(chat_id, now)
        assert now <= ready <= now + max(slowest, retry_after or 0.0) + DUST
        assert pacer.ready_at(chat_id, ready) == ready
        now = ready
        pacer.take(chat_id, now)
        pacer.answered(now)
