"""What was said in a conversation, as the inbox shows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bots.models import Bot
from core.clock import Clock, clock
from core.ids import new_id
from core.tenancy import in_bot
from events.services.record_event import record_event
from journey.models import JourneyProgress
from profiles.models import Finding, ProfileVersion
from sessions_app.errors import InboxError
from sessions_app.models import SavedReply
from sessions_app.selectors.crisis_signs import crisis_signs
from sessions_app.selectors.inbox_talk import InboxTalk, inbox_talk
from sessions_app.selectors.open_drafts import open_drafts
from sessions_app.selectors.saved_replies import saved_replies
from sessions_app.selectors.transcript import Mark, Said, Stretch, transcript
from sessions_app.selectors.why_said import WhySaid, why_said
from sessions_app.services.note_opening import note_opening
from sessions_app.services.tend_inbox import add_note
from tests.dashboard.talks import Talk, make_talk

pytestmark = pytest.mark.usefixtures("as_staff")


@pytest.fixture
def vera(bot: Bot, stopped_clock: Clock) -> Talk:
    return make_talk(bot, first_name="Vera")


def stretch(talk: Talk, **asked: Any) -> Stretch:
    with in_bot(talk.bot.id):
        return transcript(bot_id=talk.bot.id, conversation_id=talk.id, profile_id=talk.person.id, **asked)


def told(found: Stretch) -> list[str]:
    """Words as they are; of marks, what they are."""
    return [each.text if isinstance(each, Said) else f"<{each.kind} {each.what}>" for each in found.entries]


def talk_of(talk: Talk, reader_id: int = 1) -> InboxTalk:
    with in_bot(talk.bot.id):
        found = inbox_talk(bot_id=talk.bot.id, conversation_id=talk.id, reader_id=reader_id)
    assert found is not None
    return found


def why(talk: Talk, message_id: Any) -> WhySaid | None:
    with in_bot(talk.bot.id):
        return why_said(bot_id=talk.bot.id, conversation_id=talk.id, message_id=message_id)


def test_words_stand_in_their_order_with_sessions_between(vera: Talk, stopped_clock: Clock) -> None:
    vera.says("Hello")
    stopped_clock.advance(timedelta(minutes=1))
    session = vera.session(
        started_at=clock.now(), state="completed", completed_at=clock.now() + timedelta(hours=1)
    )
    vera.answers("What brought you here?", "Well?", session=session, at=clock.now() + timedelta(minutes=1))
    with in_bot(vera.bot.id):
        stopped_clock.advance(timedelta(hours=2))
        add_note(bot_id=vera.bot.id, conversation_id=vera.id, user_id=None, text="Tired")  # type: ignore[arg-type]
        record_event(
            bot_id=vera.bot.id,
            kind="crisis.detected",
            profile_id=vera.person.id,
            payload={"sign": "self_harm"},
        )
    assert told(stretch(vera)) == [
        "Hello",
        "<began natasha>",
        "What brought you here?",
        "Well?",
        "<ended completed>",
        "<note >",
        "<crisis.detected self_harm>",
    ]


def test_older_words_are_asked_for_by_place(vera: Talk) -> None:
    vera.says(*(str(number) for number in range(7)))
    newest = stretch(vera, most=3)
    assert told(newest) == ["4", "5", "6"]
    before = stretch(vera, most=3, before=newest.older)
    assert told(before) == ["1", "2", "3"]
    first = stretch(vera, most=3, before=before.older)
    assert (told(first), first.older) == (["0"], None)


def test_marks_belong_to_one_stretch_alone(vera: Talk, stopped_clock: Clock) -> None:
    vera.session(started_at=clock.now() - timedelta(minutes=1))
    vera.says("0", "1")
    stopped_clock.advance(timedelta(minutes=1))
    with in_bot(vera.bot.id):
        add_note(bot_id=vera.bot.id, conversation_id=vera.id, user_id=None, text="Note")  # type: ignore[arg-type]
    stopped_clock.advance(timedelta(minutes=1))
    vera.says("2", "3")
    newest = stretch(vera, most=2)
    assert told(newest) == ["2", "3"]
    assert told(stretch(vera, most=2, before=newest.older)) == ["<began natasha>", "0", "1", "<note >"]


def test_the_same_stretch_again_holds_what_was_said_since(vera: Talk, stopped_clock: Clock) -> None:
    vera.says("0", "1", "2")
    first = stretch(vera, most=2)
    stopped_clock.advance(timedelta(minutes=1))
    vera.says("3")
    again = stretch(vera, since=first.since)
    assert (told(again), again.since) == (["1", "2", "3"], first.since)


def test_an_operators_words_carry_who_wrote_them(vera: Talk) -> None:
    from tests.web.people import make_coach  # noqa: PLC0415

    anna = make_coach(vera.bot)
    anna.first_name = "Anna"
    anna.save()
    vera.answers("I am here", operator=anna)
    vera.answers("From before", operator_id=999_999_999, at=clock.now() - timedelta(hours=1))
    gone, (said,) = stretch(vera).entries[0], stretch(vera).entries[1:]
    assert isinstance(said, Said)
    assert (said.operator_name, said.sending) == ("Anna", "")
    assert isinstance(gone, Said)
    assert (gone.operator_id, gone.operator_name) == (999_999_999, "")


def test_whoever_took_over_stands_in_the_transcript(vera: Talk) -> None:
    with in_bot(vera.bot.id):
        record_event(
            bot_id=vera.bot.id,
            kind="conversation.taken_over",
            profile_id=vera.person.id,
            payload={"by": 999_999_999, "conversation": str(vera.id)},
        )
        record_event(bot_id=vera.bot.id, kind="stage.changed", profile_id=vera.person.id)
    (mark,) = stretch(vera).entries
    assert isinstance(mark, Mark)
    assert (mark.kind, mark.by_name) == ("conversation.taken_over", "")


def test_the_stamp_changes_with_everything_that_a_page_shows(vera: Talk, stopped_clock: Clock) -> None:
    stamps = [talk_of(vera).stamp]

    def has_changed() -> bool:
        stamps.append(talk_of(vera).stamp)
        return stamps[-1] not in stamps[:-1]

    assert not has_changed()
    (said,) = vera.says("Hello")
    assert has_changed()
    with in_bot(vera.bot.id):
        said.edited_at = clock.now()
        said.save()
    assert has_changed()
    vera.draft("Perhaps")
    assert has_changed()
    vera.item(mode="human", operator_id=None, hand_back_at=clock.now() + timedelta(minutes=30))
    assert has_changed()
    stopped_clock.advance(timedelta(minutes=31))
    assert has_changed()
    vera.session()
    assert has_changed()


def test_a_reason_holds_for_a_day_and_for_who_gave_it(vera: Talk, stopped_clock: Clock) -> None:
    assert not talk_of(vera).is_opened
    with in_bot(vera.bot.id):
        note_opening(
            bot_id=vera.bot.id, conversation_id=vera.id, reader_id=1, reason="other", words=" To learn. "
        )
    assert talk_of(vera).is_opened
    assert not talk_of(vera, reader_id=2).is_opened
    assert vera.events("conversation.opened") == [{"by": 1, "reason": "other", "conversation": str(vera.id)}]
    stopped_clock.advance(timedelta(hours=24))
    assert not talk_of(vera).is_opened


@pytest.mark.parametrize(("reason", "words"), [("", ""), ("curiosity", "Because"), ("other", "  ")])
def test_without_a_reason_nothing_is_opened(vera: Talk, reason: str, words: str) -> None:
    with in_bot(vera.bot.id), pytest.raises(InboxError) as error:
        note_opening(bot_id=vera.bot.id, conversation_id=vera.id, reader_id=1, reason=reason, words=words)
    assert error.value.code == "inbox.no_reason"
    assert vera.events("conversation.opened") == []


def test_a_conversation_of_another_bot_is_not_there(vera: Talk, other_bot: Bot) -> None:
    with in_bot(other_bot.id):
        assert inbox_talk(bot_id=other_bot.id, conversation_id=vera.id, reader_id=1) is None
        with pytest.raises(InboxError) as error:
            note_opening(bot_id=other_bot.id, conversation_id=vera.id, reader_id=1, reason="crisis")
    assert error.value.code == "inbox.unknown"


def test_drafts_wait_oldest_first(vera: Talk, stopped_clock: Clock) -> None:
    vera.draft("First")
    stopped_clock.advance(timedelta(seconds=1))
    vera.draft("Second")
    with in_bot(vera.bot.id):
        rows = open_drafts(bot_id=vera.bot.id, conversation_id=vera.id)
    assert [row.text for row in rows] == ["First", "Second"]


def test_saved_replies_are_those_of_the_language_with_the_name_filled_in() -> None:
    unique = str(new_id())
    for language, text in (("en", "Hello, {name}! {stays}"), ("ru", "Привет, {name}!"), ("", "{name}?")):
        SavedReply.objects.create(name=f"{unique} {language}", language=language, text=text)
    found = dict(saved_replies(language="en", name="Vera"))
    assert {name: text for name, text in found.items() if unique in name} == {
        f"{unique} en": "Hello, Vera! {stays}",
        f"{unique} ": "Vera?",
    }


def test_signs_of_crisis_come_with_their_times(vera: Talk, stopped_clock: Clock) -> None:
    times = []
    with in_bot(vera.bot.id):
        for sign in ("self_harm", "violence"):
            record_event(
                bot_id=vera.bot.id, kind="crisis.detected", profile_id=vera.person.id, payload={"sign": sign}
            )
            times.append(clock.now())
            stopped_clock.advance(timedelta(hours=1))
        signs = crisis_signs(bot_id=vera.bot.id, profile_id=vera.person.id)
    assert signs == [("violence", times[1]), ("self_harm", times[0])]


def test_why_tells_of_the_model_and_of_what_was_known_then(vera: Talk, stopped_clock: Clock) -> None:
    started = clock.now()
    session = vera.session(started_at=started)
    person = {"bot": vera.bot, "profile_id": vera.person.id}
    vera.says("Before", session=session)
    stopped_clock.advance(timedelta(minutes=1))
    with in_bot(vera.bot.id):
        JourneyProgress.objects.create(id=new_id(), **person, stage="REFUSAL", started_at=clock.now())
        ProfileVersion.objects.create(
            id=new_id(), **person, number=3, origin="visit", psychological_summary="…", created_at=clock.now()
        )
        Finding.objects.create(
            id=new_id(),
            **person,
            kind="theme",
            value="Sea",
            origin="said",
            digest="1",
            created_at=clock.now(),
        )
    stopped_clock.advance(timedelta(minutes=1))
    (answer,) = vera.answers(
        "And?",
        session=session,
        model="gpt-x",
        prompt_tokens=900,
        completion_tokens=80,
        cost_micros=1234,
        latency_ms=2100,
        prompt_version_id=new_id(),
    )
    stopped_clock.advance(timedelta(minutes=1))
    with in_bot(vera.bot.id):
        Finding.objects.create(
            id=new_id(),
            **person,
            kind="theme",
            value="Later",
            origin="said",
            digest="2",
            created_at=clock.now(),
        )
    assert why(vera, answer.id) == WhySaid(
        at=answer.created_at,
        model="gpt-x",
        prompt_tokens=900,
        completion_tokens=80,
        cost_micros=1234,
        latency_ms=2100,
        # Its persona is gone.
        prompt_version_id=None,
        prompt_key="",
        prompt_number=None,
        session_kind="natasha",
        said_before=1,
        stage="REFUSAL",
        summary_number=3,
        findings=1,
    )


def test_why_is_told_of_the_bots_own_answers_alone(vera: Talk) -> None:
    (said,) = vera.says("Hello")
    (operators,) = vera.answers("I am here", operator_id=1)
    (plain,) = vera.answers("Welcome!")
    assert why(vera, said.id) is None
    assert why(vera, operators.id) is None
    assert why(vera, new_id()) is None
    found = why(vera, plain.id)
    assert found is not None
    assert (found.model, found.session_kind, found.said_before, found.stage) == ("", "", 0, "")
