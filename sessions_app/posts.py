"""From what the bot says to the calls that say it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from mailbox.contracts import Post
from sessions_app.contracts import Line, Visit


def posts_of(visit: Visit, lines: Sequence[Line], *, is_farewell: bool = False) -> list[Post]:
    """A sendMessage for each line, keyed by the visit's cause, so that a walk taken twice says it once."""
    return [
        Post(
            key=f"{visit.cause}:{place}",
            chat_id=visit.chat_id,
            method="sendMessage",
            params=send_params(visit.chat_id, line),
            is_farewell=is_farewell,
            correlation_id=visit.correlation_id,
        )
        for place, line in enumerate(lines)
    ]


def send_params(chat_id: int, line: Line) -> dict[str, object]:
    """The parameters of sendMessage for one line."""
    params: dict[str, object] = {"chat_id": chat_id, "text": line.html, "parse_mode": "HTML"}
    if line.buttons:
        params["reply_markup"] = {
            "inline_keyboard": [
                [{"text": button.label, "callback_data": button.data} for button in row]
                for row in line.buttons
            ]
        }
    return params


def unbutton(visit: Visit, *, is_farewell: bool = False) -> list[Post]:
    """Takes the buttons away from the message whose button was tapped, so that it is not tapped again."""
    if visit.tap is None or visit.tap.telegram_message_id is None:
        return []
    return [
        Post(
            key=f"{visit.cause}:buttons",
            chat_id=visit.chat_id,
            method="editMessageReplyMarkup",
            params={"chat_id": visit.chat_id, "message_id": visit.tap.telegram_message_id},
            is_farewell=is_farewell,
            correlation_id=visit.correlation_id,
        )
    ]
