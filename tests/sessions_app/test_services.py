from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bots.models import Bot
from core.clock import Clock, clock
from core.tenancy import in_bot
from journey.contracts import Judgement
from journey.stages import StageCode
from mailbox.contracts import LeaseLost
from mailbox.services.claim import claim
from profiles.models import Profile
from sessions_app.companion import StageBook
from sessions_app.contracts import Button, Closing, Cost, Line, Opening
from sessions_app.crisis import crisis_reply, hotline_list
from sessions_app.models import InboxItem, Message, Session
from sessions_app.outcomes import DiagnosticResult, SessionSummary
from sessions_app.reflections import Reflection
from sessions_app.rendering import Html, plain
from sessions_app.services import forget_person, say_text, welcome
from sessions_app.services.answer import answer
from sessions_app.services.close_turns import close_turns
from sessions_app.services.complete_session import (
    complete_untold,
    complete_with_diagnosis,
    complete_with_summary,
)
from sessions_app.services.note_edit import note_edit
from sessions_app.services.note_failure import note_failure
from sessions_app.services.open_session import open_session, switch_session
from sessions_app.services.open_turns import open_turns
from sessions_app.services.pause_for_crisis import pause_for_crisis
from sessions_app.services.resume_session import resume_session
from sessions_app.services.show_summary import show_summary
from sessions_app.speech import say, variants
from tests.cast import make_profile
from tests.sessions_app.guests import Guest, make_guest, taken_over

# Her own words put her on a stage.
REFUSING = Reflection(Judgement(StageCode.REFUSAL, 0.8, ("not now, the children",)))


@pytest.fixture
def vera(bot: Bot) -> Guest:
    return make_guest(bot)


@pytest.fixture
def stranger(bot: Bot) -> Guest:
    return make_guest(bot, has_consented=False)


def any_of(key: str) -> set[str]:
    return {say(key, "en", variant=number) for number in range(variants(key, "en"))}


# Answering.


def test_an_answer_keeps_the_words_of_both_posts_the_lines_and_settles_the_updates(
    vera: Guest, stopped_clock: Clock
) -> None:
    visit = vera.comes("hello", "are you there?")
    lines = [
        Line(Html("<b>Yes</b> &amp; no"), ((Button("Go", "open:natasha"),),)),
        Line(Html("second")),
    ]
    vera.is_served(answer, visit, lines=lines)
    assert vera.said("role", "text", "session_id", "inbound_id") == [
        ("user", "hello", None, visit.inbound_ids[0]),
        ("user", "are you there?", None, visit.inbound_ids[1]),
        ("bot", "Yes & no\n\nsecond", None, visit.cause),
    ]
    assert vera.posts("key", "chat_id", "method", "priority", "correlation_id") == [
        (f"{visit.cause}:0", vera.telegram_id, "sendMessage", 0, str(visit.cause)),
        (f"{visit.cause}:1", vera.telegram_id, "sendMessage", 0, str(visit.cause)),
    ]
    assert vera.posts("params")[0] == {
        "chat_id": vera.telegram_id,
        "text": "<b>Yes</b> &amp; no",
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": [[{"text": "Go", "callback_data": "open:natasha"}]]},
    }
    assert vera.updates("outcome", "payload") == [("done", b"{her words}")] * 2


def test_an_answer_that_is_given_twice_is_refused_the_second_time_and_leaves_nothing(vera: Guest) -> None:
    visit = vera.comes("hello")
    vera.is_served(answer, visit, lines=[Line(Html("once"))])
    with pytest.raises(LeaseLost):
        vera.is_served(answer, visit, lines=[Line(Html("twice"))])
    assert vera.said() == [("user", "hello"), ("bot", "once")]
    assert vera.heard() == ["once"]


def test_an_answer_of_an_earlier_holder_is_undone(vera: Guest) -> None:
    visit = vera.comes("hello")
    later = taken_over(vera)
    with in_bot(later.bot.id):
        claim(hand=later.hand, busy=(), lanes=9, burst_wait=0.0)
    with pytest.raises(LeaseLost):
        vera.is_served(answer, visit, lines=[Line(Html("late"))])
    assert (vera.said(), vera.heard(), vera.updates("outcome")) == ([], [], [""])


