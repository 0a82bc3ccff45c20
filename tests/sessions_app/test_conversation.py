from __future__ import annotations

import asyncio
import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from bots.models import Bot
from core import aio
from core.tenancy import in_bot
from llm.contracts import ModelRefused, ModelUnavailable, Question, Usage
from mailbox.contracts import LeaseLost
from mailbox.services.claim import claim
from sessions_app.companion import Companion, PromptBook
from sessions_app.contracts import Visit
from sessions_app.conversation import LONGEST_DIAGNOSTIC, Conversation
from sessions_app.crisis import crisis_reply
from sessions_app.models import Session
from sessions_app.rendering import MESSAGE_UNITS, units
from sessions_app.services.open_session import open_session
from sessions_app.services.pause_for_crisis import pause_for_crisis
from sessions_app.speech import say, variants
from tests.cast import on_database
from tests.sessions_app.guests import Guest, make_guest, taken_over
from tests.sessions_app.scripted_model import ScriptedModel

UNAVAILABLE = ModelUnavailable(code="unreachable")
STEP: dict[str, Any] = {
    "reply": "And what do you do then?",
    "enough": False,
    "known": {"signs": ["waits"], "strengths": [], "challenges": [], "stage": None, "missing": ["stage"]},
}
RESULT: dict[str, Any] = {
    "psychotype": "intuitive",
    "stage": "ORDEAL",
    "strengths": ["courage"],
    "challenges": ["haste"],
    "suggested_stream": None,
    "explanation": "Knows before she can say.",
}
SUMMARY: dict[str, Any] = {
    "summary": "She waits.",
    "patterns": ["waits"],
    "core_issue": None,
    "metaphysical": {"light": 5, "themes": [], "patterns": []},
    "next_step": None,
}


class Room:
    """One guest, one conversation, one model with a script."""

    def __init__(self, guest: Guest, *, has_model: bool = True, prompts: PromptBook | None = None) -> None:
        self.guest = guest
        self.model = ScriptedModel()
        self.conversation = Conversation()
        self.companion = Companion(
            bot_id=guest.bot.id,
            slug=guest.bot.slug,
            model=self.model,
            prompts=prompts or PromptBook(),
            has_model=has_model,
        )

    async def opens(self, kind: str = "natasha") -> None:
        await on_database(self.guest.asks, open_session, f"/{kind}", kind=kind)

    async def comes(self, *texts: str) -> Visit:
        visit: Visit = await on_database(self.guest.comes, *texts)
        return visit

    async def says(self, *texts: str) -> Visit:
        visit = await self.comes(*texts)
        await self.conversation.listen(visit, self.companion)
        return visit

    async def ends(self) -> None:
        visit = await self.comes("/end_session")
        assert visit.session is not None
        await self.conversation.end(visit, visit.session, self.companion)

    async def heard(self) -> list[str]:
        heard: list[str] = await on_database(self.guest.heard)
        return heard

    async def said(self, *fields: str) -> list[Any]:
        said: list[Any] = await on_database(self.guest.said, *fields)
        return said

    async def sessions(self, *fields: str) -> list[Any]:
        found: list[Any] = await on_database(self.guest.sessions, *fields)
        return found

    async def updates(self) -> list[str]:
        outcomes: list[str] = await on_database(self.guest.updates, "outcome")
        return outcomes


@pytest.fixture
async def room(bot: Bot) -> Room:
    return Room(await on_database(make_guest, bot))


def any_of(key: str) -> set[str]:
    return {say(key, "en", variant=number) for number in range(variants(key, "en"))}


def prompt_of(question: Question) -> str:
    return "\n".join(line.text for line in question.lines)


# A turn.


async def test_a_turn_keeps_both_sides_with_what_the_answer_cost(room: Room) -> None:
    room.model.says("coach", "**Really?** And what did he say?")
    await room.opens()
    visit = await room.says("He never listens.")
    assert (await room.heard())[-1] == "<b>Really?</b> And what did he say?"
    # The coach's answer and the look for signs of crisis, together.
    assert (await room.said("role", "text", "model", "prompt_tokens", "completion_tokens", "cost_micros"))[
        -2:
    ] == [
        ("user", "He never listens.", "", 0, 0, 0),
        ("bot", "**Really?** And what did he say?", "scripted", 200, 40, 84),
    ]
    assert (await room.said("latency_ms", "inbound_id"))[-1] == (7, visit.cause)
    assert await room.sessions("question_count", "last_error", "state") == [(1, "", "active")]
    assert await room.updates() == ["done", "done"]


