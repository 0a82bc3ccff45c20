"""Keyboards under messages, checked as Telegram checks them."""

from __future__ import annotations

from typing import Any

from sandbox.encoding import to_json
from sandbox.errors import bad_request
from sandbox.text.formatted import utf16_length
from sandbox.text.links import LinkError, checked_link

Markup = dict[str, Any]
_MOST_DATA = 64  # bytes
_MOST_COPIED = 256  # UTF-16 units
_MOST_BYTES = 10_240
_REPLY_SWITCHES = ("resize_keyboard", "one_time_keyboard", "is_persistent", "selective")
_OTHER_ACTIONS = (
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
)


def checked_markup(value: Any) -> Markup | None:
    """The reply markup as Telegram would store it; None when there is none. Raises Telegram's refusal."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in value:
        return _inline(value["inline_keyboard"])
    if "keyboard" in value:
        return _reply(value)
    for switch in ("remove_keyboard", "force_reply"):
        if switch in value:
            _require_boolean(value, switch)
            return value
    return None


def _rows(value: Any, name: str) -> list[list[Any]]:
    if not isinstance(value, list):
        raise bad_request(f'field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in value):
        raise bad_request(f'field "{name}" must be an Array of Arrays')
    return [row for row in value if row]


def _inline(value: Any) -> Markup | None:
    rows = [[_inline_button(button) for button in row] for row in _rows(value, "inline_keyboard")]
    if not rows:
        return None
    markup = {"inline_keyboard": rows}
    if len(to_json(markup)) > _MOST_BYTES:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return markup


def _inline_button(button: Any) -> dict[str, Any]:
    complaint = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad_request(f"{complaint}InlineKeyboardButton must be an Object")
    kept: dict[str, Any] = {"text": _button_text(button, complaint)}
    if button.get("url"):
        kept["url"] = _url(button["url"], "inline keyboard button URL")
    elif "callback_data" in button:
        kept["callback_data"] = _callback_data(button["callback_data"], complaint)
    elif "web_app" in button:
        kept["web_app"] = _web_app(button["web_app"], "inline keyboard button")
    elif "copy_text" in button:
        kept["copy_text"] = _copied(button["copy_text"])
    elif button.get("pay"):
        raise bad_request("BUTTON_TYPE_INVALID")
    else:
        others = {name: button[name] for name in _OTHER_ACTIONS if name in button}
        if not others:
            raise bad_request(f"{complaint}Text buttons are unallowed in the inline keyboard")
        kept.update(others)
    return kept


def _button_text(button: dict[str, Any], complaint: str) -> str:
    text = button.get("text")
    if text is None:
        raise bad_request(f'{complaint}Can\'t find field "text"')
    if not isinstance(text, str):
        raise bad_request(f'{complaint}Field "text" must be of type String')
    if not text.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    return text


def _callback_data(value: Any, complaint: str) -> str:
    if not isinstance(value, str):
        raise bad_request(f'{complaint}Field "callback_data" must be of type String')
    if not 1 <= len(value.encode("utf-8", "surrogatepass")) <= _MOST_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    return value


def _url(value: Any, what: str) -> str:
    try:
        return checked_link(str(value))
    except LinkError as error:
        raise bad_request(f"{what} '{value}' is invalid: {error}") from error


def _web_app(value: Any, what: str) -> dict[str, str]:
    url = str(value.get("url", "")) if isinstance(value, dict) else ""
    if not url.startswith("https://"):
        raise bad_request(f"{what} Web App URL '{url}' is invalid: Only HTTPS links are allowed")
    return {"url": _url(url, f"{what} Web App URL")}


def _copied(value: Any) -> dict[str, str]:
    text = value.get("text") if isinstance(value, dict) else None
    if not isinstance(text, str) or not 1 <= utf16_length(text) <= _MOST_COPIED:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return {"text": text}


def _reply(value: Markup) -> Markup | None:
    rows = [[_reply_button(button) for button in row] for row in _rows(value["keyboard"], "keyboard")]
    if not rows:
        return None
    for switch in _REPLY_SWITCHES:
        _require_boolean(value, switch)
    return {**value, "keyboard": rows}


def _reply_button(button: Any) -> dict[str, Any]:
    if isinstance(button, str):
        return {"text": button}
    complaint = "can't parse keyboard button: "
    if not isinstance(button, dict):
        raise bad_request(f"{complaint}KeyboardButton must be an Object")
    text = _button_text(button, complaint)
    if "web_app" in button:
        _web_app(button["web_app"], "keyboard button")
    return {**button, "text": text}


def _require_boolean(value: Markup, name: str) -> None:
    if not isinstance(value.get(name, False), bool):
        raise bad_request(f'field "{name}" must be of type Boolean')
