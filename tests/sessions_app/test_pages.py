"""The pages about a person and their way, in words and buttons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bots.models import Bot
from core.clock import Clock
from core.tenancy import in_bot
from journey.contracts import Journey, Judgement, Move, Step, StreamReadiness
from journey.models import Readiness
from journey.services.move_stage import move_stage
from journey.stages import StageCode
from mailbox.models import Media
from profiles.contracts import FindingLine, Found
from profiles.models import ActivityLog
from profiles.services.keep_findings import keep_findings
from sessions_app import pages
from sessions_app.companion import StageBook, StreamBook
from sessions_app.contracts import Cost
from sessions_app.durations import duration
from sessions_app.rendering import units
from sessions_app.services.keep_quiet import keep_quiet, speak_first
from sessions_app.services.open_session import open_session
from sessions_app.services.pause_for_crisis import pause_for_crisis
from sessions_app.services.say_text import say_help
from sessions_app.services.show_journey import dispute_stage, show_journey
from sessions_app.services.show_portrait import handle_finding, show_portrait, take_correction
from sessions_app.services.show_readiness import (
    choose_stream,
    show_known_readiness,
    show_new_readiness,
    show_platform,
    show_streams,
)
from sessions_app.speech import LANGUAGES, say
from tests.sessions_app.guests import Guest, make_guest
from tests.sessions_app.telegram_html import seen

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STREAMS = StreamBook().streams("en")


@pytest.fixture
def vera(bot: Bot) -> Guest:
    return make_guest(bot)


def step(stage: str, *, days: float = 1.0, outcome: str = "", quotes: tuple[str, ...] = ()) -> Step:
    started = NOW - timedelta(days=days)
    return Step(uuid4(), stage, started, None if not outcome else NOW, outcome, 0.9, quotes)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "1 min"),
        (59 * 60, "59 min"),
        (3600, "1 h"),
        (47 * 3600, "47 h"),
        (48 * 3600, "2 d"),
        (1e7, "115 d"),
    ],
)
def test_a_time_is_told_in_its_unit(seconds: float, told: str) -> None:
    assert duration(seconds, "en") == told


def test_the_journey_names_each_stage_and_why_they_are_where_they_are() -> None:
    journey = Journey(
        "REFUSAL",
        (
            step("CALL_TO_ADVENTURE", days=3, outcome="completed"),
            step("REFUSAL", quotes=("I <fear>", "not now")),
        ),
        ("CALL_TO_ADVENTURE",),
        (),
    )
    line = pages.journey_line("en", journey=journey, stages=StageBook().stages("en"), now=NOW, photo=None)
    text = seen(line.html)
    assert "▫️ Ordinary World\n✅ Call to Adventure · 3 d\n📍 Refusal of the Call · 24 h\n▫️ Meeting" in text
    assert "“I <fear>”" in text
    assert [each.data for row in line.buttons for each in row] == ["notme:REFUSAL"]
    picture = pages.journey_picture(
        "en", journey=journey, stages=StageBook().stages("en"), name="Vera", now=NOW
    )
    assert [each.state for each in picture.marks[:4]] == ["ahead", "done", "current", "ahead"]
    assert picture.subtitle == "Vera · 02.03.2026"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_journey_fits_under_a_picture(language: str) -> None:
    quotes = ("я " * 150, "ж" * 300)
    stages = StageBook().stages(language)
    for each in stages:
        steps = tuple(step(one.code, days=400, outcome="completed") for one in stages if one != each)
        journey = Journey(each.code, (*steps, step(each.code, quotes=quotes)), tuple(stages), ())  # type: ignore[arg-type]
        line = pages.journey_line(language, journey=journey, stages=stages, now=NOW, photo=uuid4())
        assert units(seen(line.html)) <= 1024


def moved(kind: Any, was: StageCode | None, to: StageCode | None, quote: str = "") -> str | None:
    return pages.moved(
        "en",
        move=Move(kind, was, to),
        stage_of=lambda code: StageBook().stage(code, "en"),
        quote=quote,
    )


def test_what_moved_is_told_and_silence_where_nothing_is_known() -> None:
    call, refusal = StageCode.CALL_TO_ADVENTURE, StageCode.REFUSAL
    assert moved("unclear", None, None) is None
    told = moved("enters", call, refusal, "not now")
    assert told is not None
    assert (
        seen(told)
        == "What moved: Call to Adventure → Refusal of the Call\nI heard it in your words: “not now”"
    )
    assert "here we stay" in str(moved("refused", call, refusal, "not now"))
    assert "here we stay" in str(moved("stays", call, call))


def finding(kind: str, value: str, sentence: str = "") -> FindingLine:
    return FindingLine(uuid4(), kind, value, sentence, "said")


def test_a_portrait_is_numbered_and_every_line_has_its_button() -> None:
    found = [finding("age", "34", "I am 34"), finding("gender", "female"), finding("theme", "<loyalty>")]
    line = pages.portrait("en", light=-50, findings=found)
    text = seen(line.html)
    assert "1. Age: 34 (“I am 34”)\n2. Gender: female" in text
    assert "3. <loyalty>" in text
    assert "🌑 ▰▰" in text
    assert [each.label for row in line.buttons for each in row] == ["1", "2", "3"]
    assert seen(pages.portrait("en", light=None, findings=[]).html) == seen(say("portrait.empty", "en"))


# From the services.


def know(guest: Guest, *found: Found) -> None:
    with in_bot(guest.bot.id):
        keep_findings(bot_id=guest.bot.id, profile_id=guest.profile().id, found=found, origin="said")


def tapped(guest: Guest, what: str, data: str) -> None:
    finding_id = UUID(hex=data.rpartition(":")[2]) if data.rpartition(":")[2] else None
    guest.asks(handle_finding, tap=data, what=what, finding_id=finding_id)


def test_a_line_is_picked_and_corrected_in_the_person_s_words(vera: Guest) -> None:
    know(vera, Found("location", "Kazan", "I live in Kazan"))
    vera.asks(show_portrait, "/my_metaphysical_profile")
    (pick,) = vera.buttons()
    tapped(vera, "pick", pick)
    fix, drop, keep = vera.buttons()
    assert (fix.split(":")[1], drop.split(":")[1], keep) == ("fix", "drop", "finding:keep:")
    tapped(vera, "fix", fix)
    visit = vera.comes("Tver")
    assert visit.awaits.startswith("correct:")
    vera.is_served(take_correction, visit)
    assert vera.heard()[-1].startswith("Corrected, now it says: Tver")
    assert vera.profile().location == "Tver"
    assert vera.comes("and now?").awaits == ""


def test_a_correction_that_makes_no_sense_is_not_taken(vera: Guest) -> None:
    know(vera, Found("age", "34", "I am 34"))
    vera.asks(show_portrait, "/my_metaphysical_profile")
    (pick,) = vera.buttons()
    tapped(vera, "fix", pick.replace("pick", "fix"))
    vera.is_served(take_correction, vera.comes("a lot"))
    assert "I cannot write that down" in vera.heard()[-1]
    assert vera.profile().age == 34


def test_who_corrects_their_age_to_under_18_is_turned_away(vera: Guest) -> None:
    know(vera, Found("age", "34", "I am 34"))
    vera.asks(show_portrait, "/my_metaphysical_profile")
    (pick,) = vera.buttons()
    tapped(vera, "fix", pick.replace("pick", "fix"))
    vera.is_served(take_correction, vera.comes("16"))
    assert "under 18" in vera.heard()[-1]
    assert (vera.profile().is_underage, vera.profile().consented_at) == (True, None)


def test_a_line_is_struck_out_or_left(vera: Guest) -> None:
    know(vera, Found("interest", "painting"))
    vera.asks(show_portrait, "/my_metaphysical_profile")
    (pick,) = vera.buttons()
    tapped(vera, "keep", "finding:keep:")
    assert vera.heard()[-1] == say("portrait.kept", "en")
    tapped(vera, "drop", pick.replace("pick", "drop"))
    assert vera.heard()[-1] == say("portrait.dropped", "en")
    assert vera.profile().interests == []
    tapped(vera, "drop", pick.replace("pick", "drop"))
    assert vera.heard()[-1] == say("portrait.gone", "en")


def test_a_command_in_between_ends_the_waiting_and_so_does_time(vera: Guest, stopped_clock: Clock) -> None:
    know(vera, Found("location", "Kazan"))
    vera.asks(show_portrait, "/my_metaphysical_profile")
    (pick,) = vera.buttons()
    tapped(vera, "fix", pick.replace("pick", "fix"))
    vera.asks(say_help, "/help")
    assert vera.asks(say_help, "Tver").awaits == ""
    tapped(vera, "fix", pick.replace("pick", "fix"))
    stopped_clock.advance(timedelta(minutes=16))
    assert vera.comes("Tver").awaits == ""


def test_the_picture_is_kept_once_and_posted_by_its_id(vera: Guest) -> None:
    def told(photo: UUID | None) -> Any:
        return pages.journey_line(
            "en", journey=Journey("", (), (), ()), stages=StageBook().stages("en"), now=NOW, photo=photo
        )

    for png in (b"png", b""):
        vera.asks(show_journey, "/my_journey", png=png, digest="d", told=told)
    with in_bot(vera.bot.id):
        (media,) = Media.objects.for_bot(vera.bot.id)
    assert (bytes(media.content), media.chat_id) == (b"png", vera.telegram_id)
    posts = vera.posts("method", "params")
    assert [method for method, _ in posts] == ["sendPhoto"] * 2
    assert [params["photo"] for _, params in posts] == [{"media_id": str(media.id)}] * 2


def test_this_is_not_me_takes_the_stage_back_once(vera: Guest) -> None:
    with in_bot(vera.bot.id):
        for stage in (StageCode.CALL_TO_ADVENTURE, StageCode.REFUSAL):
            move_stage(
                bot_id=vera.bot.id,
                profile_id=vera.profile().id,
                judgement=Judgement(stage, 0.9, ("my words",)),
            )
    for _ in range(2):
        vera.asks(dispute_stage, tap="notme:REFUSAL", stage="REFUSAL", stages=StageBook())
    first, second = vera.heard()
    assert "I take “Refusal of the Call” back and return you to “Call to Adventure”." in first
    assert second == say("journey.dispute_old", "en")
    assert vera.profile().journey_stage == "CALL_TO_ADVENTURE"


READY = [
    StreamReadiness("shadow", 70, "You look at it.", "I am angry"),
    StreamReadiness("hero-path", 60, "You go.", ""),
    StreamReadiness("open-heart", 20, "", ""),
    StreamReadiness("awakening", 10, "", ""),
]


def test_readiness_is_shown_with_three_buttons_and_kept(vera: Guest) -> None:
    vera.asks(
        show_new_readiness, "/analyze_readiness", found=READY, streams=STREAMS, digest="d", cost=Cost("gpt")
    )
    assert vera.buttons() == ["stream:shadow", "stream:hero-path", "stream:open-heart"]
    assert "“I am angry”" in vera.heard()[-1]
    assert vera.profile().readiness == {"shadow": 70, "hero-path": 60, "open-heart": 20, "awakening": 10}
    vera.asks(show_known_readiness, "/analyze_readiness", found=READY, streams=STREAMS)
    assert vera.heard()[-1] == vera.heard()[-2]
    vera.asks(choose_stream, tap="stream:shadow", slug="shadow", streams=STREAMS)
    assert "Transforming the Shadow" in vera.heard()[-1]
    assert vera.profile().markers["interested_stream"] == "shadow"
    with in_bot(vera.bot.id):
        assert Readiness.objects.for_bot(vera.bot.id).get().chosen == "shadow"
        assert ActivityLog.objects.for_bot(vera.bot.id).filter(kind="stream_chosen").count() == 1
    vera.asks(show_streams, "/streams", streams=STREAMS)
    assert "stream:shadow" in vera.buttons()


def test_a_programme_that_is_gone_cannot_be_chosen(vera: Guest) -> None:
    vera.asks(choose_stream, tap="stream:gone", slug="gone", streams=STREAMS)
    assert vera.heard()[-1] == say("readiness.chosen_gone", "en")
    assert vera.profile().markers == {}


def test_the_platform_is_the_person_s_own_link(vera: Guest) -> None:
    vera.asks(show_platform, "/platform", has_platform=False)
    assert vera.heard()[-1] == say("platform.none", "en")
    vera.asks(show_platform, "/platform", has_platform=True)
    (button,) = vera.posts("params")[-1]["reply_markup"]["inline_keyboard"][0]
    assert "/go/" in button["url"]


def test_nothing_is_offered_to_somebody_in_distress(vera: Guest) -> None:
    vera.asks(open_session, "/natasha", kind="natasha")
    vera.asks(pause_for_crisis, "it hurts", kind="self_harm", rule="r")
    vera.asks(show_streams, "/streams", streams=STREAMS)
    vera.asks(show_platform, "/platform", has_platform=True)
    assert vera.heard()[-2:] == [say("readiness.not_now", "en")] * 2


def test_quiet_is_kept_and_ended(vera: Guest) -> None:
    for service in (keep_quiet, keep_quiet, speak_first, speak_first):
        vera.asks(service, "/pause")
    assert vera.heard() == [
        say(f"quiet.{key}", "en") for key in ("paused", "paused_already", "resumed", "resumed_already")
    ]
    assert vera.profile().paused_at is None
