"""The chat page in a real browser."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, FilePayload, Page, async_playwright, expect

from sandbox import SandboxServer
from tests.fixtures.chromium import CHROMIUM, FLAGS, needs_chromium
from tests.sandbox.client import BotHand, ControlHand
from tests.sandbox.pictures import picture

pytestmark = [pytest.mark.processes, needs_chromium]

Opener = Callable[..., Awaitable[Page]]


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    """Chromium with a profile that is thrown away."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(server: SandboxServer, browser: Browser) -> AsyncIterator[Opener]:
    """`await open_page(locale="ru-RU", …)`; at the end no page may have complained or asked elsewhere."""
    complaints: list[str] = []

    async def opened(*, expected: Sequence[str] = (), **options: Any) -> Page:
        def complain(said: ConsoleMessage) -> None:
            if not any(words in said.text for words in expected):
                complaints.append(said.text)

        context = await browser.new_context(**{"locale": "en-US", **options})
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: complain(said) if said.type != "log" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request", lambda asked: complaints.append(asked.url) if server.url not in asked.url else None
        )
        await page.goto(f"{server.url}/sandbox/")
        await page.locator("body[data-live=true]").wait_for()
        return page

    yield opened
    assert complaints == []


async def heard_text(bot: BotHand) -> str:
    (update,) = await bot.updates(timeout=10)
    assert await bot.updates(offset=update["update_id"] + 1) == []
    return str(update["message"]["text"])


async def test_a_newcomer_presses_start_and_is_answered(bot: BotHand, open_page: Opener) -> None:
    page = await open_page()
    await expect(page.locator("#head-name")).to_have_text("Natasha")
    await expect(page.locator("#me")).to_contain_text("Anna")
    await page.get_by_role("button", name="Start", exact=True).click()
    assert await heard_text(bot) == "/start"
    await bot.ok("sendChatAction", chat_id=100001, action="typing")
    await expect(page.locator("#head-status")).to_have_text("typing…")
    await expect(page.locator(".typing .bubble")).to_be_visible()
    await bot.ok("sendMessage", chat_id=100001, text="<b>Hello</b>, Anna", parse_mode="HTML")
    await expect(page.locator(".message:not(.own) strong")).to_have_text("Hello")
    await expect(page.locator("#head-status")).to_have_text("online")
    await expect(page.locator("#hero")).to_be_hidden()


async def test_the_page_speaks_russian_to_a_russian_browser(bot: BotHand, open_page: Opener) -> None:
    page = await open_page(locale="ru-RU")
    await expect(page.locator("#start")).to_have_text("Начать")
    await expect(page.locator("#me")).to_contain_text("Анна")
    await page.locator("#text").press("Enter")
    (update,) = await bot.updates(timeout=10)
    sender = update["message"]["from"]
    assert (update["message"]["text"], sender["first_name"], sender["language_code"]) == (
        "/start",
        "Анна",
        "ru",
    )


async def test_enter_sends_and_shift_enter_breaks_the_line(bot: BotHand, open_page: Opener) -> None:
    page = await open_page()
    field = page.locator("#text")
    await field.fill("one")
    await field.press("Shift+Enter")
    await field.press_sequentially("two")
    await field.press("Enter")
    assert await heard_text(bot) == "one\ntwo"
    await expect(field).to_have_value("")


async def test_nothing_that_a_bot_says_becomes_markup(
    bot: BotHand, control: ControlHand, open_page: Opener
) -> None:
    evil = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    await control.post(
        f"bots/{bot.token}/say",
        {"user_id": 100001, "text": evil, "first_name": evil[:60], "username": "anna"},
    )
    link = [{"type": "text_link", "offset": 0, "length": 5, "url": "javascript:alert(1)"}]
    await control.post(
        f"bots/{bot.token}/updates",
        {"message": {"message_id": 9, "date": 1, "chat": {"id": 100001}, "text": evil, "entities": link}},
    )
    await bot.ok(
        "sendMessage",
        chat_id=100001,
        text=evil,
        reply_markup={"inline_keyboard": [[{"text": evil, "callback_data": "x"}]]},
    )
    page = await open_page()
    await expect(page.locator(".message .text")).to_have_count(3)
    for index in range(3):
        await expect(page.locator(".message .text").nth(index)).to_contain_text(evil)
    assert await page.locator(".log img, .log script, .log a").count() == 0
    assert await page.title() == "Natasha · reLove sandbox"