def test_before_consent_an_answer_keeps_nothing_that_was_said(stranger: Guest) -> None:
    stranger.asks(answer, "my secret", lines=[Line(Html("terms"))])
    assert stranger.said() == []
    assert stranger.updates("outcome", "payload") == [("done", b"")]
    assert stranger.heard() == ["terms"]


def test_a_tapped_button_is_taken_away_after_the_answer(vera: Guest) -> None:
    visit = vera.asks(answer, tap="open:natasha", lines=[Line(Html("opened"))])
    assert vera.posts("key", "method") == [
        (f"{visit.cause}:0", "sendMessage"),
        (f"{visit.cause}:buttons", "editMessageReplyMarkup"),
    ]
    assert vera.posts("params")[1] == {"chat_id": vera.telegram_id, "message_id": 321}


def test_a_tap_under_a_message_that_is_gone_takes_nothing_away(vera: Guest) -> None:
    visit = vera.comes(tap="open:natasha", is_tap_gone=True)
    vera.is_served(answer, visit, lines=[])
    assert vera.posts("key") == []
    assert vera.said() == []


# The door.


def test_who_said_to_be_under_age_is_not_let_in_by_asking_again(stranger: Guest) -> None:
    stranger.asks(welcome.turn_away_underage, tap="consent:underage")
    stranger.asks(welcome.greet, "/start")
    assert stranger.buttons() == []
    stranger.asks(welcome.consent, tap="consent:yes")
    with in_bot(stranger.bot.id):
        profile = Profile.objects.get(bot_id=stranger.bot.id, telegram_id=stranger.telegram_id)
    assert (profile.is_underage, profile.consented_at) == (True, None)


def test_who_had_agreed_and_taps_no_is_told_what_is_kept(vera: Guest) -> None:
    vera.asks(welcome.decline, tap="consent:no")
    assert vera.buttons() == ["forget:ask", "close:"]


def test_a_stranger_is_greeted_with_the_terms(stranger: Guest) -> None:
    stranger.asks(welcome.greet, "/start")
    assert stranger.heard() == [say("start.greeting", "en")]
    assert stranger.buttons() == ["consent:yes", "consent:no", "consent:underage", "hello:ru", "hello:en"]


def test_the_greeting_is_shown_again_in_the_chosen_language(stranger: Guest) -> None:
    stranger.asks(welcome.greet_in, tap="hello:ru", language="ru")
    assert stranger.heard() == [say("start.greeting", "ru")]
    assert stranger.profile().language == "ru"


def test_who_has_consented_already_is_not_asked_again_in_the_new_language(vera: Guest) -> None:
    vera.asks(welcome.greet_in, tap="hello:ru", language="ru")
    assert vera.heard() == [say("language.changed", "ru")]


def test_consent_opens_the_two_doors_and_keeps_the_name(stranger: Guest) -> None:
    stranger.asks(welcome.consent, tap="consent:yes")
    assert stranger.heard() == [say("start.welcome", "en")]
    assert stranger.buttons() == ["open:natasha", "open:diagnostic"]
    profile = stranger.profile()
    assert (profile.first_name, profile.consented_at is None) == ("Vera", False)
    # What was said in the same act is kept from here on.
    assert [role for role, _ in stranger.said()] == ["bot"]


def test_consent_given_twice_is_told_so(vera: Guest) -> None:
    vera.asks(welcome.consent, tap="consent:yes")
    assert vera.heard() == [say("start.already_consented", "en")]


def test_who_declines_is_left_in_peace(stranger: Guest) -> None:
    stranger.asks(welcome.decline, tap="consent:no")
    assert stranger.heard() == [say("start.declined", "en")]
    assert stranger.profile().consented_at is None


def test_who_is_under_age_is_turned_away_with_people_to_turn_to(vera: Guest) -> None:
    vera.asks(welcome.turn_away_underage, tap="consent:underage")
    told = say("start.underage", "en", hotlines=hotline_list("en"))
    assert vera.heard() == [told]
    profile = vera.profile()
    assert (profile.is_underage, profile.consented_at) == (True, None)
    vera.asks(welcome.ask_for_consent, "but I want to talk")
    assert vera.heard() == [told, told]
    assert vera.said() == []


