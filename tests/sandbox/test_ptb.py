"""python-telegram-bot's plain Bot finds a Telegram here."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter

from sandbox import SandboxServer
from tests.sandbox.client import BotHand, ControlHand
from tests.sandbox.pictures import picture


@pytest.fixture
async def ptb(server: SandboxServer, known_bot: BotHand) -> AsyncIterator[Bot]:
    """The library's client of the bot that Anna knows."""
    url = server.url
    async with Bot(known_bot.token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot") as bot:
        yield bot


async def test_it_talks(ptb: Bot, known_bot: BotHand, control: ControlHand) -> None:
    assert ptb.username == "natasha_bot"
    await ptb.set_my_commands([BotCommand("start", "Begin")], language_code="ru")
    assert (await ptb.get_my_commands(language_code="ru"))[0].command == "start"
    await ptb.send_chat_action(1001, ChatAction.TYPING)
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Да", callback_data="yes")]])
    sent = await ptb.send_message(
        1001, "Привет, <b>Анна 😀</b>", parse_mode=ParseMode.HTML, reply_markup=keyboard
    )
    assert sent.text_html == "Привет, <b>Анна 😀</b>"
    assert sent.chat.first_name == "Anna"

    tap = {"user_id": 1001, "message_id": sent.message_id, "data": "yes"}
    await control.post(f"bots/{known_bot.token}/tap", tap)
    (update,) = await ptb.get_updates(timeout=5, allowed_updates=["message", "callback_query"])
    assert update.callback_query is not None
    assert update.callback_query.data == "yes"
    await update.callback_query.answer("Спасибо")
    edited = await ptb.edit_message_text("Спасибо", chat_id=1001, message_id=sent.message_id)
    assert getattr(edited, "text", None) == "Спасибо"
    assert await ptb.delete_message(1001, sent.message_id)
    assert await ptb.get_updates(offset=update.update_id + 1, timeout=0) == ()

    assert (await ptb.get_chat(1001)).username == "anna"
    assert (await ptb.get_user_profile_photos(1001)).total_count == 0
    assert (await ptb.get_webhook_info()).allowed_updates == ("message", "callback_query")


async def test_it_sends_replaces_and_fetches_files(ptb: Bot) -> None:
    content = picture("JPEG")
    sent = await ptb.send_photo(1001, content, caption="<b>way</b>", parse_mode=ParseMode.HTML)
    assert (sent.caption_html, sent.photo[-1].width) == ("<b>way</b>", 64)
    file = await ptb.get_file(sent.photo[-1])
    assert bytes(await file.download_as_bytearray()) == content
    again = await ptb.send_photo(1001, sent.photo[-1].file_id)
    assert again.photo == sent.photo
    with pytest.raises(BadRequest, match="Wrong file identifier/http url specified"):
        await ptb.send_photo(1001, "AgAC-unknown")

    edited = await ptb.edit_message_media(
        InputMediaPhoto(picture(size=(9, 9)), caption="x"), chat_id=1001, message_id=sent.message_id
    )
    assert isinstance(edited, Message)
    assert (edited.photo[-1].width, edited.caption) == (9, "x")
    captioned = await ptb.edit_message_caption(1001, sent.message_id, caption="y")
    assert getattr(captioned, "caption", None) == "y"
    as_file = await ptb.edit_message_media(
        InputMediaDocument(b"{}", filename="you.json"), chat_id=1001, message_id=sent.message_id
    )
    assert isinstance(as_file, Message)
    assert as_file.document is not None
    assert (as_file.document.file_name, as_file.document.mime_type) == ("you.json", "application/json")
    document = await ptb.send_document(1001, b"{}", filename="you.json")
    assert document.document is not None
    assert document.document.file_size == 2


async def test_it_understands_the_refusals(ptb: Bot, known_bot: BotHand, control: ControlHand) -> None:
    with pytest.raises(BadRequest, match="Message text is empty"):
        await ptb.send_message(1001, "")
    with pytest.raises(BadRequest, match="Chat not found"):
        await ptb.send_message(5, "x")
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await ptb.send_message(1001, "<b>x", parse_mode=ParseMode.HTML)
    await control.post("faults", {"method": "sendMessage", "retry_after": 3})
    with pytest.raises(RetryAfter):
        await ptb.send_message(1001, "x")
    await control.post(f"bots/{known_bot.token}/block", {"user_id": 1001})
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await ptb.send_message(1001, "x")
    await ptb.set_webhook("https://example.com/x")
    with pytest.raises(Conflict):
        await ptb.get_updates()
    await ptb.delete_webhook(drop_pending_updates=True)
    assert await ptb.get_updates() == ()
    await control.send("DELETE", f"bots/{known_bot.token}")
    with pytest.raises(InvalidToken):
        await ptb.get_me()