async def test_all_entities_are_shown(known_bot: BotHand, open_page: Opener) -> None:
    html = (
        "😀<b>b<i>bi</i></b><u>u</u><s>s</s><code>c</code><tg-spoiler>sp</tg-spoiler>"
        '<a href="https://example.com/x">l</a> #tag /help\n<blockquote>q</blockquote>'
        '<pre><code class="language-py">p</code></pre><blockquote expandable>e</blockquote>'
    )
    await known_bot.ok("sendMessage", chat_id=1001, text=html, parse_mode="HTML")
    page = await open_page()
    await page.locator("#me").click()
    await page.locator("#people-list button", has_text="@anna").last.click()
    text = page.locator(".message:not(.own) .text")
    for selector, words in {
        "strong": "bbi",
        "strong em": "bi",
        "u": "u",
        "s": "s",
        ":scope > code": "c",
        ".tag": "#tag",
        ".inline-command": "/help",
        "blockquote:not(.folded)": "q",
        "blockquote.folded": "e",
        "pre[data-language=py] code": "p",
        ".spoiler": "sp",
    }.items():
        await expect(text.locator(selector)).to_have_text(words)
    assert await text.locator("a").get_attribute("href") == "https://example.com/x"
    await text.locator(".spoiler").click()
    await expect(text.locator(".spoiler.seen")).to_have_count(1)


async def test_a_tap_waits_for_its_answer_and_shows_it(bot: BotHand, open_page: Opener) -> None:
    page = await open_page()
    await page.locator("#start").click()
    await heard_text(bot)
    keyboard = {
        "inline_keyboard": [[{"text": "Yes", "callback_data": "y"}, {"text": "Site", "url": "e.com"}]]
    }
    sent = await bot.ok("sendMessage", chat_id=100001, text="Agree?", reply_markup=keyboard)
    assert await page.locator(".key", has_text="Site").get_attribute("href") == "http://e.com/"
    await page.locator(".key", has_text="Yes").click()
    await expect(page.locator(".key.waiting")).to_have_count(1)
    (update,) = await bot.updates(timeout=10)
    query = update["callback_query"]
    assert (query["data"], query["message"]["message_id"]) == ("y", sent["message_id"])
    await bot.ok("answerCallbackQuery", callback_query_id=query["id"], text="Noted")
    await expect(page.locator(".toast")).to_have_text("Noted")
    await expect(page.locator(".key.waiting")).to_have_count(0)
    await bot.ok("editMessageText", chat_id=100001, message_id=sent["message_id"], text="Agreed")
    await expect(page.locator(".message:not(.own) .text")).to_contain_text("Agreededited")
    await expect(page.locator(".key:visible")).to_have_count(0)
    await bot.ok("deleteMessage", chat_id=100001, message_id=sent["message_id"])
    await expect(page.locator(".message:not(.own)")).to_have_count(0)


async def test_an_alert_wants_to_be_closed(bot: BotHand, open_page: Opener) -> None:
    page = await open_page()
    await page.locator("#start").click()
    await heard_text(bot)
    keyboard = {"inline_keyboard": [[{"text": "Why?", "callback_data": "y"}]]}
    await bot.ok("sendMessage", chat_id=100001, text="?", reply_markup=keyboard)
    await page.locator(".key").click()
    (update,) = await bot.updates(timeout=10)
    await bot.ok(
        "answerCallbackQuery",
        callback_query_id=update["callback_query"]["id"],
        text="Because",
        show_alert=True,
    )
    await expect(page.locator("#alert-text")).to_have_text("Because")
    await page.get_by_role("button", name="OK").click()
    await expect(page.locator("#alert")).to_be_hidden()


