from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, cast
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bots.models import Bot
from broadcast.book import names_said
from broadcast.changes import locked, note_change, wake
from broadcast.content import ContentError, check_content, from_json, problems_told
from broadcast.contracts import By
from broadcast.errors import BroadcastError
from broadcast.letters import Letters
from broadcast.models import Broadcast, BroadcastFile
from broadcast.selectors.readers import reader
from broadcast.wording import VARIABLES
from core.clock import clock
from core.ids import new_id
from mailbox.contracts import Post
from mailbox.models import Priority
from mailbox.services.keep_media import keep_media
from mailbox.services.post import post
from profiles.models import Profile

# A tap that says nothing in the conversation and changes nothing.
_HARMLESS: Final = "close:"


def send_test(
    *, broadcast_id: UUID, bot_id: UUID, telegram_id: int, variant: int = 0, language: str = "", by: By
) -> UUID:
    """Send one of the texts to one of the bot's admins, as recipients would get it; the id of the outbound message.

    Nothing of it is counted: links lead to their addresses directly, other buttons do nothing. Without a language
    it is theirs. Raises BroadcastError: `unknown`, `no_bots`, `no_tester`, `no_such_text`, `content`, `media`.
    """
    with transaction.atomic():
        broadcast = locked(broadcast_id)
        bot = Bot.objects.filter(id=bot_id).first()
        if bot is None or bot_id not in broadcast.bot_ids:
            raise BroadcastError("no_bots", _("This bot takes no part in the broadcast."))
        tester = _tester(bot, telegram_id)
        letters = _letters(broadcast, bot, variant)
        candidate = reader(tester)
        letter = letters.letter(
            replace(candidate, language=language or candidate.language), variant=variant, now=clock.now()
        )
        message_id = new_id()
        post(
            bot_id=bot.id,
            posts=[
                Post(
                    id=message_id,
                    key=f"bctest:{message_id}",
                    chat_id=telegram_id,
                    method=letter.method,
                    params=_disarmed(letter.params),
                    priority=Priority.OPERATOR,
                    correlation_id=str(broadcast.id),
                )
            ],
        )
        note_change(broadcast, by=by, action="tested")
        wake(broadcast)
    return message_id


def _tester(bot: Bot, telegram_id: int) -> Profile:
    if telegram_id not in {bot.owner_telegram_id, *bot.admin_telegram_ids}:
        raise BroadcastError("no_tester", _("A test goes to an admin of the bot only."))
    person = Profile.objects.for_bot(bot.id).filter(telegram_id=telegram_id).first()
    if person is None:
        raise BroadcastError("no_tester", _("This admin has to write to the bot first."))
    return person


def _letters(broadcast: Broadcast, bot: Bot, variant: int) -> Letters:
    try:
        content = from_json(broadcast.content)
    except ContentError as error:
        raise BroadcastError("content", _("The texts cannot be read any more; write them again.")) from error
    problems = check_content(content, media=broadcast.media, variables=tuple(VARIABLES))
    if problems:
        raise BroadcastError("content", " ".join(problems_told(problems, get_language() or "en")[:5]))
    if not 0 <= variant < len(content.variants):
        raise BroadcastError("no_such_text", _("There is no such text."))
    return Letters(
        content,
        media=broadcast.media,
        media_id=_media(broadcast, bot.id),
        # Nobody pays to look at their own text.
        is_paid=False,
        bot_name=bot.name,
        names=names_said(),
        linker=None,
    )


def _media(broadcast: Broadcast, bot_id: UUID) -> UUID | None:
    if not broadcast.media:
        return None
    file = BroadcastFile.objects.filter(broadcast=broadcast).first()
    if file is None:
        raise BroadcastError("media", _("The file is missing."))
    return keep_media(
        bot_id=bot_id,
        digest=file.digest,
        filename=file.filename,
        content_type=file.content_type,
        content=bytes(file.content),
    )


def _disarmed(params: Mapping[str, object]) -> Mapping[str, object]:
    """The message with buttons that lead into no ledger."""
    keyboard = cast("Mapping[str, Any]", params.get("reply_markup") or {}).get("inline_keyboard")
    if not keyboard:
        return params
    rows = [
        [{**each, "callback_data": _HARMLESS} if "callback_data" in each else each for each in row]
        for row in keyboard
    ]
    return {**params, "reply_markup": {"inline_keyboard": rows}}