def test_what_needs_consent_is_answered_with_the_terms(stranger: Guest) -> None:
    stranger.asks(welcome.ask_for_consent, "talk to me")
    assert stranger.heard() == [say("start.need_consent", "en"), say("start.greeting", "en")]


def test_who_comes_back_is_led_to_where_they_were(vera: Guest) -> None:
    vera.asks(welcome.greet, "/start")
    assert vera.heard()[-1] == say("start.welcome_back", "en", name="Vera")
    assert vera.buttons() == ["open:natasha", "open:diagnostic"]
    for kind in ("natasha", "diagnostic"):
        vera.asks(switch_session, tap=f"switch:{kind}", kind=kind)
        vera.asks(welcome.greet, "/start")
        assert vera.heard()[-1] == say(f"start.welcome_back_{kind}", "en", name="Vera")
    vera.asks(pause_for_crisis, "…", kind="abuse", rule="r")
    vera.asks(welcome.greet, "/start")
    assert vera.heard()[-1] == say("session.resume_after_crisis", "en")


def test_who_has_no_name_is_a_friend(bot: Bot) -> None:
    nameless = make_guest(bot)
    visit = nameless.comes("/start")
    with in_bot(bot.id):
        welcome.greet(visit=replace(visit, person=replace(visit.person, first_name="")))
    assert nameless.heard() == [say("start.welcome_back", "en", name=say("start.friend", "en"))]


def test_the_language_is_asked_for_and_changed_from_that_answer_on(vera: Guest) -> None:
    vera.asks(welcome.ask_language, "/language")
    assert vera.heard() == [say("language.choose", "en")]
    assert vera.buttons() == ["language:ru", "language:en"]
    vera.asks(welcome.set_language, tap="language:ru", language="ru")
    assert vera.heard()[-1] == say("language.changed", "ru")
    assert vera.comes("hi").language == "ru"


# Pages.


@pytest.mark.parametrize(
    ("service", "text"),
    [
        (say_text.say_help, say("help.text", "en")),
        (say_text.say_privacy, say("privacy.text", "en")),
        (say_text.say_unknown_command, say("unknown_command.text", "en")),
        (say_text.say_old_button, say("callback.too_old", "en")),
        (forget_person.ask_to_forget, say("forget.confirm", "en")),
        (forget_person.keep_after_all, say("forget.cancelled", "en")),
    ],
)
def test_a_page_says_its_text(vera: Guest, service: Callable[..., None], text: str) -> None:
    vera.asks(service, "/page")
    assert vera.heard() == [text]


def test_a_text_outside_of_a_session_is_kept_and_offered_the_two_doors(vera: Guest) -> None:
    vera.asks(say_text.say_outside_session, "hello")
    (offer,) = vera.heard()
    assert offer in any_of("outside_session.text")
    assert vera.buttons() == ["open:natasha", "open:diagnostic"]
    assert vera.said()[0] == ("user", "hello")


def test_a_close_button_only_goes_away(vera: Guest) -> None:
    vera.asks(say_text.say_nothing, tap="close:")
    assert vera.posts("method") == ["editMessageReplyMarkup"]


# Sessions.


@pytest.mark.parametrize("kind", ["natasha", "diagnostic"])
def test_a_session_begins_with_its_opening_words(vera: Guest, stopped_clock: Clock, kind: str) -> None:
    visit = vera.asks(open_session, f"/{kind}", kind=kind)
    assert vera.sessions("kind", "state", "question_count", "started_at", "patterns", "data") == [
        (kind, "active", 0, clock.now(), [], {})
    ]
    (opening,) = vera.heard()
    assert opening in any_of(f"session.{kind}_opened")
    session_id = vera.session_id()
    assert vera.said("role", "session_id") == [("user", session_id), ("bot", session_id)]
    assert vera.events("kind", "profile_id", "payload", "correlation_id") == [
        (
            "session.started",
            visit.person.id,
            {"session": str(session_id), "kind": kind},
            visit.correlation_id,
        )
    ]
    assert vera.comes("hi").session is not None


def test_the_same_session_again_is_gone_back_into(vera: Guest) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    vera.asks(open_session, "/natasha", kind="natasha")
    assert vera.heard()[-1] == say("session.already_open.natasha", "en")
    with in_bot(vera.bot.id):
        Session.objects.for_bot(vera.bot.id).update(question_count=3)
    vera.asks(open_session, "/natasha", kind="natasha")
    assert vera.heard()[-1] == say("session.resumed.natasha", "en")
    assert len(vera.sessions("id")) == 1


