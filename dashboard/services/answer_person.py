from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from broadcast.attachments import fit_file
from mailbox.services.keep_media import keep_media
from sessions_app.contracts import Button
from sessions_app.models import Message
from sessions_app.services.say_as_operator import say_as_operator


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a browser sent it."""

    filename: str
    content: bytes


def answer_person(
    *,
    bot_id: UUID,
    conversation_id: UUID,
    chat_id: int,
    user_id: int,
    text: str,
    buttons: Sequence[Button] = (),
    photo: Upload | None = None,
) -> Message:
    """Say something in the bot's place, with a picture where there is one; all of it, or nothing.

    Raises InboxError as `say_as_operator` does, and BroadcastError `media` for a picture that Telegram would not take.
    """
    with transaction.atomic():
        kept = None
        if photo is not None:
            fit = fit_file(kind="photo", filename=photo.filename, content_type="", content=photo.content)
            # The chat is a part of it: a picture for two people is two files, and each goes with its person.
            digest = hashlib.sha256(f"operator:{chat_id}:".encode() + photo.content).hexdigest()
            kept = keep_media(
                bot_id=bot_id,
                digest=digest,
                filename=fit.filename,
                content_type=fit.content_type,
                content=photo.content,
                chat_id=chat_id,
            )
        return say_as_operator(
            bot_id=bot_id,
            conversation_id=conversation_id,
            user_id=user_id,
            text=text,
            buttons=[[each] for each in buttons],
            photo=kept,
        )
