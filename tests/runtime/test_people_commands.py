"""What people ask about themselves, tap by tap in their own chat."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bots.models import Bot
from core import aio
from journey.models import JourneyProgress, Readiness
from mailbox.contracts import Post
from mailbox.models import Media, OutboundMessage, Priority
from mailbox.services.post import post
from profiles.contracts import Found
from profiles.models import Finding
from profiles.services.keep_findings import keep_findings
from sessions_app.crisis import hotline_list
from tests.care.folk import talker
from tests.cast import make_profile, on_database
from tests.fixtures.telegram import TelegramPerson
from tests.runtime.office import Office, all_settled, events, eventually, people, posted, rows, sessions, talk
from tests.runtime.runbots import ModelStub, open_model
from tests.runtime.test_walk import buttons_of, text

pytestmark = pytest.mark.usefixtures("told_at_once")

NOBODYS = UUID(int=7).hex


async def known(bot: Bot, *found: Found) -> None:
    """Something is known of the bot's only person."""
    (profile_id,) = await people(bot, "id")
    await aio.run_in_bot(
        bot.id, keep_findings, bot_id=bot.id, profile_id=profile_id, found=found, origin="session"
    )


async def finding(bot: Bot, **where: Any) -> tuple[str, str]:
    """The one line like this that holds: the data of its number, and its value."""
    ((found, value),) = await rows(
        bot, Finding, "id", "value", is_refused=False, ended_at__isnull=True, **where
    )
    return f"finding:pick:{found.hex}", value


async def answer_to(person: TelegramPerson, said: str) -> str:
    await person.say(said)
    (answer,) = await person.hear()
    return answer


async def answer_to_tap(person: TelegramPerson, button: str) -> str:
    await person.tap(button)
    (answer,) = await person.hear()
    return answer


async def tap_of_before(person: TelegramPerson, data: str) -> str:
    """Tap a button that is shown no longer, as an old message on another device still may."""
    (*_, shown) = await person.said_by_bot()
    await person._act("tap", message_id=shown["message_id"], data=data)
    (answer,) = await person.hear()
    return answer


# The journey