async def test_commands_are_chips_and_complete_what_is_typed(bot: BotHand, open_page: Opener) -> None:
    commands = [
        {"command": "start", "description": "Begin"},
        {"command": "natasha", "description": "A session"},
    ]
    page = await open_page()
    await page.locator("#start").click()
    await heard_text(bot)
    await bot.ok("setMyCommands", commands=commands)
    await page.locator(".chip", has_text="/natasha").click()
    assert await heard_text(bot) == "/natasha"
    await page.locator("#text").press_sequentially("/")
    await expect(page.locator(".option")).to_have_text(["/startBegin", "/natashaA session"])
    await page.locator("#text").press("ArrowDown")
    await page.locator("#text").press("Enter")
    assert await heard_text(bot) == "/natasha"


async def test_a_reply_keyboard_says_its_text(bot: BotHand, open_page: Opener) -> None:
    page = await open_page()
    await page.locator("#start").click()
    await heard_text(bot)
    keyboard = {"keyboard": [["Softer", "Firmer"]], "one_time_keyboard": True}
    await bot.ok("sendMessage", chat_id=100001, text="How?", reply_markup=keyboard)
    await page.locator("#keys .key", has_text="Firmer").click()
    assert await heard_text(bot) == "Firmer"
    await expect(page.locator("#keys")).to_be_hidden()


async def test_the_newest_stays_in_view_unless_one_has_scrolled_up(bot: BotHand, open_page: Opener) -> None:
    page = await open_page(viewport={"width": 900, "height": 500})
    await page.locator("#start").click()
    await heard_text(bot)
    for number in range(12):
        await bot.ok("sendMessage", chat_id=100001, text=f"message {number}")
    keyboard = {"keyboard": [["A"], ["B"], ["C"]]}
    await bot.ok("sendMessage", chat_id=100001, text="the last", reply_markup=keyboard)
    await expect(page.locator("#keys")).to_be_visible()
    await expect(page.locator(".message").last).to_be_in_viewport(ratio=1)
    await page.locator("#log").evaluate("log => log.scrollTo(0, 0)")
    await expect(page.locator("#to-end")).to_be_visible()
    await bot.ok("sendMessage", chat_id=100001, text="one more")
    await expect(page.locator(".message")).to_have_count(15)
    await expect(page.locator(".message").last).not_to_be_in_viewport()
    await page.locator("#to-end").click()
    await expect(page.locator(".message").last).to_be_in_viewport()


async def test_a_photo_is_shown_with_its_caption_and_buttons_and_can_be_zoomed(
    bot: BotHand, open_page: Opener
) -> None:
    page = await open_page()
    await page.locator("#start").click()
    await heard_text(bot)
    keyboard = {"inline_keyboard": [[{"text": "Not me", "callback_data": "no"}]]}
    sent = await bot.photo(
        picture(size=(800, 400)),
        chat_id=100001,
        caption="<b>Your</b> way",
        parse_mode="HTML",
        reply_markup=keyboard,
    )
    image = page.locator(".message:not(.own) .photo img")
    await expect(image).to_have_js_property("naturalWidth", 800)
    assert await image.evaluate("image => [image.clientWidth, image.clientHeight]") == [400, 200]
    await expect(page.locator(".message:not(.own) strong")).to_have_text("Your")
    await page.locator(".photo").click()
    await expect(page.locator("#zoom-image")).to_have_js_property("naturalWidth", 800)
    await expect(page.locator("#zoom-caption")).to_have_text("Your way")
    await page.locator("#zoom-image").click()
    await expect(page.locator("#zoom")).to_be_hidden()
    await page.locator(".photo").click()
    await page.keyboard.press("Escape")
    await expect(page.locator("#zoom")).to_be_hidden()
    await page.locator(".key", has_text="Not me").click()
    (update,) = await bot.updates(timeout=10)
    assert update["callback_query"]["data"] == "no"
    await bot.ok("editMessageCaption", chat_id=100001, message_id=sent["message_id"], caption="Another")
    await expect(page.locator(".message:not(.own) .text")).to_contain_text("Anotheredited")
    await expect(page.locator(".key:visible")).to_have_count(0)


