"""What people see, from their first /start to the last word: the whole corridor, on real input."""

from __future__ import annotations

import asyncio

import pytest

from sessions_app.models import Message
from sessions_app.rendering import plain
from sessions_app.speech import say, variants
from tests.cast import make_profile, on_database
from tests.fixtures.telegram import TelegramPerson
from tests.runtime.office import (
    Office,
    all_settled,
    calls,
    events,
    eventually,
    heard,
    people,
    posted,
    rows,
    sessions,
    talk,
)

pytestmark = pytest.mark.usefixtures("told_at_once")


def text(key: str, language: str = "en", **values: object) -> str:
    """A text of the catalogue as the person reads it."""
    return plain(say(key, language, **values))


def any_of(key: str, language: str = "en") -> set[str]:
    return {plain(say(key, language, variant=number)) for number in range(variants(key, language))}


async def buttons_of(person: TelegramPerson) -> list[str]:
    """What the newest message of the bot offers."""
    (*_, last) = await person.said_by_bot()
    return [each["text"] for row in last.get("reply_markup", {}).get("inline_keyboard", []) for each in row]


async def test_from_the_first_start_to_the_coachs_answer(office: Office) -> None:
    bot = await office.open()
    vera = await office.stranger(bot, last_name="Orlova", username="vera")

    await vera.say("/start campaign-7")
    assert await vera.hear() == [text("start.greeting")]
    assert await people(bot, "telegram_id", "first_name", "last_name", "username", "source") == [
        (vera.id, "", "", "", "campaign-7")
    ]
    await vera.tap(text("start.consent_button"))
    assert await vera.hear() == [text("start.welcome")]
    assert await people(bot, "first_name", "last_name", "username", "source") == [
        ("Vera", "Orlova", "vera", "campaign-7")
    ]
    await vera.tap(text("outside_session.natasha_button"))
    (opening,) = await vera.hear()
    assert opening in any_of("session.natasha_opened")
    await vera.say("He never listens to me.")
    (answer,) = await vera.hear()
    assert text("demo.note") in answer

    await all_settled(bot)
    kept = await talk(bot)
    assert kept[1:3] == [("bot", opening), ("user", "He never listens to me.")]
    assert (kept[3][0], len(kept)) == ("bot", 4)
    assert await sessions(bot, "kind", "state", "question_count") == [("natasha", "active", 1)]
    assert await events(bot) == ["consent.given", "session.started"]
    assert await heard(bot, "outcome", "attempts") == [("done", 1)] * 4


async def test_buttons_go_away_once_tapped_and_the_tap_is_answered(office: Office) -> None:
    bot = await office.open()
    vera = await office.stranger(bot)
    await vera.say("/start")
    await vera.hear()
    await vera.tap(text("start.decline_button"))
    assert await vera.hear() == [text("start.declined")]
    await all_settled(bot)
    greeting, _ = await vera.said_by_bot()
    assert "reply_markup" not in greeting
    assert await eventually(lambda: calls(office, bot, "answerCallbackQuery")) == (1, 0)


async def test_before_consent_nothing_that_is_said_is_kept(office: Office) -> None:
    bot = await office.open()
    vera = await office.stranger(bot)
    await vera.say("My name is Vera and my husband is Boris.")
    assert await vera.hear(2) == [text("start.need_consent"), text("start.greeting")]
    await vera.say("/natasha")
    assert await vera.hear(2) == [text("start.need_consent"), text("start.greeting")]
    await all_settled(bot)
    assert await talk(bot) == []
    assert {bytes(each) for each in await heard(bot, "payload")} == {b""}
    assert await people(bot, "telegram_id", "first_name", "language") == [(vera.id, "", "en")]


async def test_who_is_under_age_is_turned_away_and_stays_so(office: Office) -> None:
    bot = await office.open()
    vera = await office.stranger(bot)
    await vera.say("/start")
    await vera.hear()
    await vera.tap(text("start.underage_button"))
    (turned_away,) = await vera.hear()
    await vera.say("please talk to me")
    assert await vera.hear() == [turned_away]
    assert await people(bot, "is_underage", "consented_at") == [(True, None)]
    await all_settled(bot)
    assert await talk(bot) == []