async def test_the_prompt_holds_what_was_said_before_and_the_new_words_once(room: Room) -> None:
    room.model.says("coach", "Why?", "And then?")
    await room.opens()
    await room.says("He never listens.")
    await room.says("I wait.", "And wait.")
    question = room.model.questions("coach")[1]
    spoken = [(line.role, line.text) for line in question.lines if line.role != "system"]
    # Opening words, the first turn, and the burst that is answered now.
    assert [role for role, _ in spoken[-4:]] == ["assistant", "user", "assistant", "user"]
    assert spoken[-3:-1] == [("user", "He never listens."), ("assistant", "Why?")]
    assert "I wait." in spoken[-1][1]
    assert "And wait." in spoken[-1][1]
    assert prompt_of(question).count("I wait.") == 1
    assert question.lines[0].role == "system"


async def test_the_prompt_is_frozen_before_the_model_is_asked(room: Room) -> None:
    async def meanwhile(question: Question) -> str:
        frozen = prompt_of(question)
        await on_database(
            lambda: _in_bot(room, lambda: Session.objects.update(core_issue="set in the meantime"))
        )
        assert prompt_of(question) == frozen
        assert not await _has_transaction()
        return "Yes."

    room.model.says("coach", meanwhile)
    await room.opens()
    await room.says("words")
    assert (await room.heard())[-1] == "Yes."


def _in_bot(room: Room, work: Any) -> None:
    with in_bot(room.guest.bot.id):
        work()


async def _has_transaction() -> bool:
    """Whether a turn that waits for the model holds a transaction open."""

    def count() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND state LIKE 'idle in transaction%%'"
            )
            return int(cursor.fetchone()[0])

    open_ones: int = await on_database(count)
    return open_ones > 0


async def test_published_prompts_are_used_and_named_with_the_answer(bot: Bot) -> None:
    version = uuid4()
    guest = await on_database(make_guest, bot)
    prompts = PromptBook({("coach.natasha", "en"): ("Speak like a sailor.", version)})
    room = Room(guest, prompts=prompts)
    room.model.says("coach", "Ahoy.")
    await room.opens()
    await room.says("words")
    assert "Speak like a sailor." in prompt_of(room.model.questions("coach")[0])
    assert (await room.said("prompt_version_id"))[-1] == version


# A model that fails.


@pytest.mark.parametrize(
    "error",
    [
        UNAVAILABLE,
        ModelUnavailable(code="timeout"),
        ModelUnavailable(code="truncated"),
        ModelRefused(code="key_refused"),
        ModelRefused(code="content_refused"),
    ],
)
async def test_when_the_model_fails_the_words_and_the_place_are_kept(room: Room, error: Exception) -> None:
    room.model.says("coach", error, "Here I am again.")
    await room.opens()
    await room.says("He never listens.")
    assert (await room.heard())[-1] in any_of("model.unavailable")
    assert ("user", "He never listens.") in await room.said()
    ((state, last_error, last_error_at, count),) = await room.sessions(
        "state", "last_error", "last_error_at", "question_count"
    )
    assert (state, last_error, last_error_at is None, count) == ("active", error.code, False, 0)  # type: ignore[attr-defined]
    assert await room.updates() == ["done", "done"]

    await room.says("Are you there?")
    assert (await room.heard())[-1] == "Here I am again."
    assert await room.sessions("last_error", "question_count") == [("", 1)]
    assert "He never listens." in prompt_of(room.model.questions("coach")[1])