async def test_a_document_can_be_saved(bot: BotHand, open_page: Opener, tmp_path: Path) -> None:
    page = await open_page()
    await page.locator("#start").click()
    await heard_text(bot)
    content = b"<script>document.title = 'taken'</script>"
    await bot.sent("sendDocument", {"document": ("Всё.html", content)}, chat_id=100001, caption="All of it")
    card = page.locator("a.document")
    await expect(card).to_have_text("Всё.html41 byte")
    async with page.expect_download() as begun:
        await card.click()
    download = await begun.value
    assert download.suggested_filename == "Всё.html"
    await download.save_as(tmp_path / "saved")
    assert (tmp_path / "saved").read_bytes() == content


async def test_a_veiled_photo_is_unveiled_before_it_is_zoomed(bot: BotHand, open_page: Opener) -> None:
    page = await open_page()
    await page.locator("#start").click()
    await heard_text(bot)
    await bot.photo(picture(), chat_id=100001, has_spoiler=True)
    await expect(page.locator(".photo.veiled")).to_have_count(1)
    await page.locator(".photo").click()
    await expect(page.locator(".photo.veiled")).to_have_count(0)
    await expect(page.locator("#zoom")).to_be_hidden()


async def test_what_has_not_changed_is_not_drawn_anew(bot: BotHand, open_page: Opener) -> None:
    page = await open_page()
    await page.locator("#start").click()
    await heard_text(bot)
    await bot.photo(picture(), chat_id=100001)
    second = await bot.ok("sendMessage", chat_id=100001, text="two")
    await expect(page.locator(".message:not(.own)")).to_have_count(2)
    await page.evaluate("for (const node of document.querySelectorAll('.message')) node.wasHere = true")
    await bot.ok("sendMessage", chat_id=100001, text="three")
    await expect(page.locator(".message:not(.own)")).to_have_count(3)
    await bot.ok("deleteMessage", chat_id=100001, message_id=second["message_id"])
    await expect(page.locator(".message:not(.own)")).to_have_count(2)
    kept = "[...document.querySelectorAll('.message')].map(node => Boolean(node.wasHere))"
    assert await page.evaluate(kept) == [True, True, False]


async def test_arrow_up_edits_what_one_said_last(bot: BotHand, open_page: Opener) -> None:
    page = await open_page()
    field = page.locator("#text")
    await field.fill("helo")
    await field.press("Enter")
    assert await heard_text(bot) == "helo"
    await expect(page.locator(".message.own")).to_have_count(1)
    await field.press("ArrowUp")
    await expect(field).to_have_value("helo")
    await field.fill("hello")
    await field.press("Enter")
    (update,) = await bot.updates(timeout=10)
    assert update["edited_message"]["text"] == "hello"
    await expect(page.locator(".message.own .meta")).to_contain_text("edited")


async def test_blocking_closes_the_composer_and_tells_the_bot(bot: BotHand, open_page: Opener) -> None:
    page = await open_page()
    await page.locator("#start").click()
    await heard_text(bot)
    await page.locator("#block").click()
    await expect(page.locator("#composer")).to_be_hidden()
    await expect(page.locator("#block")).to_have_attribute("aria-checked", "true")
    await page.locator("#unblock").click()
    await expect(page.locator("#composer")).to_be_visible()
    statuses = [update["my_chat_member"]["new_chat_member"]["status"] for update in await bot.updates()]
    assert statuses == ["kicked", "member"]


