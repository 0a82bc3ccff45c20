"""From what the bot says to the calls that say it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from mailbox.contracts import Post
from sessions_app.contracts import Button, Line, Visit


def posts_of(visit: Visit, lines: Sequence[Line], *, is_farewell: bool = False) -> list[Post]:
    """A message for each line, keyed by the visit's cause, so that a walk taken twice says it once."""
    return [
        Post(
            key=f"{visit.cause}:{place}",
            chat_id=visit.chat_id,
            method=method_of(line),
            params=send_params(visit.chat_id, line),
            is_farewell=is_farewell,
            correlation_id=visit.correlation_id,
        )
        for place, line in enumerate(lines)
    ]


def method_of(line: Line) -> str:
    """The method of the Bot API that says this line."""
    if line.document is not None:
        return "sendDocument"
    return "sendMessage" if line.photo is None else "sendPhoto"


def send_params(chat_id: int, line: Line) -> dict[str, object]:
    """The parameters of `method_of` for one line."""
    params: dict[str, object] = {"chat_id": chat_id, "parse_mode": "HTML"}
    file = line.document or line.photo
    if file is None:
        params["text"] = line.html
    else:
        # The sender puts the file in its place.
        kind = "photo" if line.document is None else "document"
        params |= {kind: {"media_id": str(file)}, "caption": line.html}
    if line.buttons:
        params["reply_markup"] = keyboard(line.buttons)
    return params


def keyboard(rows: Sequence[Sequence[Button]]) -> dict[str, object]:
    """Rows of buttons as Telegram wants them."""
    return {"inline_keyboard": [[_button(each) for each in row] for row in rows]}


def _button(button: Button) -> dict[str, str]:
    return {"text": button.label, **({"url": button.url} if button.url else {"callback_data": button.data})}


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