def test_while_one_is_open_another_is_asked_about_first(vera: Guest) -> None:
    vera.asks(open_session, "/diagnostic", kind="diagnostic")
    vera.asks(open_session, "/natasha", kind="natasha")
    assert vera.heard()[-1] == say("session.other_open.diagnostic", "en")
    assert vera.buttons() == ["resume:open", "switch:natasha"]
    assert vera.sessions("kind", "state") == [("diagnostic", "active")]


def test_a_paused_session_is_never_opened_past_its_pause(vera: Guest) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    vera.asks(pause_for_crisis, "…", kind="self_harm", rule="r")
    for kind in ("natasha", "diagnostic"):
        vera.asks(open_session, f"/{kind}", kind=kind)
        assert vera.heard()[-1] == say("session.resume_after_crisis", "en")
        assert vera.buttons() == ["resume:gently", "resume:not_now"]
    assert vera.sessions("kind", "state") == [("natasha", "paused")]


def test_who_chose_to_switch_leaves_the_one_and_begins_the_other(vera: Guest, stopped_clock: Clock) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    first = vera.session_id()
    vera.asks(switch_session, tap="switch:diagnostic", kind="diagnostic")
    assert sorted(vera.sessions("kind", "state", "completed_at")) == [
        ("diagnostic", "active", None),
        ("natasha", "abandoned", clock.now()),
    ]
    assert vera.events("kind", "payload")[1:] == [
        ("session.abandoned", {"session": str(first), "kind": "natasha"}),
        (
            "session.started",
            {"session": str(_open(vera)), "kind": "diagnostic"},
        ),
    ]


def _open(guest: Guest) -> Any:
    session = guest.comes("?").session
    assert session is not None
    return session.id


def test_a_switch_that_is_tapped_late_does_no_harm(vera: Guest) -> None:
    vera.asks(switch_session, tap="switch:diagnostic", kind="diagnostic")
    vera.asks(switch_session, tap="switch:diagnostic", kind="diagnostic")
    assert vera.sessions("kind", "state") == [("diagnostic", "active")]
    assert vera.heard()[-1] == say("session.already_open.diagnostic", "en")


def test_a_paused_session_is_not_switched_away(vera: Guest) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    vera.asks(pause_for_crisis, "…", kind="self_harm", rule="r")
    vera.asks(switch_session, tap="switch:diagnostic", kind="diagnostic")
    assert vera.sessions("kind", "state") == [("natasha", "paused")]
    assert vera.heard()[-1] == say("session.resume_after_crisis", "en")


def test_a_session_at_hand_is_gone_on_with(vera: Guest) -> None:
    vera.asks(resume_session, tap="resume:open", how="open")
    assert vera.heard()[-1] == say("session.none_open", "en")
    vera.asks(open_session, "/natasha", kind="natasha")
    vera.asks(resume_session, tap="resume:open", how="open")
    assert vera.heard()[-1] == say("session.resumed.natasha", "en")


@pytest.mark.parametrize("how", ["open", "gently"])
def test_after_a_crisis_a_session_goes_on_gently_only(vera: Guest, how: str) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    vera.asks(pause_for_crisis, "…", kind="self_harm", rule="r")
    vera.asks(resume_session, tap=f"resume:{how}", how=how)
    assert vera.heard()[-1] == say("session.resumed_gently", "en")
    assert vera.sessions("state", "data") == [("active", {"gently": True})]


def test_a_pause_may_last(vera: Guest) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    vera.asks(pause_for_crisis, "…", kind="self_harm", rule="r")
    vera.asks(resume_session, tap="resume:not_now", how="not_now")
    assert vera.heard()[-1] == say("session.stay_paused", "en", hotlines=hotline_list("en"))
    vera.asks(say_text.say_paused, "still here")
    assert vera.heard()[-2:] == [
        say("crisis.still_paused", "en", hotlines=hotline_list("en")),
        say("session.resume_after_crisis", "en"),
    ]
    assert vera.sessions("state") == ["paused"]


