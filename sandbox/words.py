"""What people say and channels post: checked as a Telegram app checks it, its entities found."""

from __future__ import annotations

from typing import Any

from sandbox.errors import ControlError
from sandbox.text.detection import detected
from sandbox.text.formatted import FormattedText, utf16_length

LONGEST_TEXT = 4096  # UTF-16 units
LONGEST_CAPTION = 1024  # likewise


def said(text: str) -> dict[str, Any]:
    """`text` and `entities` of a message. Raises ControlError for what no app would send."""
    if not text.strip():
        raise ControlError("`text` is empty: Telegram lets nobody send that")
    if utf16_length(text) > LONGEST_TEXT:
        raise ControlError(f"`text` is longer than {LONGEST_TEXT} UTF-16 units; …/updates takes any size")
    found = detected(FormattedText(text))
    return {"text": text, "entities": found.entities} if found.entities else {"text": text}


def captioned(caption: str) -> dict[str, Any]:
    """`caption` and `caption_entities` of a message; empty without one. Raises ControlError likewise."""
    if not caption.strip():
        return {}
    if utf16_length(caption) > LONGEST_CAPTION:
        raise ControlError(f"`caption` is longer than {LONGEST_CAPTION} UTF-16 units")
    found = detected(FormattedText(caption))
    entities = {"caption_entities": found.entities} if found.entities else {}
    return {"caption": caption, **entities}