@pytest.mark.parametrize("text", ["", "   \n ", "\x00", "\ud800", "```\n```", "{}"])
async def test_an_answer_that_is_no_answer_becomes_a_kind_word(room: Room, text: str) -> None:
    room.model.says("coach", text)
    await room.opens()
    await room.says("words")
    assert (await room.heard())[-1] in any_of("model.unavailable")
    assert await room.sessions("last_error", "question_count") == [("model.garbage", 0)]
    # It cost all the same.
    assert (await room.said("model", "cost_micros"))[-1] == ("scripted", 84)


async def test_an_answer_that_is_too_long_comes_in_pieces_that_fit(room: Room) -> None:
    # 3500 characters at most are shown, and each of these is two for Telegram.
    room.model.says("coach", "Look there 🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂. " * 400)
    await room.opens()
    await room.says("words")
    pieces = (await room.heard())[1:]
    assert len(pieces) == 2
    assert max(units(re.sub(r"<[^>]+>", "", piece)) for piece in pieces) <= MESSAGE_UNITS
    keys = await on_database(room.guest.posts, "key")
    assert [key.rpartition(":")[2] for key in keys[1:]] == [str(place) for place in range(len(pieces))]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("**bold", "**bold"),
        ("_one_ and *two*", "<i>one</i> and <i>two</i>"),
    ],
)
async def test_whatever_markup_the_model_writes_is_made_to_fit_telegram(
    room: Room, text: str, html: str
) -> None:
    room.model.says("coach", text)
    await room.opens()
    await room.says("words")
    assert (await room.heard())[-1] == html


# Signs of crisis.


async def test_a_sign_in_the_words_themselves_needs_no_model(room: Room) -> None:
    await room.opens()
    await room.says("I want to kill myself")
    assert (await room.heard())[1:] == [crisis_reply("self_harm", "en"), say("crisis.paused_note", "en")]
    assert room.model.asked == []
    assert await room.sessions("state") == ["paused"]


async def test_a_sign_in_any_part_of_a_burst_is_heard(room: Room) -> None:
    await room.opens()
    await room.says("hello", "I want to kill myself", "never mind")
    assert crisis_reply("self_harm", "en") in await room.heard()
    assert [text for role, text in await room.said() if role == "user"][1:] == [
        "hello",
        "I want to kill myself",
        "never mind",
    ]


async def test_a_sign_outside_of_a_session_is_heard(room: Room) -> None:
    await room.says("I want to kill myself")
    assert await room.heard() == [crisis_reply("self_harm", "en")]


async def test_a_sign_that_only_the_model_sees_stops_the_coach(room: Room) -> None:
    room.model.says("coach", "Ha, funny!")
    room.model.says("crisis", {"sign": "abuse", "confidence": 0.9})
    await room.opens()
    await room.says("it happened again, in the kitchen")
    heard = await room.heard()
    assert heard[1:] == [crisis_reply("abuse", "en"), say("crisis.paused_note", "en")]
    assert "Ha, funny!" not in heard
    assert await room.sessions("state") == ["paused"]
    kind, payload = (await on_database(room.guest.events, "kind", "payload"))[-1]
    assert (kind, payload["sign"], payload["rule"]) == ("crisis.detected", "abuse", "model")
    assert len([text for _, text in await room.said() if "kitchen" in text]) == 1


async def test_a_model_that_is_not_sure_does_not_stop_the_coach(room: Room) -> None:
    room.model.says("coach", "Go on.")
    room.model.says("crisis", {"sign": "abuse", "confidence": 0.4})
    await room.opens()
    await room.says("he is mean")
    assert (await room.heard())[-1] == "Go on."


async def test_a_crisis_check_that_fails_does_not_keep_the_coach_silent(room: Room) -> None:
    room.model.says("coach", "Go on.")
    room.model.says("crisis", UNAVAILABLE)
    await room.opens()
    await room.says("he is mean")
    assert (await room.heard())[-1] == "Go on."


async def test_nobody_in_distress_waits_for_the_coach(room: Room) -> None:
    async def never(_: Question) -> str:
        await asyncio.Event().wait()
        raise AssertionError

    room.model.says("coach", never)
    room.model.says("crisis", {"sign": "self_harm", "confidence": 1.0})
    await room.opens()
    await room.says("everything is grey")
    assert crisis_reply("self_harm", "en") in await room.heard()
    assert (await room.said("model", "cost_micros"))[-1] == ("", 42)