@pytest.mark.parametrize("kind", ["self_harm", "violence", "abuse"])
def test_a_sign_of_crisis_is_answered_with_support_and_told_to_staff(vera: Guest, kind: str) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    visit = vera.asks(pause_for_crisis, "the words themselves", kind=kind, rule="en.rule", cost=Cost("m", 5))
    assert vera.heard()[1:] == [crisis_reply(kind, "en"), say("crisis.paused_note", "en")]
    assert vera.sessions("state") == ["paused"]
    assert vera.events("kind", "profile_id", "payload")[-1] == (
        "crisis.detected",
        visit.person.id,
        {"sign": kind, "rule": "en.rule", "session": str(vera.session_id())},
    )
    assert vera.said("role", "text", "model", "prompt_tokens")[-2:] == [
        ("user", "the words themselves", "", 0),
        ("bot", plain(crisis_reply(kind, "en")) + "\n\n" + plain(say("crisis.paused_note", "en")), "m", 5),
    ]


def test_a_sign_of_crisis_outside_of_a_session_is_answered_too_and_nothing_is_said_to_be_paused(
    vera: Guest,
) -> None:
    vera.asks(pause_for_crisis, "…", kind="violence", rule="r")
    assert vera.heard() == [crisis_reply("violence", "en")]
    assert vera.events("kind", "payload") == [
        ("crisis.detected", {"sign": "violence", "rule": "r", "session": None})
    ]


def test_a_minor_is_coached_no_more(vera: Guest) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    vera.asks(pause_for_crisis, "I am 14", kind="minor", rule="r")
    assert vera.heard()[1:] == [crisis_reply("minor", "en")]
    profile = vera.profile()
    assert (profile.is_underage, profile.consented_at) == (True, None)
    assert sorted(vera.events()) == ["crisis.detected", "profile.underage", "session.started"]


# The end of a session.

SUMMARY = SessionSummary.model_validate(
    {
        "summary": "She waits <for> him.",
        "patterns": ["waits", "forgives"],
        "core_issue": "fear of being left",
        "metaphysical": {"light": -30, "themes": ["loyalty"], "patterns": ["waiting"]},
        "next_step": "say no once",
    }
)
DIAGNOSIS = DiagnosticResult.model_validate(
    {
        "psychotype": "emotional",
        "stage": "REFUSAL",
        "strengths": ["warmth"],
        "challenges": ["waiting"],
        "suggested_stream": "Hero's Path",
        "explanation": "She feels first & thinks later.",
    }
)


def test_a_summary_ends_the_session_writes_the_profile_and_is_told(vera: Guest, stopped_clock: Clock) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    visit = vera.comes("/end_session")
    vera.is_served(
        complete_with_summary,
        visit,
        session=visit.session,
        outcome=SUMMARY,
        reflection=REFUSING,
        stages=StageBook(),
        cost=Cost("gpt", 10, 5, 77, 900),
    )
    assert vera.sessions("state", "completed_at", "summary", "patterns", "core_issue", "data") == [
        (
            "completed",
            clock.now(),
            "She waits <for> him.",
            ["waits", "forgives"],
            "fear of being left",
            {"next_step": "say no once"},
        )
    ]
    assert vera.profile().metaphysical_profile == {
        "light": -30,
        "themes": ["loyalty"],
        "patterns": ["waiting"],
        "session": str(vera.session_id()),
    }
    told = vera.heard()[-1]
    assert "She waits &lt;for&gt; him." in told
    assert "• waits\n• forgives" in told
    assert vera.said("model", "prompt_tokens", "completion_tokens", "cost_micros", "latency_ms")[-1] == (
        "gpt",
        10,
        5,
        77,
        900,
    )
    assert set(vera.events()) == {
        "session.started",
        "session.completed",
        "profile.updated",
        "stage.changed",
        "funnel.started_journey",
    }
    assert vera.comes("hello").session is None


