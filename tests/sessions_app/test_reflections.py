"""What is learnt beside the talk: only from words that were said, and never in the way of an answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from bots.models import Bot
from core.clock import Clock, clock
from core.tenancy import in_bot
from journey.models import JourneyProgress
from llm.contracts import ModelUnavailable
from mailbox.contracts import JOB_LANES, Claimed
from mailbox.models import InboundUpdate
from mailbox.services.assign import assign
from mailbox.services.claim import claim
from profiles.models import Finding, Profile, ProfileVersion
from sessions_app.jobs import judge_session, refresh_portrait
from sessions_app.models import Session
from sessions_app.speech import say
from sessions_app.upkeep import jobs_about
from tests.cast import on_database
from tests.sessions_app.guests import make_guest
from tests.sessions_app.test_conversation import SUMMARY, Room

REFUSING: dict[str, Any] = {
    "stage": "REFUSAL",
    "confidence": 0.8,
    "quotes": ["I am afraid", "she never said this"],
    "why": "",
}


@pytest.fixture
async def room(bot: Bot) -> Room:
    return Room(await on_database(make_guest, bot))


async def in_the_bot(room: Room, read: Callable[[], Any]) -> Any:
    def scoped() -> Any:
        with in_bot(room.guest.bot.id):
            return read()

    return await on_database(scoped)


async def steps(room: Room) -> list[Any]:
    def read() -> list[Any]:
        rows = JourneyProgress.objects.for_bot(room.guest.bot.id).order_by("started_at")
        return [(each.stage, [e["quote"] for e in each.evidence]) for each in rows]

    found: list[Any] = await in_the_bot(room, read)
    return found


async def facts(room: Room) -> list[Any]:
    def read() -> list[Any]:
        return list(Finding.objects.for_bot(room.guest.bot.id).values_list("kind", "value", "sentence"))

    found: list[Any] = await in_the_bot(room, read)
    return found


async def jobs(room: Room) -> list[Claimed]:
    """The work of our own that waits, taken in hand."""

    def take() -> list[Claimed]:
        haul = claim(hand=room.guest.hand, busy=(), lanes=9, burst_wait=0.0)
        return [row for burst in haul.bursts for row in burst if row.is_job]

    found: list[Claimed] = await in_the_bot(room, take)
    return found


async def profile(room: Room) -> Profile:
    found: Profile = await on_database(room.guest.profile)
    return found


async def talked(room: Room, *texts: str) -> UUID:
    await room.opens()
    for text in texts:
        room.model.says("coach", "Why?")
        await room.says(text)
    session_id: UUID = await on_database(room.guest.session_id)
    return session_id


async def test_the_end_of_a_session_tells_what_moved_and_by_which_words(room: Room) -> None:
    room.model.says("summary", SUMMARY)
    room.model.says("stage", REFUSING)
    await talked(room, "I am afraid of the answer.")
    await room.ends()
    told = (await room.heard())[-1]
    assert say("journey.moved_first", "en", to="Refusal of the Call") in told
    assert say("journey.moved_because", "en", quote="I am afraid") in told
    assert await steps(room) == [("REFUSAL", ["I am afraid"])]
    person = await profile(room)
    assert (person.journey_stage, person.has_started_journey) == ("REFUSAL", True)


async def test_words_that_were_never_said_move_nobody(room: Room) -> None:
    room.model.says("summary", SUMMARY)
    room.model.says("stage", {**REFUSING, "quotes": ["she never said this", "nor that"]})
    await talked(room, "I am well.")
    await room.ends()
    assert await steps(room) == []
    assert "stage.refused" in await on_database(room.guest.events)
    assert (await profile(room)).journey_stage == ""


async def test_a_question_that_fails_leaves_the_rest(room: Room) -> None:
    room.model.says("summary", SUMMARY)
    room.model.says("stage", ModelUnavailable(code="too_long"))
    room.model.says("facts", {"facts": [{"kind": "age", "value": "34", "sentence": "I am 34"}]})
    await talked(room, "I am 34 and I wait.")
    await room.ends()
    assert "She waits." in (await room.heard())[-1]
    assert await facts(room) == [("age", "34", "I am 34")]


async def test_a_session_that_cannot_be_summed_up_still_moves(room: Room) -> None:
    room.model.says("summary", ModelUnavailable(code="unreachable"))
    room.model.says("stage", REFUSING)
    await talked(room, "I am afraid.")
    await room.ends()
    told = (await room.heard())[-1]
    assert told.startswith(say("session.ended_untold", "en"))
    assert "Refusal of the Call" in told


async def test_who_turns_out_to_be_under_age_is_turned_away(room: Room) -> None:
    room.model.says("summary", SUMMARY)
    room.model.says("stage", REFUSING)
    room.model.says(
        "facts", {"facts": [{"kind": "age", "value": "15", "sentence": "they say that 15 suits me"}]}
    )
    await talked(room, "I am afraid, they say that 15 suits me.")
    await room.ends()
    person = await profile(room)
    assert (person.is_underage, person.consented_at, person.journey_stage) == (True, None, "")
    assert "under 18" in (await room.heard())[-1]
    assert await facts(room) == []


async def test_each_fifth_turn_asks_for_a_judgement_once(room: Room) -> None:
    session_id = await talked(room, *(f"I am afraid, {number}." for number in range(6)))
    (row,) = await jobs(room)
    person = await profile(room)
    assert (row.kind, row.lane) == ("own.analyse", JOB_LANES + person.telegram_id)
    assert row.id == uuid5(room.guest.bot.id, f"analyse:{person.telegram_id}:{session_id}:5")


async def judged(room: Room, session_id: UUID) -> None:
    (row,) = await jobs(room)
    person = await profile(room)
    await judge_session(
        hand=room.guest.hand,
        job_id=row.id,
        profile_id=person.id,
        session_id=session_id,
        chat_id=person.telegram_id,
        companion=room.companion,
    )


async def open_jobs(room: Room) -> int:
    def count() -> int:
        rows = InboundUpdate.objects.for_bot(room.guest.bot.id).filter(lane__gte=JOB_LANES)
        return rows.filter(settled_at__isnull=True).count()

    found: int = await in_the_bot(room, count)
    return found


async def test_a_judgement_in_the_middle_moves_without_a_word(room: Room) -> None:
    session_id = await talked(room, *(f"I am afraid, {number}." for number in range(5)))
    before = await room.heard()
    room.model.says("stage", REFUSING)
    await judged(room, session_id)
    assert await steps(room) == [("REFUSAL", ["I am afraid"])]
    assert (await room.heard(), await open_jobs(room)) == (before, 0)


async def test_a_judgement_that_fails_is_let_go_of(room: Room) -> None:
    session_id = await talked(room, *(f"I am afraid, {number}." for number in range(5)))
    room.model.says("stage", ModelUnavailable(code="timeout"))
    room.model.says("facts", ModelUnavailable(code="timeout"))
    await judged(room, session_id)
    assert (await steps(room), await open_jobs(room)) == ([], 0)


async def test_over_the_day_s_budget_nothing_is_judged(room: Room) -> None:
    session_id = await talked(room, *(f"I am afraid, {number}." for number in range(5)))
    await on_database(Bot.objects.filter(id=room.guest.bot.id).update, daily_budget_usd=0.0)
    await judged(room, session_id)
    assert room.model.questions("stage") == []
    assert await open_jobs(room) == 0


async def test_somebody_who_is_gone_is_not_judged(room: Room) -> None:
    session_id = await talked(room, *(f"I am afraid, {number}." for number in range(5)))
    await in_the_bot(room, lambda: Profile.objects.for_bot(room.guest.bot.id).update(is_underage=True))
    await judged(room, session_id)
    assert (room.model.questions("stage"), await open_jobs(room)) == ([], 0)


async def test_who_is_found_to_be_under_age_in_the_middle_is_told_and_paused(room: Room) -> None:
    session_id = await talked(room, *(f"they say that 15 suits me, {number}." for number in range(5)))
    room.model.says(
        "facts", {"facts": [{"kind": "age", "value": "15", "sentence": "they say that 15 suits me"}]}
    )
    await judged(room, session_id)
    assert "under 18" in (await room.heard())[-1]
    states = await in_the_bot(
        room, lambda: list(Session.objects.for_bot(room.guest.bot.id).values_list("state", flat=True))
    )
    assert states == ["paused"]


PORTRAIT: dict[str, Any] = {
    "psychological_summary": "She looks for courage.",
    "streams": ["shadow", "no such stream"],
    "what_changed": "braver",
    "interests": ["painting"],
    "chat_style": "brief",
    "personality": "warm",
}


async def stale(room: Room) -> Claimed:
    """Somebody whose portrait is old has written; the work that follows from it."""
    await talked(room, "I am afraid of the sea.")

    def age() -> None:
        people = Profile.objects.for_bot(room.guest.bot.id)
        people.update(profile_updated_at=clock.now() - timedelta(days=8))

    await in_the_bot(room, age)
    visit = await room.comes("hello")
    due = jobs_about(visit.person, visit.chat_id)
    assert [each.kind for each in due] == ["refresh"]
    for _ in range(2):
        await in_the_bot(room, lambda: assign(bot_id=room.guest.bot.id, jobs=due))
    (row,) = await jobs(room)
    return row


async def test_a_stale_portrait_is_refreshed_once_when_its_person_writes(room: Room) -> None:
    row = await stale(room)
    room.model.says("portrait", PORTRAIT)
    person = await profile(room)
    await refresh_portrait(
        hand=room.guest.hand, job_id=row.id, profile_id=person.id, companion=room.companion
    )
    person = await profile(room)
    assert (person.psychological_summary, person.streams) == ("She looks for courage.", ["shadow"])
    assert person.interests == ["painting"]
    versions = await in_the_bot(
        room, lambda: list(ProfileVersion.objects.for_bot(room.guest.bot.id).values_list("number", "origin"))
    )
    assert versions == [(1, "visit")]
    assert jobs_about((await room.comes("again")).person, person.telegram_id) == ()


async def test_a_portrait_that_cannot_be_had_leaves_the_old_one(room: Room) -> None:
    row = await stale(room)
    room.model.says("portrait", ModelUnavailable(code="unreachable"))
    person = await profile(room)
    await refresh_portrait(
        hand=room.guest.hand, job_id=row.id, profile_id=person.id, companion=room.companion
    )
    assert ((await profile(room)).psychological_summary, await open_jobs(room)) == ("", 0)


def test_what_is_due_about_somebody(bot: Bot, stopped_clock: Clock) -> None:
    guest = make_guest(bot, profile_updated_at=clock.now())
    person = guest.comes("hello").person
    assert jobs_about(person, 1) == ()
    stopped_clock.advance(timedelta(days=7, seconds=1))
    due = jobs_about(person, 1)
    assert [each.kind for each in due] == ["look_up", "refresh"]
    assert [each.key for each in due] == [f"{person.id}:{clock.now():%Y-%m-%d}"] * 2
    stranger = make_guest(bot, has_consented=False).comes("hello").person
    assert jobs_about(stranger, 1) == ()
