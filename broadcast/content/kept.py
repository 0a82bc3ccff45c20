"""Content as it is kept in a row, and read back from one. Pure."""

from __future__ import annotations

from typing import Any, Final

from broadcast.content.said import Button, Content, Variant, Wording
from core.errors import AppError

# What staff could ever write; more is damage, and is not worked through.
_MOST_ITEMS: Final = 1000


class ContentError(AppError):
    """Content that cannot be read; the message says where it is damaged."""

    def __init__(self, where: str, expected: str) -> None:
        place = f" at {where}" if where else ""
        super().__init__(
            code="broadcast.content_damaged",
            permanent=True,
            message=f"The text of this broadcast is damaged{place}: {expected} was expected.",
        )
        self.where = where


def to_json(content: Content) -> dict[str, Any]:
    """The content as plain JSON; `from_json` reads it back."""
    return {
        "fallback": content.fallback,
        "variants": [
            {
                "label": variant.label,
                "wordings": {language: _wording_kept(each) for language, each in variant.wordings.items()},
            }
            for variant in content.variants
        ],
    }


def from_json(kept: Any) -> Content:
    """The content of a row. What is left out is empty, what is unknown is ignored.

    Raises ContentError, which says where, for anything of another shape. Whether it can be sent is another question:
    `check_content`.
    """
    row = _object(kept, "")
    return Content(
        variants=tuple(
            _variant(each, f"variants[{number}]")
            for number, each in enumerate(_list(row.get("variants", []), "variants"))
        ),
        fallback=_text(row, "fallback", ""),
    )


def _wording_kept(wording: Wording) -> dict[str, Any]:
    return {
        "text": wording.text,
        "buttons": [[_button_kept(button) for button in row] for row in wording.buttons],
    }


def _button_kept(button: Button) -> dict[str, str]:
    said = {"label": button.label, "url": button.url, "say": button.say}
    return {name: value for name, value in said.items() if value or name == "label"}


def _variant(value: Any, where: str) -> Variant:
    row = _object(value, where)
    wordings = _object(row.get("wordings", {}), f"{where}.wordings")
    return Variant(
        label=_text(row, "label", where),
        wordings={
            language: _wording(each, f"{where}.wordings.{language}") for language, each in wordings.items()
        },
    )


def _wording(value: Any, where: str) -> Wording:
    row = _object(value, where)
    buttons = []
    for number, each in enumerate(_list(row.get("buttons", []), f"{where}.buttons")):
        place = f"{where}.buttons[{number}]"
        buttons.append(
            tuple(_button(one, f"{place}[{column}]") for column, one in enumerate(_list(each, place)))
        )
    return Wording(text=_text(row, "text", where), buttons=tuple(buttons))


def _button(value: Any, where: str) -> Button:
    row = _object(value, where)
    return Button(
        label=_text(row, "label", where), url=_text(row, "url", where), say=_text(row, "say", where)
    )


def _object(value: Any, where: str) -> dict[str, Any]:
    if (
        not isinstance(value, dict)
        or len(value) > _MOST_ITEMS
        or not all(isinstance(key, str) for key in value)
    ):
        raise ContentError(where, "an object")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > _MOST_ITEMS:
        raise ContentError(where, "a list")
    return value


def _text(row: dict[str, Any], name: str, where: str) -> str:
    value = row.get(name, "")
    if not isinstance(value, str):
        raise ContentError(f"{where}.{name}" if where else name, "a text")
    return value
