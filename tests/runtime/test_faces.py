"""What Telegram says of a person, found out beside the talk: in nobody's way, and never believed blindly."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from aiohttp import web

from bots.models import Bot
from core import aio
from core.clock import clock
from profiles.contracts import Face
from profiles.models import Finding, LinkedChannel, Profile
from profiles.services.keep_look_up import keep_look_up
from runtime.faces import look_up_face
from sessions_app.crisis import hotline_list
from telegram_client.client import TelegramClient
from tests.cast import make_bot, make_profile, make_token, on_database
from tests.fixtures.telegram import TelegramPerson
from tests.runtime.foreign_server import fallen_over, not_found_as_json, open_foreign_server
from tests.runtime.office import Office, calls, eventually, jobs, people, rows
from tests.runtime.test_walk import text
from tests.sandbox.pictures import picture

pytestmark = pytest.mark.usefixtures("told_at_once")

LONG_AGO = timedelta(days=8)


async def of_whom_nothing_is_known(office: Office, bot: Bot, **fields: Any) -> tuple[TelegramPerson, Profile]:
    """Somebody who has consented, and about whom Telegram has not been asked yet."""
    person = await office.stranger(bot)
    profile = await on_database(
        make_profile, bot, **{"telegram_id": person.id, "looked_up_at": None, **fields}
    )
    return person, profile


async def looked_up(bot: Bot, person: TelegramPerson) -> tuple[str, str, str]:
    """The person does something; bio and picture once Telegram was asked."""
    await person.say("/help")
    await person.hear()
    await eventually(lambda: jobs(bot, "outcome", kind="own.look_up"), until=lambda found: found == ["done"])
    ((bio, photo_id, photo_file_id),) = await people(bot, "bio", "photo_id", "photo_file_id")
    return bio, photo_id, photo_file_id


async def test_a_face_is_kept_with_bio_picture_birthday_and_channel(office: Office) -> None:
    bot = await office.open()
    vera, _ = await of_whom_nothing_is_known(office, bot)
    channel = await office.sandbox.new_channel(bot.token, title="Dawn", owner=vera)
    await vera.set_face(
        bio="Teacher\nof <b>music</b>", photo=picture(), birthdate=date(1990, 4, 3), personal_chat=channel
    )
    bio, photo_id, photo_file_id = await looked_up(bot, vera)
    assert bio == "Teacher of <b>music</b>"
    assert photo_id
    assert photo_file_id
    assert await people(bot, "birth_date") == [date(1990, 4, 3)]
    assert await rows(bot, Finding, "kind", "value", "origin") == [("birthday", "1990-04-03", "telegram")]
    assert await rows(bot, LinkedChannel, "channel_id", "title") == [(channel.id, "Dawn")]
    assert {bytes(each) for each in await jobs(bot, "payload")} == {b""}


async def test_who_shows_nothing_is_asked_about_once_a_week(office: Office) -> None:
    bot = await office.open()
    vera, _ = await of_whom_nothing_is_known(office, bot)
    assert await looked_up(bot, vera) == ("", "", "")
    for _ in range(3):
        await vera.say("/help")
        await vera.hear()
    assert len(await jobs(bot, "id")) == 1
    assert await calls(office, bot, "getChat") == (1, 0)
    assert await calls(office, bot, "getUserProfilePhotos") == (1, 0)


async def test_what_was_taken_away_in_telegram_goes_after_a_week(office: Office) -> None:
    bot = await office.open()
    vera, _ = await of_whom_nothing_is_known(
        office, bot, bio="before", photo_id="x", photo_file_id="y", looked_up_at=clock.now() - LONG_AGO
    )
    assert await looked_up(bot, vera) == ("", "", "")


async def test_nobody_is_looked_up_before_they_agree(office: Office) -> None:
    bot = await office.open()
    vera = await office.stranger(bot)
    await vera.set_face(bio="Teacher of music")
    await vera.say("/start")
    await vera.hear()
    await vera.say("hello")
    await vera.hear(2)
    assert await jobs(bot, "id") == []
    assert await calls(office, bot, "getChat") == (0, 0)
    await vera.tap(text("start.consent_button"))
    await vera.hear()
    await vera.say("/help")
    await vera.hear()
    await eventually(lambda: people(bot, "bio"), until=lambda found: found == ["Teacher of music"])


async def test_nobody_waits_for_telegram_to_tell_who_they_are(office: Office) -> None:
    bot = await office.open()
    vera, _ = await of_whom_nothing_is_known(office, bot)
    await vera.set_face(bio="Teacher of music")
    await office.sandbox.fail(token=bot.token, method="getChat", delay_ms=1500)
    for _ in range(3):
        await vera.say("/help")
        assert await vera.hear() == [text("help.text")]
    assert await jobs(bot, "outcome") == [""]
    await eventually(lambda: people(bot, "bio"), until=lambda found: found == ["Teacher of music"])


async def test_who_was_born_less_than_18_years_ago_is_coached_no_more(office: Office) -> None:
    bot = await office.open()
    vera, _ = await of_whom_nothing_is_known(office, bot)
    young = clock.now().date() - timedelta(days=15 * 365)
    await vera.set_face(birthdate=young)
    await looked_up(bot, vera)
    assert await people(bot, "is_underage", "consented_at", "birth_date") == [(True, None, None)]
    await vera.say("/natasha")
    assert await vera.hear() == [text("start.underage", hotlines=hotline_list("en"))]


@pytest.mark.parametrize("method", ["getChat", "getUserProfilePhotos"])
@pytest.mark.parametrize("error_code", [400, 403, 429, 500])
async def test_what_telegram_does_not_tell_now_stays_as_it_was(
    office: Office, method: str, error_code: int
) -> None:
    bot = await office.open()
    vera, _ = await of_whom_nothing_is_known(
        office, bot, bio="before", photo_id="x", photo_file_id="y", looked_up_at=clock.now() - LONG_AGO
    )
    await vera.set_face(bio="Teacher of music")
    await office.sandbox.fail(token=bot.token, method=method, error_code=error_code, times=9)
    found = await looked_up(bot, vera)
    assert found == (("before", "", "") if method == "getChat" else ("Teacher of music", "x", "y"))
    # And nobody is asked again at once.
    ((looked_up_at,),) = [await people(bot, "looked_up_at")]
    assert clock.now() - looked_up_at < timedelta(minutes=5)


@pytest.mark.parametrize("refusal", [not_found_as_json, fallen_over])
async def test_a_server_that_knows_no_faces_is_no_trouble(
    office: Office, refusal: Callable[[], web.Response]
) -> None:
    async with open_foreign_server(office.sandbox.url, refusal=refusal) as server:
        bot = await office.open(api_url=server.url)
        vera, _ = await of_whom_nothing_is_known(
            office, bot, bio="before", photo_id="x", photo_file_id="y", looked_up_at=clock.now() - LONG_AGO
        )
        assert await looked_up(bot, vera) == ("before", "x", "y")
        assert server.refused["getChat"] == 1
        office.dismiss(bot)


async def test_who_went_meanwhile_is_not_brought_back(office: Office) -> None:
    bot = await office.open()
    vera, _ = await of_whom_nothing_is_known(office, bot)
    await vera.set_face(bio="Teacher of music")
    await office.sandbox.fail(token=bot.token, method="getChat", delay_ms=1000)
    await vera.say("/forget_me")
    await vera.hear()
    await vera.tap(text("forget.confirm_button"))
    assert await vera.hear() == [text("forget.done")]
    await eventually(lambda: calls(office, bot, "getUserProfilePhotos"), until=lambda found: found[0] == 1)
    await eventually(lambda: jobs(bot, "settled_at"), until=all)
    assert await people(bot, "bio") == []


# Whatever a server says


@asynccontextmanager
async def telling(chat: Any, photos: Any) -> AsyncIterator[TelegramClient]:
    """A client of a server that answers the two questions so."""

    async def answer(request: web.Request) -> web.Response:
        result = chat if request.match_info["method"] == "getChat" else photos
        return web.json_response({"ok": True, "result": result})

    app = web.Application()
    app.router.add_route("*", "/{token}/{method}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = TelegramClient(make_token(), f"http://127.0.0.1:{runner.addresses[0][1]}", connections=2)
    await client.start()
    try:
        yield client
    finally:
        await client.close()
        await runner.cleanup()


@pytest.mark.parametrize(
    ("chat", "photos"),
    [
        (True, True),
        ([], []),
        ("hello", 7),
        ({"bio": 7, "birthdate": [], "personal_chat": "mine"}, {"photos": {}}),
        (
            {"bio": None, "birthdate": {"day": "3", "month": 4.0}, "personal_chat": {"id": True}},
            {"photos": [[]]},
        ),
        ({"birthdate": {"day": 2**70}, "personal_chat": {"id": 2**63, "title": 7}}, {"photos": [["x"]]}),
        (
            {"birthdate": {"year": False}},
            {"photos": [{"file_id": "x"}, [{"file_id": "y", "file_unique_id": "z"}]]},
        ),
        ({}, {"photos": [[{"file_id": 7, "file_unique_id": []}]]}),
    ],
)
async def test_an_answer_that_makes_no_sense_is_a_person_who_shows_nothing(chat: Any, photos: Any) -> None:
    async with telling(chat, photos) as client:
        assert await look_up_face(client, telegram_id=7) == Face()


async def test_the_largest_size_of_the_newest_picture_is_the_one() -> None:
    sizes = [
        [{"file_id": f"{age}-{size}", "file_unique_id": f"u-{age}-{size}"} for size in "sml"] for age in "no"
    ]
    async with telling({}, {"total_count": 2, "photos": sizes}) as client:
        face = await look_up_face(client, telegram_id=7)
    assert (face.photo_id, face.photo_file_id) == ("u-n-l", "n-l")


async def test_an_id_that_is_too_long_names_no_picture() -> None:
    bot = await on_database(make_bot)
    person = await on_database(make_profile, bot)
    size = {"file_id": "y" * 300, "file_unique_id": "x" * 300}
    async with telling({"bio": "b" * 5000}, {"photos": [[size]]}) as client:
        face = await look_up_face(client, telegram_id=person.telegram_id)
    await aio.run_in_bot(bot.id, keep_look_up, bot_id=bot.id, profile_id=person.id, face=face)
    ((bio, photo_id, photo_file_id),) = await people(bot, "bio", "photo_id", "photo_file_id")
    assert (len(bio), photo_id, photo_file_id) == (300, "", "")