async def test_privacy_help_and_language_need_no_consent(office: Office) -> None:
    bot = await office.open()
    vera = await office.stranger(bot)
    for command, key in (
        ("/privacy", "privacy.text"),
        ("/help", "help.text"),
        ("/language", "language.choose"),
        ("/forget_me", "forget.confirm"),
    ):
        await vera.say(command)
        assert await vera.hear() == [text(key)]


async def test_each_is_spoken_to_in_their_language_until_they_choose_another(office: Office) -> None:
    bot = await office.open(language="ru")
    english, russian = await office.stranger(bot), office.sandbox.person(bot.token, language_code="ru")
    nameless = office.sandbox.person(bot.token)
    for person, language in ((english, "en"), (russian, "ru"), (nameless, "ru")):
        await person.say("/start")
        assert await person.hear() == [text("start.greeting", language)]
    await english.tap("Русский")
    assert await english.hear() == [text("start.greeting", "ru")]
    await english.say("/help")
    assert await english.hear() == [text("help.text", "ru")]
    await english.say("/language")
    await english.hear()
    await english.tap(text("language.en_button", "ru"))
    assert await english.hear() == [text("language.changed", "en")]
    await english.say("/help")
    assert await english.hear() == [text("help.text", "en")]
    await russian.say("/help")
    assert await russian.hear() == [text("help.text", "ru")]


async def test_a_person_with_two_bots_is_two_strangers(office: Office) -> None:
    bot, other = await office.open(), await office.open()
    with_bot = await office.client_of(bot)
    with_other = office.sandbox.person(other.token, user_id=with_bot.id, language_code="en")
    await asyncio.gather(with_bot.say("only for the first"), with_other.say("only for the second"))
    (answer,) = await with_bot.hear()
    assert text("demo.note") in answer
    assert await with_other.hear(2) == [text("start.need_consent"), text("start.greeting")]
    await asyncio.gather(all_settled(bot), all_settled(other))
    assert ("user", "only for the first") in await talk(bot)
    assert await talk(other) == []
    assert await people(other, "consented_at") == [None]
    assert await sessions(other, "id") == []


async def test_a_burst_of_texts_is_answered_once(office: Office) -> None:
    bot = await office.open(burst_wait=0.6)
    vera = await office.client_of(bot)
    for part in ("I wanted to say", "that he", "never calls"):
        await vera.say(part)
    await vera.hear()
    await all_settled(bot)
    kept = await talk(bot)
    assert [said for role, said in kept if role == "user"] == [
        "/natasha",
        "I wanted to say",
        "that he",
        "never calls",
    ]
    assert [role for role, _ in kept[-4:]] == ["user", "user", "user", "bot"]
    assert len(await vera.said_by_bot()) == 2
    assert await sessions(bot, "question_count") == [1]