async def test_what_failed_attempts_cost_is_written_down(room: Room) -> None:
    room.model.says("coach", ModelUnavailable(code="misfit", spent=Usage(50, 10, 21)))
    await room.opens()
    await room.says("words")
    assert (await room.said("model", "prompt_tokens", "completion_tokens", "cost_micros"))[-1] == (
        "",
        150,
        30,
        63,
    )


async def test_a_sign_counts_although_the_coach_fails(room: Room) -> None:
    room.model.says("coach", UNAVAILABLE)
    room.model.says("crisis", {"sign": "self_harm", "confidence": 1.0})
    await room.opens()
    await room.says("nobody would miss me")
    assert crisis_reply("self_harm", "en") in await room.heard()
    assert await room.sessions("state") == ["paused"]


async def test_a_demo_is_not_asked_for_signs(bot: Bot) -> None:
    room = Room(await on_database(make_guest, bot), has_model=False)
    room.model.says("coach", "Go on.")
    await room.opens()
    await room.says("he is mean")
    assert [question.purpose for question in room.model.asked] == ["coach"]


async def test_a_paused_session_is_not_coached(room: Room) -> None:
    await room.opens()
    await on_database(room.guest.asks, pause_for_crisis, "…", kind="abuse", rule="r")
    await room.says("hello?")
    assert (await room.heard())[-1] == say("session.resume_after_crisis", "en")
    assert room.model.asked == []


async def test_words_outside_of_a_session_are_not_coached(room: Room) -> None:
    await room.says("hello?")
    assert (await room.heard())[-1] in any_of("outside_session.text")
    assert room.model.asked == []


# The diagnostic.


async def test_a_diagnostic_asks_on_and_remembers_what_it_knows(room: Room) -> None:
    room.model.says("diagnostic", STEP)
    await room.opens("diagnostic")
    await room.says("I wait.")
    assert (await room.heard())[-1] == "And what do you do then?"
    ((state, count, data),) = await room.sessions("state", "question_count", "data")
    assert (state, count, data["known"]["signs"]) == ("active", 1, ["waits"])


async def test_a_diagnostic_that_knows_enough_concludes(room: Room) -> None:
    room.model.says("diagnostic", {**STEP, "enough": True})
    room.model.says("diagnosis", RESULT)
    room.model.says("stage", {"stage": "ORDEAL", "confidence": 0.9, "quotes": ["I wait"], "why": ""})
    await room.opens("diagnostic")
    await room.says("I wait.")
    assert "Knows before she can say." in (await room.heard())[-1]
    assert await room.sessions("state", "summary") == [("completed", "Knows before she can say.")]
    profile = await on_database(room.guest.profile)
    assert (profile.psychotype, profile.journey_stage, profile.strengths) == (
        "intuitive",
        "ORDEAL",
        ["courage"],
    )
    # The last words are part of what the diagnosis is made from, once.
    assert prompt_of(room.model.questions("diagnosis")[0]).count("I wait.") == 1


async def test_a_diagnostic_that_never_knows_enough_concludes_with_what_it_has(room: Room) -> None:
    room.model.says("diagnostic", STEP)
    room.model.says("diagnosis", RESULT)
    await room.opens("diagnostic")
    await on_database(
        lambda: _in_bot(room, lambda: Session.objects.update(question_count=LONGEST_DIAGNOSTIC - 1))
    )
    await room.says("I wait.")
    assert await room.sessions("state") == ["completed"]


async def test_a_diagnosis_that_fails_keeps_the_diagnostic_open(room: Room) -> None:
    room.model.says("diagnostic", {**STEP, "enough": True}, {**STEP, "enough": True})
    room.model.says("diagnosis", ModelUnavailable(code="misfit"), RESULT)
    await room.opens("diagnostic")
    await room.says("I wait.")
    assert (await room.heard())[-1] in any_of("model.unavailable")
    assert await room.sessions("state", "last_error") == [("active", "misfit")]
    await room.says("And now?")
    assert await room.sessions("state") == ["completed"]