def test_a_diagnosis_ends_the_session_and_writes_who_the_person_is(vera: Guest) -> None:
    vera.asks(open_session, "/diagnostic", kind="diagnostic")
    visit = vera.comes("my last answer")
    vera.is_served(
        complete_with_diagnosis,
        visit,
        session=visit.session,
        outcome=DIAGNOSIS,
        reflection=REFUSING,
        stages=StageBook(),
        cost=Cost("gpt"),
    )
    profile = vera.profile()
    assert (profile.psychotype, profile.strengths, profile.challenges, profile.journey_stage) == (
        "emotional",
        ["warmth"],
        ["waiting"],
        "REFUSAL",
    )
    ((state, summary, data),) = vera.sessions("state", "summary", "data")
    assert (state, summary) == ("completed", "She feels first & thinks later.")
    assert data["result"]["suggested_stream"] == "Hero's Path"
    told = vera.heard()[-1]
    assert "She feels first &amp; thinks later." in told
    assert say("diagnostic.stream", "en", stream="Hero's Path") in told
    assert vera.said()[-2] == ("user", "my last answer")


def test_a_session_of_which_nothing_can_be_told_ends_all_the_same(vera: Guest, stopped_clock: Clock) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    visit = vera.comes("/end_session")
    vera.is_served(
        complete_untold, visit, session=visit.session, key="session.ended_untold", error="unreachable"
    )
    assert vera.sessions("state", "last_error", "last_error_at", "summary") == [
        ("completed", "unreachable", clock.now(), "")
    ]
    assert vera.heard()[-1] == say("session.ended_untold", "en")


def test_the_summary_of_a_session_is_shown_open_or_done(vera: Guest) -> None:
    vera.asks(show_summary, "/my_session_summary", stages=StageBook())
    assert vera.heard()[-1] == say("overview.none", "en")
    vera.asks(open_session, "/natasha", kind="natasha")
    vera.asks(show_summary, "/my_session_summary", stages=StageBook())
    assert say("overview.title.natasha", "en") in vera.heard()[-1]
    assert say("overview.nothing_yet", "en") in vera.heard()[-1]
    visit = vera.comes("/end_session")
    vera.is_served(
        complete_with_summary,
        visit,
        session=visit.session,
        outcome=SUMMARY,
        reflection=Reflection(),
        stages=StageBook(),
        cost=Cost(),
    )
    vera.asks(show_summary, "/my_session_summary", stages=StageBook())
    assert "She waits &lt;for&gt; him." in vera.heard()[-1]
    assert "• waits" in vera.heard()[-1]


def test_a_session_that_was_left_for_another_is_not_shown(vera: Guest) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    vera.asks(switch_session, tap="switch:diagnostic", kind="diagnostic")
    vera.asks(show_summary, "/my_session_summary", stages=StageBook())
    assert say("overview.title.diagnostic", "en") in vera.heard()[-1]


# Turns.


def test_the_words_of_a_turn_are_kept_and_what_was_said_before_comes_back(vera: Guest) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    visit = vera.comes("one", "two")
    assert visit.session is not None
    opening = Opening(visit.conversation_id, visit.session.id, visit.words)
    with in_bot(vera.bot.id):
        (history,) = open_turns(bot_id=vera.bot.id, openings=[opening])
        # However often the walk is taken.
        assert open_turns(bot_id=vera.bot.id, openings=[opening]) == [history]
    assert [role for role, _ in history] == ["user", "bot"]
    assert vera.said("role", "text", "session_id")[-2:] == [
        ("user", "one", visit.session.id),
        ("user", "two", visit.session.id),
    ]


def test_turns_of_several_people_are_opened_and_closed_together(bot: Bot) -> None:
    guests = [make_guest(bot)]
    guests += [Guest(bot, guests[0].hand, make_guest_id(bot)) for _ in range(2)]
    for each in guests:
        each.asks(open_session, "/natasha", kind="natasha")
    visits = [each.comes(f"words of {number}") for number, each in enumerate(guests)]
    sessions = [visit.session for visit in visits]
    assert all(sessions)
    with in_bot(bot.id):
        histories = open_turns(
            bot_id=bot.id,
            openings=[
                Opening(visit.conversation_id, visit.session.id, visit.words)  # type: ignore[union-attr]
                for visit in visits
            ],
        )
        close_turns(
            bot_id=bot.id,
            closings=[
                Closing(
                    visit=visit,
                    session_id=visit.session.id,  # type: ignore[union-attr]
                    text=f"answer {number}",
                    lines=(Line(Html(f"answer {number}")),),
                    cost=Cost("gpt", 1, 2, 3, 4),
                    error="empty" if number == 1 else "",
                    data={"known": number} if number == 2 else None,
                )
                for number, visit in enumerate(visits)
            ],
        )
    assert [len(history) for history in histories] == [2, 2, 2]
    by_session = dict(
        zip(
            guests[0].sessions("id"),
            guests[0].sessions("question_count", "last_error", "data"),
            strict=True,
        )
    )
    assert [by_session[visit.session.id] for visit in visits] == [  # type: ignore[union-attr]
        (1, "", {}),
        (0, "empty", {}),
        (1, "", {"known": 2}),
    ]
    assert sorted(text for role, text in guests[0].said() if text.startswith("answer")) == [
        "answer 0",
        "answer 1",
        "answer 2",
    ]
    assert set(guests[0].updates("outcome")) == {"done"}