async def test_a_journey_that_has_not_begun_is_drawn_once_for_all_who_ask_again(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await vera.say("/my_journey")
    (first,) = await vera.hear_messages()
    await vera.say("/my_journey")
    (again,) = await vera.hear_messages()
    for shown in (first, again):
        assert text("journey.none_yet") in shown["caption"]
        assert "▫️ Ordeal" in shown["caption"]
        assert "reply_markup" not in shown
    assert (await vera.file(first)).startswith(b"\x89PNG")
    await all_settled(bot)
    ((file_id,),) = [await rows(bot, Media, "file_id")]
    assert again["photo"][-1]["file_id"] == file_id


async def test_two_people_never_share_a_picture_of_the_same_journey(office: Office) -> None:
    bot = await office.open()
    for person in (await office.friend(bot), await office.friend(bot)):
        await person.say("/my_journey")
        await person.hear()
    assert len(set(await rows(bot, Media, "digest"))) == 2


@pytest.mark.parametrize("name", ["<b>Vera</b>", "areV\u202e", "\u200b", "Z\u0351" * 60, "🧜‍♀️", "Вера" * 16])
async def test_a_journey_is_drawn_whatever_somebody_calls_themselves(office: Office, name: str) -> None:
    bot = await office.open()
    vera = await office.friend(bot, first_name=name)
    await vera.say("/my_journey")
    (shown,) = await vera.hear_messages()
    assert (await vera.file(shown)).startswith(b"\x89PNG")
    assert text("journey.none_yet") in shown["caption"]


async def test_this_is_not_me_is_taken_once_and_leads_back(office: Office) -> None:
    bot = await office.open()
    vera = await office.stranger(bot)
    await on_database(make_profile, bot, telegram_id=vera.id, first_name="Vera", journey_stage="ORDEAL")
    await vera.say("/my_journey")
    (shown,) = await vera.hear_messages()
    assert "📍 Ordeal" in shown["caption"]
    assert await buttons_of(vera) == [text("journey.not_me_button")]
    assert await answer_to_tap(vera, "notme:ORDEAL") == text("journey.disputed", stage="Ordeal", back="")
    assert await people(bot, "journey_stage") == [""]
    assert await rows(bot, JourneyProgress, "stage", "outcome") == [("ORDEAL", "disputed")]
    # On another device the button still stood there.
    assert await tap_of_before(vera, "notme:ORDEAL") == text("journey.dispute_old")
    assert await tap_of_before(vera, "notme:KITCHEN") == text("callback.too_old")
    assert await rows(bot, JourneyProgress, "stage", "outcome") == [("ORDEAL", "disputed")]


# The portrait


async def test_a_portrait_of_whom_nothing_is_known_says_so(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    assert await answer_to(vera, "/my_metaphysical_profile") == text("portrait.empty")
    assert await buttons_of(vera) == []


async def test_a_line_of_the_portrait_is_put_right_in_the_chat(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await known(bot, Found("occupation", "painter", "I paint all night"), Found("theme", "the sea"))
    portrait = await answer_to(vera, "/my_metaphysical_profile")
    assert "1. What you do: painter (“I paint all night”)" in portrait
    assert "2. the sea" in portrait
    assert await buttons_of(vera) == ["1", "2"]
    assert await answer_to_tap(vera, "1") == text(
        "portrait.picked_said", kind="What you do", value="painter", sentence="I paint all night"
    )
    assert await answer_to_tap(vera, text("portrait.fix_button")) == text("portrait.ask_fix", value="painter")
    assert await answer_to(vera, "sculptor") == text("portrait.fixed", value="sculptor")
    assert (await finding(bot, kind="occupation"))[1] == "sculptor"
    assert "1. What you do: sculptor" in await answer_to(vera, "/my_metaphysical_profile")
    # What is said next is words again, and nobody is asked about them.
    assert await answer_to(vera, "welder") != text("portrait.fixed", value="welder")
    assert (await finding(bot, kind="occupation"))[1] == "sculptor"


async def test_a_line_is_struck_out_for_good_while_the_numbers_beside_it_stay(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await known(bot, Found("theme", "the sea"), Found("theme", "silence"))
    sea, _ = await finding(bot, value="the sea")
    await answer_to(vera, "/my_metaphysical_profile")
    await answer_to_tap(vera, sea)
    assert await answer_to_tap(vera, text("portrait.drop_button")) == text("portrait.dropped")
    assert await answer_to_tap(vera, sea) == text("portrait.gone")
    await known(bot, Found("theme", "the sea"))
    assert await rows(bot, Finding, "value", order="value") == ["", "silence"]
    assert "the sea" not in await answer_to(vera, "/my_metaphysical_profile")


async def test_what_does_not_fit_a_line_is_not_written_down(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await known(bot, Found("age", "34"))
    await answer_to(vera, "/my_metaphysical_profile")
    await answer_to_tap(vera, "1")
    await answer_to_tap(vera, text("portrait.fix_button"))
    assert await answer_to(vera, "none of your business") == text("portrait.unfit", value="34")
    assert (await finding(bot, kind="age"))[1] == "34"


async def test_who_changes_their_mind_leaves_the_line_as_it_is(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await known(bot, Found("age", "34"))
    await answer_to(vera, "/my_metaphysical_profile")
    await answer_to_tap(vera, "1")
    assert await answer_to_tap(vera, text("portrait.keep_button")) == text("portrait.kept")
    await answer_to_tap(vera, "1")
    await answer_to_tap(vera, text("portrait.fix_button"))
    assert await answer_to_tap(vera, text("portrait.cancel_button")) == text("portrait.kept")
    await answer_to_tap(vera, "1")
    await answer_to_tap(vera, text("portrait.fix_button"))
    assert await answer_to(vera, "/help") == text("help.text")
    await answer_to(vera, "35")
    assert (await finding(bot, kind="age"))[1] == "34"


async def test_who_says_while_correcting_that_they_are_under_age_is_coached_no_more(office: Office) -> None:
    bot = await office.open()
    vera = await office.client_of(bot)
    await known(bot, Found("age", "34"))
    await answer_to(vera, "/my_metaphysical_profile")
    await answer_to_tap(vera, "1")
    await answer_to_tap(vera, text("portrait.fix_button"))
    told = await answer_to(vera, "15, to be honest")
    assert told == text("care.underage", hotlines=hotline_list("en"))
    assert await people(bot, "is_underage", "consented_at") == [(True, None)]
    await all_settled(bot)
    assert "15, to be honest" not in [said for _, said in await talk(bot)]
    for said in ("please go on", "/natasha", "/my_metaphysical_profile", "/my_journey"):
        assert await answer_to(vera, said) == text("start.underage", hotlines=hotline_list("en"))


@pytest.mark.parametrize(
    "data", ["finding:pick:what?", f"finding:drop:{NOBODYS}", "finding:fix:", "finding:"]
)
async def test_a_button_of_no_line_strikes_nothing_out(office: Office, data: str) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await known(bot, Found("theme", "silence"))
    await answer_to(vera, "/my_metaphysical_profile")
    assert await tap_of_before(vera, data) == text("portrait.gone")
    assert (await finding(bot))[1] == "silence"


async def test_the_line_of_somebody_else_is_out_of_reach(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await known(bot, Found("theme", "silence"))
    (theirs,) = await rows(bot, Finding, "id")
    boris = await office.friend(bot)
    await answer_to(boris, "/help")
    for what in ("pick", "fix", "drop"):
        assert await tap_of_before(boris, f"finding:{what}:{theirs.hex}") == text("portrait.gone")
    assert "silence" in await answer_to(vera, "/my_metaphysical_profile")


# Readiness and programmes


async def test_nobody_is_weighed_of_whom_nothing_was_heard(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    # What she asks for by commands is not heard of her, however often.
    for command in ("/analyze_readiness", "/my_journey", "/analyze_readiness"):
        await vera.say(command)
    assert (await vera.hear(3))[::2] == [text("readiness.too_early")] * 2
    assert await rows(bot, Readiness, "id") == []


async def test_what_is_known_already_is_shown_without_asking_the_model(office: Office) -> None:
    bot = await office.open()
    vera = await office.client_of(bot)
    await answer_to(vera, "I am afraid of my own shadow and I want to change.")
    await vera.say("/analyze_readiness")
    (first,) = await vera.hear()
    choices = await buttons_of(vera)
    await vera.say("/analyze_readiness")
    assert await vera.hear() == [first]
    assert await buttons_of(vera) == choices
    assert len(choices) == 3
    assert len(await rows(bot, Readiness, "id")) == 1


async def test_a_model_that_refuses_is_told_as_a_bad_line(office: Office) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"error": {"message": "no"}}, status=404)

    async with open_model(refuse) as model:
        bot = await office.open(model_provider="openai", model_base_url=model.url)
        vera = await office.client_of(bot)
        await answer_to(vera, "I want to change.")
        assert await answer_to(vera, "/analyze_readiness") == text("readiness.unavailable")
    assert await rows(bot, Readiness, "id") == []
    assert set(await rows(bot, OutboundMessage, "state", method="sendMessage")) == {"sent"}


@asynccontextmanager
async def judging(said: str) -> AsyncIterator[ModelStub]:
    """A model that gives this answer to whatever it is asked."""

    async def answer(_: web.Request) -> web.Response:
        message = {"role": "assistant", "content": said}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
        whole = {"id": "1", "object": "chat.completion", "created": 1, "model": "stub"}
        return web.json_response({**whole, "choices": [choice], "usage": usage})

    async with open_model(answer) as stub:
        yield stub


async def weighed(office: Office, model: ModelStub) -> tuple[Bot, TelegramPerson]:
    """Somebody who has said something, with a bot of this model."""
    bot = await office.open(model_provider="openai", model_base_url=model.url)
    vera = await office.stranger(bot)
    await on_database(talker, bot, "I am afraid of the sea.", telegram_id=vera.id, first_name="Vera")
    return bot, vera


async def test_programmes_and_quotes_that_a_model_invents_are_not_shown(office: Office) -> None:
    found = [
        {"stream": "moonshine", "percent": 99, "quote": "I am afraid of the sea.", "reason": "made up"},
        {"stream": "shadow", "percent": 80, "quote": "I love my shadow.", "reason": "She is <b>brave</b>."},
    ]
    async with judging(json.dumps({"streams": found})) as model:
        bot, vera = await weighed(office, model)
        with capture_logs() as logs:
            told = await answer_to(vera, "/analyze_readiness")
    assert "80 %" in told
    assert "moonshine" not in told
    assert "99" not in told
    assert "I love my shadow" not in told
    ((streams,),) = [await rows(bot, Readiness, "streams")]
    assert streams[0] == {
        "slug": "shadow",
        "percent": 80,
        "reason": streams[0]["reason"],
        "quote": "",
    }
    assert "brave" in told
    assert {each["percent"] for each in streams[1:]} == {0}
    assert len([each for each in logs if each["event"].startswith(("reflection.", "readiness."))]) == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param("", "empty", id="nothing"),
        pytest.param("I would rather not.", "misfit", id="prose"),
        pytest.param("{}", "misfit", id="nothing in it"),
        pytest.param('{"streams": [{"stream": "moonshine", "percent": 99}]}', "misfit", id="none on offer"),
        pytest.param("[" * 3_000_000, "too_long", id="3 MB"),
    ],
)
async def test_a_model_that_says_nothing_of_use_is_told_as_a_bad_line(
    office: Office, said: str, code: str
) -> None:
    async with judging(said) as model:
        bot, vera = await weighed(office, model)
        with capture_logs() as logs:
            assert await answer_to(vera, "/analyze_readiness") == text("readiness.unavailable")
            # Nor is it remembered: whoever asks again is told what is so by then.
            asked = model.asked
            assert await answer_to(vera, "/analyze_readiness") == text("readiness.unavailable")
            assert model.asked > asked
    assert await rows(bot, Readiness, "id") == []
    assert [each["code"] for each in logs if each["event"] == "readiness.model_failed"] == [code] * 2


async def test_somebody_in_distress_is_offered_nothing(office: Office) -> None:
    bot = await office.open(platform_url="https://platform.example/")
    vera = await office.client_of(bot)
    await vera.say("I want to kill myself")
    await vera.hear(2)
    assert await sessions(bot, "state") == ["paused"]
    for command in ("/analyze_readiness", "/streams", "/platform"):
        assert await answer_to(vera, command) == text("readiness.not_now")
        assert await buttons_of(vera) == []
    assert await rows(bot, Readiness, "id") == []


async def test_a_programme_is_chosen_and_marked_on_the_list(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    assert text("streams.title") in await answer_to(vera, "/streams")
    (shadow,) = [each for each in await buttons_of(vera) if "Shadow" in each]
    assert await answer_to_tap(vera, shadow) == text("readiness.chosen", name=shadow)
    assert await people(bot, "markers") == [{"interested_stream": "shadow"}]
    await answer_to(vera, "/streams")
    assert [each for each in await buttons_of(vera) if each.startswith("✓")] == [f"✓ {shadow}"]


async def test_a_programme_that_is_not_offered_cannot_be_chosen(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await answer_to(vera, "/streams")
    for slug in ("gone", "", "shadow:again"):
        assert await tap_of_before(vera, f"stream:{slug}") == text("readiness.chosen_gone")
    assert await people(bot, "markers") == [{}]


async def test_a_platform_that_is_not_open_yet_is_told_so(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    assert await answer_to(vera, "/platform") == text("platform.none")
    assert await buttons_of(vera) == []


# Quiet


async def test_who_asks_for_quiet_hears_nothing_that_the_bot_was_about_to_start(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    first_word = Post(
        key="first:1",
        chat_id=vera.id,
        method="sendMessage",
        params={"chat_id": vera.id, "text": "Good morning!"},
        priority=Priority.PROACTIVE,
    )
    # Nothing is sent meanwhile: it waits for its turn.
    await aio.run_in_bot(bot.id, post, bot_id=bot.id, posts=[first_word])
    assert await posted(bot, "state") == ["pending"]
    assert await answer_to(vera, "/pause") == text("quiet.paused")
    assert await answer_to(vera, "/pause") == text("quiet.paused_already")
    ((paused_at,),) = [await people(bot, "paused_at")]
    assert paused_at is not None
    assert await rows(bot, OutboundMessage, "id", key="first:1") == []
    # Asked, it answers as ever.
    assert await answer_to(vera, "/help") == text("help.text")
    assert await answer_to(vera, "/resume") == text("quiet.resumed")
    assert await answer_to(vera, "/resume") == text("quiet.resumed_already")
    assert await people(bot, "paused_at") == [None]
    await all_settled(bot)
    assert "Good morning!" not in [each.get("text") for each in await vera.said_by_bot()]


async def test_quiet_holds_with_this_bot_only(office: Office) -> None:
    bot, other = await office.open(), await office.open()
    vera = await office.friend(bot)
    await on_database(make_profile, other, telegram_id=vera.id)
    await answer_to(vera, "/pause")
    await eventually(lambda: people(bot, "paused_at"), until=lambda found: found[0] is not None)
    assert await people(other, "paused_at") == [None]


async def test_all_that_is_kept_is_handed_over_as_a_file(office: Office) -> None:
    bot = await office.open()
    vera = await office.client_of(bot)
    await vera.say("He never listens.")
    await vera.hear()
    await vera.say("/export")
    (message,) = await vera.hear_messages()
    assert message["caption"] == text("export.here_it_is")
    assert message["document"]["file_name"].endswith(".zip")
    with ZipFile(BytesIO(await vera.file(message))) as archive:
        said = json.loads(archive.read("messages.json"))
    assert "He never listens." in [each["text"] for each in said]
    assert await rows(bot, Media, "chat_id") == [vera.id]
    assert "profile.exported" in await events(bot)
    # Whoever asks again at once gets the same file.
    await vera.say("/export")
    await vera.hear()
    assert len(await rows(bot, Media, "id")) == 1
    await vera.say("/forget_me")
    await vera.hear()
    await vera.tap(text("forget.confirm_button"))
    await vera.hear()
    assert await rows(bot, Media, "id") == []


async def test_who_has_not_agreed_is_handed_what_little_there_is(office: Office) -> None:
    bot = await office.open()
    vera = await office.stranger(bot)
    await vera.say("/export")
    (message,) = await vera.hear_messages()
    with ZipFile(BytesIO(await vera.file(message))) as archive:
        (profile,) = json.loads(archive.read("profiles.json"))
        assert json.loads(archive.read("messages.json")) == []
    assert (profile["telegram_id"], profile["first_name"]) == (vera.id, "")
