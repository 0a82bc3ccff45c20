"""A test of a broadcast to one of the bot's admins."""

from __future__ import annotations

import io
import json
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from bots.models import Bot
from broadcast.contracts import ITSELF, By
from broadcast.errors import BroadcastError
from broadcast.models import Broadcast
from broadcast.selectors.readers import testers_of as admins_to_test
from broadcast.services.draft import File, attach_file
from broadcast.services.send_test import send_test as send_trial
from core.tenancy import in_bot, in_bots
from mailbox.models import OutboundMessage, Priority
from tests.broadcast.campaigns import content, ledger, written
from tests.cast import make_profile

ADMIN = 4_200_000_001


@pytest.fixture
def owned(bot: Bot) -> Bot:
    """A bot with an admin who has written to it."""
    bot.admin_telegram_ids = [ADMIN]
    bot.save(update_fields=["admin_telegram_ids"])
    make_profile(bot, telegram_id=ADMIN, first_name="Vera", language="en")
    return bot


def trial(broadcast: Broadcast, bot: Bot, **fields: Any) -> UUID:
    with in_bots(broadcast.bot_ids):
        return send_trial(
            broadcast_id=broadcast.id, bot_id=bot.id, by=ITSELF, **{"telegram_id": ADMIN, **fields}
        )


def outbox(bot: Bot) -> list[OutboundMessage]:
    with in_bot(bot.id):
        return list(OutboundMessage.objects.for_bot(bot.id).order_by("id"))


def params(message: OutboundMessage) -> dict[str, Any]:
    kept: Any = message.params
    return dict(json.loads(kept) if isinstance(kept, str | bytes) else kept)


def test_it_is_what_recipients_would_get_but_counts_nothing(owned: Bot) -> None:
    buttons = [[{"label": "Look", "url": "https://example.com/x"}, {"label": "More", "say": "Tell me"}]]
    draft = written(owned, texts=content("Hello, <b>{name}</b>!", buttons=buttons), is_paid=True)
    message_id = trial(draft, owned)
    (message,) = outbox(owned)
    assert message.id == message_id
    assert (message.key, message.chat_id) == (f"bctest:{message_id}", ADMIN)
    assert (message.method, message.priority) == ("sendMessage", Priority.OPERATOR)
    assert params(message) == {
        "chat_id": ADMIN,
        "text": "Hello, <b>Vera</b>!",
        "parse_mode": "HTML",
        "reply_markup": {
            "inline_keyboard": [
                [
                    {"text": "Look", "url": "https://example.com/x"},
                    {"text": "More", "callback_data": "close:"},
                ]
            ]
        },
    }
    assert ledger(draft, owned.id) == []


def test_a_text_and_a_language_are_chosen(owned: Bot) -> None:
    draft = written(owned, texts=content("One", "Two", ru="Один"))
    trial(draft, owned, variant=1)
    trial(draft, owned, language="ru")
    assert [params(each)["text"] for each in outbox(owned)] == ["Two", "Один"]


def test_each_test_is_a_message_of_its_own(owned: Bot) -> None:
    draft = written(owned)
    assert trial(draft, owned) != trial(draft, owned)
    assert len(outbox(owned)) == 2


def test_a_file_goes_along(owned: Bot) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30)).save(drawn, "PNG")
    draft = written(owned)
    with in_bots(draft.bot_ids):
        file = File("cat.png", "image/png", drawn.getvalue())
        attach_file(broadcast_id=draft.id, kind="photo", file=file, by=ITSELF)
    trial(draft, owned)
    (message,) = outbox(owned)
    assert message.method == "sendPhoto"
    assert set(params(message)["photo"]) == {"media_id"}
    assert params(message)["caption"] == "Hello, Vera! Something new has begun."


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"telegram_id": 5}, "broadcast.no_tester"),
        ({"variant": 3}, "broadcast.no_such_text"),
        ({"variant": -1}, "broadcast.no_such_text"),
    ],
)
def test_what_makes_no_sense_is_refused(owned: Bot, fields: dict[str, Any], code: str) -> None:
    draft = written(owned)
    with pytest.raises(BroadcastError) as refused:
        trial(draft, owned, **fields)
    assert refused.value.code == code
    assert outbox(owned) == []


def test_an_admin_who_never_wrote_cannot_be_written_to(bot: Bot) -> None:
    bot.owner_telegram_id = ADMIN
    bot.save(update_fields=["owner_telegram_id"])
    draft = written(bot)
    with pytest.raises(BroadcastError) as refused:
        trial(draft, bot)
    assert refused.value.code == "broadcast.no_tester"


def test_a_bot_that_takes_no_part_sends_no_test(owned: Bot, other_bot: Bot) -> None:
    draft = written(other_bot)
    with in_bots([owned.id, other_bot.id]), pytest.raises(BroadcastError) as refused:
        send_trial(broadcast_id=draft.id, bot_id=owned.id, telegram_id=ADMIN, by=ITSELF)
    assert refused.value.code == "broadcast.no_bots"


@pytest.mark.parametrize("texts", [content("<b>Hello"), {"variants": 5}, {"variants": []}])
def test_what_cannot_be_sent_is_not_tested(owned: Bot, texts: dict[str, Any]) -> None:
    draft = written(owned, texts=texts)
    with pytest.raises(BroadcastError) as refused:
        trial(draft, owned)
    assert refused.value.code == "broadcast.content"


def test_a_missing_file_is_told(owned: Bot) -> None:
    draft = written(owned)
    with in_bots(draft.bot_ids):
        Broadcast.objects.filter(id=draft.id).update(media="photo")
    with pytest.raises(BroadcastError) as refused:
        trial(draft, owned)
    assert refused.value.code == "broadcast.media"


def test_testers_are_admins_who_have_written(owned: Bot, other_bot: Bot) -> None:
    make_profile(owned, first_name="Nobody special")
    other_bot.owner_telegram_id = ADMIN
    other_bot.save(update_fields=["owner_telegram_id"])
    with in_bots([owned.id, other_bot.id]):
        found = admins_to_test(bot_ids=[owned.id, other_bot.id])
    assert [(each.bot_id, each.telegram_id, each.first_name) for each in found] == [(owned.id, ADMIN, "Vera")]


def test_who_sent_a_test_is_noted(owned: Bot) -> None:
    draft = written(owned)
    with in_bots(draft.bot_ids):
        send_trial(broadcast_id=draft.id, bot_id=owned.id, telegram_id=ADMIN, by=By(telegram_id=ADMIN))
        change = draft.changes.order_by("-at", "-id").first()
    assert change is not None
    assert (change.action, change.by_telegram_id) == ("tested", ADMIN)
