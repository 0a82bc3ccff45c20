"""What one update says, read by the library's types, once, at the door."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from telegram import ChatMember, Message, MessageEntity, Update, User
from telegram.constants import ChatType

from core.errors import AppError
from sessions_app.contracts import Tap
from sessions_app.rendering import clean

if TYPE_CHECKING:
    from telegram import Chat

# What we have a polite word for until it can be answered.
_MEDIA = ("voice", "photo", "video", "sticker", "document", "location", "contact")
_AS_VOICE = ("audio", "video_note")
LONGEST_TEXT = 16_000
_TAG = re.compile(r"</?(?:b|strong|i|em|u|ins|s|strike|del|a|code|pre|blockquote|span|tg-)[ >]")
_FORMATS = frozenset(
    {
        MessageEntity.BOLD,
        MessageEntity.ITALIC,
        MessageEntity.UNDERLINE,
        MessageEntity.STRIKETHROUGH,
        MessageEntity.SPOILER,
        MessageEntity.CODE,
        MessageEntity.PRE,
        MessageEntity.TEXT_LINK,
        MessageEntity.BLOCKQUOTE,
        MessageEntity.EXPANDABLE_BLOCKQUOTE,
        MessageEntity.CUSTOM_EMOJI,
    }
)


class Unreadable(AppError):
    """An update that the library cannot parse, or that lacks what its kind must have."""

    def __init__(self, why: str) -> None:
        super().__init__(code="update.unreadable", permanent=True, message=why)


@dataclass(frozen=True, slots=True)
class Heard:
    """One update: who, where, and what. Texts are clean of NUL and lone surrogates."""

    kind: str
    chat_id: int | None
    is_private: bool
    user_id: int | None
    is_bot: bool
    first_name: str
    last_name: str
    username: str
    language_code: str
    text: str
    message_id: int | None
    command: str = ""
    argument: str = ""
    media: str = ""
    tap: Tap | None = None
    is_blocked: bool | None = None
    # When it was written, as Telegram says.
    at: datetime | None = None
    # The text with its formatting as Telegram HTML, where it has any.
    html: str = ""
    # In a group: whether we are spoken to, or were just let in.
    is_addressed: bool = False


def read_update(payload: bytes, *, kind: str, our_name: str) -> Heard:
    """Parse one stored payload. Raises Unreadable, whatever is wrong with it."""
    try:
        update = Update.de_json(json.loads(payload.decode("utf-8", "replace")), None)
        return _heard(update, kind, our_name)
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001 - untrusted JSON breaks the library in more ways than it names
        raise Unreadable(f"{type(error).__name__} while reading a {kind}") from None


def _heard(update: Update, kind: str, our_name: str) -> Heard:
    user: User | None = update.effective_user
    chat: Chat | None = update.effective_chat
    message = update.effective_message
    said = message if isinstance(message, Message) else None
    text = clean((said.text or said.caption or "") if said and not update.callback_query else "")[
        :LONGEST_TEXT
    ]
    command, argument, is_ours = _command(text, our_name) if kind == "command" else ("", "", False)
    chat_id, user_id = _id(chat.id) if chat else None, _id(user.id) if user else None
    if said is not None and chat_id is None:
        raise Unreadable(f"a {kind} in no chat")
    return Heard(
        kind=kind,
        chat_id=chat_id,
        # All that is kept of a private chat is erased by the id of the one person in it.
        is_private=bool(chat and chat.type == ChatType.PRIVATE and chat_id == user_id),
        user_id=user_id,
        is_bot=bool(user and user.is_bot),
        first_name=clean(user.first_name or "")[:128] if user else "",
        last_name=clean(user.last_name or "")[:128] if user else "",
        username=clean(user.username or "")[:64] if user else "",
        language_code=user.language_code if user and isinstance(user.language_code, str) else "",
        text=text,
        html=_html(said, text) if text else "",
        message_id=_id(said.message_id) if said else None,
        command=command,
        argument=argument,
        media=_media(said) if said else "",
        tap=_tap(update),
        is_blocked=_is_blocked(update),
        at=said.date if said else None,
        is_addressed=is_ours
        or _is_let_in(update)
        or bool(our_name and f"@{our_name}".lower() in text.lower()),
    )


def _command(text: str, our_name: str) -> tuple[str, str, bool]:
    head, *rest = text.split(maxsplit=1) or ("",)
    name, _, addressee = head[1:].partition("@")
    is_ours = bool(addressee) and addressee.lower() == our_name.lower()
    if addressee and our_name and not is_ours:
        return "", "", False
    return name.lower(), rest[0].strip() if rest else "", is_ours


def _html(message: Message | None, text: str) -> str:
    """What was formatted in Telegram; nothing where it was not, or where tags were written by hand."""
    entities = (message.entities or message.caption_entities) if message is not None else ()
    if message is None or _TAG.search(text) or not any(each.type in _FORMATS for each in entities):
        return ""
    return clean((message.text_html if message.text else message.caption_html) or "")[:LONGEST_TEXT]


def _media(message: Message) -> str:
    if message.text:
        return ""
    for kind in _MEDIA:
        if getattr(message, kind, None):
            return kind
    if any(getattr(message, kind, None) for kind in _AS_VOICE):
        return "voice"
    return "other" if message.effective_attachment or message.checklist else ""


def _tap(update: Update) -> Tap | None:
    query = update.callback_query
    if query is None:
        return None
    if not isinstance(query.id, str):
        raise Unreadable("a tap without an id")
    return Tap(
        query_id=query.id,
        data=clean(query.data or ""),
        telegram_message_id=_id(query.message.message_id) if query.message else None,
    )


def _id(value: object) -> int:
    """An id that a column can hold. Raises Unreadable: the library takes whatever stands there."""
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise Unreadable("an id that is none")
    return value


def _is_let_in(update: Update) -> bool:
    change = update.my_chat_member
    if change is None or change.chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
        return False
    inside = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR)
    return change.new_chat_member.status in inside and change.old_chat_member.status not in inside


def _is_blocked(update: Update) -> bool | None:
    change = update.my_chat_member
    if change is None or change.chat.type != ChatType.PRIVATE:
        return None
    return change.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