async def test_turns_of_one_chat_are_answered_in_order(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    commands = ["/help", "/privacy", "/language"] * 3
    for each in commands:
        await vera.say(each)
    keys = {"/help": "help.text", "/privacy": "privacy.text", "/language": "language.choose"}
    assert await vera.hear(9) == [text(keys[each]) for each in commands]


async def test_many_people_are_answered_each_in_their_own_chat(office: Office) -> None:
    bot = await office.open()
    everybody = [await office.friend(bot) for _ in range(12)]
    await asyncio.gather(*(each.say("/diagnostic") for each in everybody))
    openings = await asyncio.gather(*(each.hear() for each in everybody))
    assert {opening for (opening,) in openings} <= any_of("session.diagnostic_opened")
    assert len(await sessions(bot, "id")) == 12


async def test_a_text_outside_of_a_session_is_offered_the_two_ways_in(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await vera.say("hello?")
    (offer,) = await vera.hear()
    assert offer in any_of("outside_session.text")
    assert await buttons_of(vera) == [
        text("outside_session.natasha_button"),
        text("outside_session.diagnostic_button"),
    ]
    await vera.tap("open:diagnostic")
    (opening,) = await vera.hear()
    assert opening in any_of("session.diagnostic_opened")


async def test_a_second_session_is_asked_about_first(office: Office) -> None:
    bot = await office.open()
    vera = await office.client_of(bot)
    await vera.say("/diagnostic")
    assert await vera.hear() == [text("session.other_open.natasha")]
    assert await sessions(bot, "kind", "state") == [("natasha", "active")]
    await vera.tap(text("session.continue_button"))
    assert await vera.hear() == [text("session.resumed.natasha")]
    await vera.say("/diagnostic")
    await vera.hear()
    await vera.tap(text("session.switch_button"))
    (opening,) = await vera.hear()
    assert opening in any_of("session.diagnostic_opened")
    assert await sessions(bot, "kind", "state") == [("natasha", "abandoned"), ("diagnostic", "active")]


async def test_a_session_ends_with_a_summary_and_writes_the_profile(office: Office) -> None:
    bot = await office.open()
    vera = await office.client_of(bot)
    await vera.say("He never listens, and I always wait until he does.")
    await vera.hear()
    await vera.say("/end_session")
    (told,) = await vera.hear()
    await all_settled(bot)
    ((state, summary, completed_at),) = await sessions(bot, "state", "summary", "completed_at")
    assert (state, bool(summary), completed_at is None) == ("completed", True, False)
    assert summary in told
    ((metaphysical,),) = [await people(bot, "metaphysical_profile")]
    assert set(metaphysical) == {"light", "themes", "patterns", "session"}
    assert (await events(bot))[-2:] == ["session.completed", "profile.updated"]
    await vera.say("/my_session_summary")
    (shown,) = await vera.hear()
    assert summary in shown
    await vera.say("/end_session")
    assert await vera.hear() == [text("session.none_open")]


async def test_a_sign_of_crisis_stops_the_coach_and_pauses_the_session(office: Office) -> None:
    bot = await office.open()
    vera = await office.client_of(bot)
    await vera.say("I want to kill myself")
    support, note = await vera.hear(2)
    assert "988" in support or "116 123" in support or "findahelpline" in support.lower()
    assert note == text("crisis.paused_note")
    assert await sessions(bot, "state") == ["paused"]
    assert (await events(bot))[-1] == "crisis.detected"
    await vera.say("are you there?")
    _, asked = await vera.hear(2)
    assert asked == text("session.resume_after_crisis")
    await vera.tap(text("session.resume_button"))
    assert await vera.hear() == [text("session.resumed_gently")]
    assert await sessions(bot, "state", "data") == [("active", {"gently": True})]


async def test_what_is_edited_counts_in_its_new_wording(office: Office) -> None:
    bot = await office.open()
    vera = await office.client_of(bot)
    message_id = await vera.say("I hate him")
    await vera.hear()
    await vera.edit(message_id, "I miss him")
    assert await vera.hear() == [text("edited.noted")]
    await all_settled(bot)
    said = await rows(bot, Message, "text", "edited_at", order="created_at", telegram_message_id=message_id)
    assert [(each, edited_at is None) for each, edited_at in said] == [("I miss him", False)]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ({"voice": {"file_id": "a", "file_unique_id": "b", "duration": 3}}, "media.voice"),
        ({"video_note": {"file_id": "a", "file_unique_id": "b", "duration": 3, "length": 9}}, "media.voice"),
        ({"photo": [{"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}]}, "media.photo"),
        (
            {
                "sticker": {
                    "file_id": "a",
                    "file_unique_id": "b",
                    "type": "regular",
                    "width": 9,
                    "height": 9,
                    "is_animated": False,
                    "is_video": False,
                }
            },
            "media.sticker",
        ),
        ({"location": {"latitude": 1.5, "longitude": 2.5}}, "media.location"),
        ({"contact": {"phone_number": "+7900", "first_name": "Boris"}}, "media.contact"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "media.other"),
    ],
)
async def test_what_cannot_be_understood_yet_is_answered_politely(
    office: Office, content: dict[str, object], key: str
) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await vera.send(
        {
            "message": {
                "message_id": 900,
                "date": 1_790_000_000,
                "chat": {"id": vera.id, "type": "private", "first_name": "Vera"},
                "from": {"id": vera.id, "is_bot": False, "first_name": "Vera", "language_code": "en"},
                **content,
            }
        }
    )
    assert await vera.hear() == [text(key)]


async def test_in_a_group_the_bot_asks_to_talk_in_private_and_remembers_nobody(office: Office) -> None:
    bot = await office.open()
    vera = await office.stranger(bot)
    await eventually(lambda: calls(office, bot, "getMe"), until=lambda counted: counted[0] > 0)
    group = {"user_id": vera.id, "chat_id": -4001, "chat_type": "group", "chat_title": "Friends"}
    username = (await office.sandbox.stats())["bots"][0]["username"]
    path = f"bots/{bot.token}/say"
    await office.sandbox.control("POST", path, {**group, "text": "just chatting"})
    await office.sandbox.control("POST", path, {**group, "text": f"/help@{username}"})
    await office.sandbox.control("POST", path, {**group, "text": "/help@somebody_else_bot"})

    async def said() -> list[str]:
        messages = await office.sandbox.control("GET", f"bots/{bot.token}/chats/-4001/messages")
        return [each["text"] for each in messages if each["from"]["is_bot"]]

    assert await eventually(said) == [text("group.private_only")]
    await all_settled(bot)
    assert await said() == [text("group.private_only")]
    assert await people(bot, "id") == []
    assert {bytes(each) for each in await heard(bot, "payload")} == {b""}


async def test_a_button_that_means_nothing_any_more_is_answered(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await vera.say("/privacy")
    await vera.hear()
    (shown,) = await vera.said_by_bot()
    await vera._act("tap", message_id=shown["message_id"], data="of an older version")
    assert await vera.hear() == [text("callback.too_old")]


async def test_an_old_tap_that_telegram_no_longer_knows_is_answered_all_the_same(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await office.sandbox.fail(
        token=bot.token,
        method="answerCallbackQuery",
        error_code=400,
        description="Bad Request: query is too old and response timeout expired or query ID is invalid",
        times=5,
    )
    await vera.say("hello")
    await vera.hear()
    await vera.tap("open:natasha")
    (opening,) = await vera.hear()
    assert opening in any_of("session.natasha_opened")
    await all_settled(bot)
    assert set(await heard(bot, "outcome")) == {"done"}


async def test_a_tap_under_a_message_that_is_gone_is_answered(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await vera.send(
        {
            "callback_query": {
                "id": "77",
                "from": {"id": vera.id, "is_bot": False, "first_name": "Vera", "language_code": "en"},
                "chat_instance": "1",
                "message": {
                    "message_id": 4_000,
                    "date": 0,
                    "chat": {"id": vera.id, "type": "private", "first_name": "Vera"},
                },
                "data": "open:natasha",
            }
        }
    )
    (opening,) = await vera.hear()
    assert opening in any_of("session.natasha_opened")
    await all_settled(bot)
    done = [("sendMessage", "sent"), ("editMessageReplyMarkup", "failed")]
    await eventually(lambda: posted(bot, "method", "state"), until=lambda found: found == done)


async def test_an_unknown_command_is_answered(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await vera.say("/fly")
    assert await vera.hear() == [text("unknown_command.text")]


async def test_who_is_forgotten_may_begin_anew(office: Office) -> None:
    bot = await office.open()
    vera = await office.client_of(bot)
    await vera.say("My secret is 4711.")
    await vera.hear()
    await vera.say("/forget_me")
    await vera.hear()
    await vera.tap(text("forget.confirm_button"))
    assert await vera.hear() == [text("forget.done")]
    await all_settled(bot)
    assert (await people(bot, "id"), await talk(bot), await sessions(bot, "id")) == ([], [], [])
    assert {bytes(each) for each in await heard(bot, "payload")} == {b""}
    assert await posted(bot, "params", chat_id=vera.id) == []
    await vera.say("/start")
    assert await vera.hear() == [text("start.greeting")]


async def test_who_is_forgotten_everywhere_is_so_in_every_bot(office: Office) -> None:
    bot, other = await office.open(), await office.open()
    vera = await office.client_of(bot)
    await on_database(make_profile, other, telegram_id=vera.id)
    await on_database(make_profile, other, telegram_id=vera.id + 10_000_000)
    await vera.say("/forget_me")
    await vera.hear()
    await vera.tap(text("forget.everywhere_button"))
    assert await vera.hear() == [text("forget.done")]
    await all_settled(bot)
    assert await people(bot, "telegram_id") == []
    assert await people(other, "telegram_id") == [vera.id + 10_000_000]
    assert await events(other) == ["profile.erased"]


async def test_telegram_is_told_the_commands_in_both_languages(office: Office) -> None:
    bot = await office.open()
    assert await eventually(
        lambda: calls(office, bot, "setMyCommands"), until=lambda counted: counted[0] == 3
    ) == (3, 0)
    for language, described in (("ru", text("commands.help", "ru")), ("de", text("commands.help", "en"))):
        shown = await office.sandbox.control("GET", f"bots/{bot.token}/chats/1?language_code={language}")
        assert {each["command"]: each["description"] for each in shown["commands"]}["help"] == described