async def test_somebody_new_can_be_invented_and_is_remembered(bot: BotHand, open_page: Opener) -> None:
    page = await open_page()
    await page.locator("#me").click()
    await page.locator("#person-name").fill("Olga")
    await page.locator("#person-username").fill("@olga")
    await page.locator("#person-language").select_option("ru")
    await page.locator("#person-id").fill("4242")
    await page.locator("#person-save").click()
    await page.locator("#start").click()
    (update,) = await bot.updates(timeout=10)
    assert update["message"]["from"] == {
        "id": 4242,
        "is_bot": False,
        "first_name": "Olga",
        "username": "olga",
        "language_code": "ru",
    }
    await page.reload()
    await expect(page.locator("#me")).to_contain_text("Olga")
    await expect(page.locator(".message.own")).to_have_count(1)


async def test_a_person_can_show_a_bio_and_a_photo(bot: BotHand, open_page: Opener) -> None:
    page = await open_page()
    await page.locator("#start").click()
    await heard_text(bot)
    await page.locator("#me").click()
    await page.get_by_role("button", name="Change Anna").click()
    await expect(page.locator("#person-id")).to_have_value("100001")
    await page.locator("#person-bio").fill("Looking for myself")
    await page.locator("#person-photo").set_input_files(
        {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": picture("JPEG", (60, 60))}
    )
    await expect(page.locator("#person-avatar img")).to_have_js_property("naturalWidth", 60)
    await page.locator("#person-save").click()
    await expect(page.locator("#people")).to_be_hidden()
    await expect(page.locator("#me .avatar img")).to_have_js_property("naturalWidth", 60)
    chat = await bot.ok("getChat", chat_id=100001)
    assert (chat["bio"], "photo" in chat) == ("Looking for myself", True)
    await page.reload()
    await expect(page.locator("#me .avatar img")).to_have_js_property("naturalWidth", 60)
    await page.locator("#me").click()
    await page.get_by_role("button", name="Change Anna").click()
    await expect(page.locator("#person-bio")).to_have_value("Looking for myself")
    await page.locator("#person-no-photo").click()
    await page.locator("#person-save").click()
    await expect(page.locator("#me .avatar img")).to_have_count(0)
    chat = await bot.ok("getChat", chat_id=100001)
    assert (chat["bio"], "photo" in chat) == ("Looking for myself", False)


async def test_a_face_that_changes_elsewhere_is_seen_at_once(
    bot: BotHand, control: ControlHand, open_page: Opener
) -> None:
    page = await open_page()
    face = {"photo": base64.b64encode(picture(size=(70, 70))).decode()}
    await control.post("people/100001", face)
    await expect(page.locator("#me .avatar img")).to_have_js_property("naturalWidth", 70)


async def test_a_photo_can_be_sent_with_a_caption(bot: BotHand, open_page: Opener) -> None:
    page = await open_page()
    await page.locator("#start").click()
    await heard_text(bot)
    content = picture("JPEG", (90, 60))
    await page.locator("#file").set_input_files(
        {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": content}
    )
    await expect(page.locator("#attached-image")).to_have_js_property("naturalWidth", 90)
    await page.locator("#text").fill("this is me")
    await page.locator("#send").click()
    (update,) = await bot.updates(timeout=10)
    assert (update["message"]["caption"], update["message"]["photo"][0]["width"]) == ("this is me", 90)
    await expect(page.locator(".message.own .photo img")).to_have_js_property("naturalWidth", 90)
    await expect(page.locator("#attached")).to_be_hidden()
    await expect(page.locator("#text")).to_have_value("")
    file = await bot.ok("getFile", file_id=update["message"]["photo"][0]["file_id"])
    assert await bot.download(file["file_path"]) == (200, content)


async def test_what_was_attached_can_be_put_back(bot: BotHand, open_page: Opener) -> None:
    page = await open_page()
    await page.locator("#start").click()
    await heard_text(bot)
    notes: FilePayload = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"mine"}
    await page.locator("#file").set_input_files(notes)
    await expect(page.locator("#attached-name")).to_have_text("notes.txt")
    await page.locator("#detach").click()
    await expect(page.locator("#attached")).to_be_hidden()
    await expect(page.locator("#send")).to_be_disabled()
    await page.locator("#file").set_input_files(notes)
    await page.locator("#text").press("Enter")
    (update,) = await bot.updates(timeout=10)
    assert update["message"]["document"]["file_name"] == "notes.txt"
    await expect(page.locator(".message.own a.document")).to_contain_text("notes.txt")


async def test_a_photo_that_telegram_does_not_take_is_told(bot: BotHand, open_page: Opener) -> None:
    page = await open_page(expected=["400 (Bad Request)"])
    await page.locator("#start").click()
    await heard_text(bot)
    await page.locator("#file").set_input_files(
        {"name": "long.png", "mimeType": "image/png", "buffer": picture(size=(500, 5))}
    )
    await page.locator("#send").click()
    await expect(page.locator(".toast.bad")).to_contain_text("PHOTO_INVALID_DIMENSIONS")
    assert await bot.updates() == []


async def test_a_voice_can_be_recorded_and_heard(bot: BotHand, open_page: Opener) -> None:
    page = await open_page(permissions=["microphone"])
    await page.locator("#start").click()
    await heard_text(bot)
    await page.locator("#record").click()
    await expect(page.locator("#attached-name")).to_have_text("Recording 0:01")
    await page.locator("#send").click()
    (update,) = await bot.updates(timeout=10)
    voice = update["message"]["voice"]
    assert (voice["duration"], voice["mime_type"].startswith("audio/"), voice["file_size"] > 0) == (
        1,
        True,
        True,
    )
    heard = page.locator(".message.own audio")
    await heard.evaluate("audio => audio.readyState || new Promise(done => (audio.onloadedmetadata = done))")
    await page.locator("#record").click()
    await page.locator("#detach").click()
    await expect(page.locator("#attached")).to_be_hidden()


async def test_other_bots_count_what_is_unread(bot: BotHand, control: ControlHand, open_page: Opener) -> None:
    other = await control.bot("Han")
    await control.say(other, "/start", user_id=100001)
    page = await open_page()
    await expect(page.locator("#head-name")).to_have_text("Natasha")
    await other.ok("sendMessage", chat_id=100001, text="Psst")
    await expect(page.locator(".badge")).to_have_text("1")
    await page.locator(".bot").nth(1).click()
    await expect(page.locator(".message:not(.own) .text")).to_contain_text("Psst")
    await expect(page.locator(".badge")).to_have_count(0)


async def test_without_bots_one_can_be_made(control: ControlHand, open_page: Opener) -> None:
    page = await open_page()
    await expect(page.locator("#hero h2")).to_have_text("No bot yet")
    await page.locator("#hero button").click()
    await page.locator("#bot-name").fill("Han")
    await page.locator("#bot-form button").click()
    await expect(page.locator("#head-name")).to_have_text("Han")
    (bot,) = await control.get("bots")
    await expect(page.locator("#token code")).to_have_text(bot["token"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fits_a_phone(bot: BotHand, open_page: Opener, scheme: str) -> None:
    page = await open_page(
        viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True, color_scheme=scheme
    )
    await page.locator("#start").tap()
    assert await heard_text(bot) == "/start"
    await bot.ok("sendMessage", chat_id=100001, text="word" * 300 + "\n" + "<b>x</b> " * 50)
    await bot.photo(picture(size=(2000, 300)), chat_id=100001, caption="word" * 200)
    await bot.sent("sendDocument", {"document": ("word" * 50, b"x")}, chat_id=100001)
    await expect(page.locator(".message:not(.own)")).to_have_count(3)
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    await expect(page.locator("#rail")).to_be_hidden()
    await page.locator("#rail-open").tap()
    await expect(page.locator(".bot")).to_be_visible()


async def test_the_page_says_when_the_sandbox_is_gone(
    server: SandboxServer, bot: BotHand, browser: Browser
) -> None:
    page = await browser.new_page()
    await page.goto(f"{server.url}/sandbox/")
    await expect(page.locator("#head-name")).to_have_text("Natasha")
    await server.stop()
    await expect(page.locator("#offline")).to_be_visible()