def make_guest_id(bot: Bot) -> int:
    return make_profile(bot).telegram_id


def test_a_turn_that_goes_well_again_forgets_the_error_but_not_its_time(
    vera: Guest, stopped_clock: Clock
) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    begun = clock.now()
    for error in ("unreachable", ""):
        visit = vera.comes("words")
        assert visit.session is not None
        closing = Closing(visit, visit.session.id, "text", (Line(Html("text")),), error=error)
        with in_bot(vera.bot.id):
            close_turns(bot_id=vera.bot.id, closings=[closing])
    assert vera.sessions("question_count", "last_error", "last_error_at") == [(1, "", begun)]


def test_one_turn_that_is_in_hand_no_longer_undoes_the_whole_batch(vera: Guest) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    visit = vera.comes("words")
    assert visit.session is not None
    closing = Closing(visit, visit.session.id, "text", (Line(Html("text")),))
    with in_bot(vera.bot.id):
        close_turns(bot_id=vera.bot.id, closings=[closing])
    said = vera.said()
    with pytest.raises(LeaseLost), in_bot(vera.bot.id):
        close_turns(bot_id=vera.bot.id, closings=[closing])
    assert (vera.said(), vera.sessions("question_count")) == (said, [1])


# When something of ours fails, and when people change their minds.


def test_a_failure_keeps_the_words_and_the_place_and_is_told_kindly(
    vera: Guest, stopped_clock: Clock
) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    vera.asks(note_failure, "my words", code="ProgrammingError")
    assert vera.sessions("state", "last_error", "last_error_at") == [
        ("active", "ProgrammingError", clock.now())
    ]
    assert vera.heard()[-1] in any_of("error.kept")
    assert ("user", "my words") in vera.said()
    assert vera.updates("outcome", "reason")[-1] == ("buried", "ProgrammingError")


def test_a_failure_outside_of_a_session_is_told_too(vera: Guest) -> None:
    vera.asks(note_failure, "my words", code="x" * 400)
    assert vera.heard()[-1] in any_of("error.kept")
    # And somebody of the team can answer in its place.
    with in_bot(vera.bot.id):
        assert [each.need for each in InboxItem.objects.for_bot(vera.bot.id)] == ["failed"]
    assert vera.updates("outcome", "reason") == [("buried", "x" * 300)]


def test_an_edited_message_counts_in_its_new_wording(vera: Guest, stopped_clock: Clock) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    visit = vera.asks(say_text.say_nothing, "I hate him")
    message_id = visit.words[0].telegram_message_id
    vera.asks(note_edit, telegram_message_id=message_id, text="I miss him")
    with in_bot(vera.bot.id):
        message = Message.objects.for_bot(vera.bot.id).get(telegram_message_id=message_id)
    assert (message.text, message.edited_at) == ("I miss him", clock.now())
    assert vera.heard()[-1] == say("edited.noted", "en")


def test_an_edit_of_what_is_not_known_is_passed_over(vera: Guest) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    vera.asks(note_edit, telegram_message_id=999_999, text="something else")
    assert (len(vera.heard()), "something else" in str(vera.said())) == (1, False)


def test_an_edit_outside_of_a_session_is_noted_in_silence(vera: Guest) -> None:
    visit = vera.asks(say_text.say_nothing, "first")
    vera.asks(note_edit, telegram_message_id=visit.words[0].telegram_message_id, text="second")
    assert (vera.said(), vera.heard()) == ([("user", "second")], [])