async def test_a_step_without_words_becomes_a_kind_word(room: Room) -> None:
    room.model.says("diagnostic", {**STEP, "reply": " "})
    await room.opens("diagnostic")
    await room.says("I wait.")
    assert (await room.heard())[-1] in any_of("model.unavailable")
    assert await room.sessions("state", "last_error") == [("active", "model.garbage")]


# The end.


async def test_a_session_is_summed_up_by_the_model(room: Room) -> None:
    room.model.says("coach", "Why?")
    room.model.says("summary", SUMMARY)
    await room.opens()
    await room.says("I wait.")
    await room.ends()
    assert await room.sessions("state", "summary", "patterns") == [("completed", "She waits.", ["waits"])]
    assert (await room.said("role", "model"))[-1] == ("bot", "scripted")
    question = room.model.questions("summary")[0]
    assert "I wait." in prompt_of(question)


async def test_a_session_in_which_nothing_was_said_ends_without_the_model(room: Room) -> None:
    await room.opens()
    await room.ends()
    assert (await room.heard())[-1] == say("session.ended_empty", "en")
    assert await room.sessions("state") == ["completed"]
    assert room.model.asked == []


async def test_a_session_whose_summary_fails_ends_with_a_kind_word(room: Room) -> None:
    room.model.says("coach", "Why?")
    room.model.says("summary", UNAVAILABLE)
    await room.opens()
    await room.says("I wait.")
    await room.ends()
    assert (await room.heard())[-1] == say("session.ended_untold", "en")
    assert await room.sessions("state", "last_error") == [("completed", "unreachable")]


# Once only, and side by side.


async def test_a_turn_that_is_taken_twice_is_answered_once(room: Room) -> None:
    room.model.says("coach", "Why?", "Why, again?")
    await room.opens()
    visit = await room.says("I wait.")
    with pytest.raises(LeaseLost):
        await room.conversation.listen(visit, room.companion)
    assert [text for role, text in await room.said() if role == "user"].count("I wait.") == 1
    assert (await room.heard())[-1] == "Why?"
    assert await room.sessions("question_count") == [1]


async def test_a_turn_whose_update_was_taken_over_says_nothing(room: Room) -> None:
    async def taken_meanwhile(_: Question) -> str:
        thief: Guest = await on_database(taken_over, room.guest)
        await aio.run_in_bot(thief.bot.id, claim, hand=thief.hand, busy=(), lanes=9, burst_wait=0.0)
        return "Too late."

    room.model.says("coach", taken_meanwhile)
    await room.opens()
    visit = await room.comes("I wait.")
    with pytest.raises(LeaseLost):
        await room.conversation.listen(visit, room.companion)
    assert "Too late." not in await room.heard()
    assert await room.sessions("question_count") == [0]
    # The words are safe: whoever took the update over answers them.
    assert ("user", "I wait.") in await room.said()


async def test_turns_of_many_people_at_once_do_not_mix(bot: Bot) -> None:
    first = await on_database(make_guest, bot)
    rooms = [Room(first)]
    for _ in range(5):
        other = await on_database(make_guest, bot)
        # One lease serves them all: the newest.
        rooms.append(Room(other))
    hand = rooms[-1].guest.hand
    for number, each in enumerate(rooms):
        each.guest = Guest(bot, hand, each.guest.telegram_id)
        each.conversation = rooms[0].conversation
        each.model.says("coach", f"answer {number}")
        await each.opens()
    visits = [await each.comes(f"words {number}") for number, each in enumerate(rooms)]
    await asyncio.gather(
        *(each.conversation.listen(visit, each.companion) for each, visit in zip(rooms, visits, strict=True))
    )
    sent = await on_database(first.posts, "chat_id", "params")
    answers = {chat: params["text"] for chat, params in sent if params["text"].startswith("answer")}
    assert answers == {each.guest.telegram_id: f"answer {number}" for number, each in enumerate(rooms)}
    for number, each in enumerate(rooms):
        prompt = prompt_of(each.model.questions("coach")[0])
        assert re.findall(r"words \d", prompt) == [f"words {number}"]
