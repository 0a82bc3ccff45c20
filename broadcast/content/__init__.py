"""What a broadcast says: variants to be tried, each in several languages, with buttons. Pure."""

from __future__ import annotations

from broadcast.content.checks import (
    LONGEST_CAPTION,
    LONGEST_LABEL,
    LONGEST_TEXT,
    MEDIA,
    MOST_BUTTONS,
    MOST_BUTTONS_IN_ROW,
    MOST_ENTITIES,
    MOST_VARIANTS,
    check_content,
)
from broadcast.content.kept import ContentError, from_json, to_json
from broadcast.content.said import Button, Content, Variant, Wording
from broadcast.content.told import ContentProblem, problems_told

__all__ = [
    "LONGEST_CAPTION",
    "LONGEST_LABEL",
    "LONGEST_TEXT",
    "MEDIA",
    "MOST_BUTTONS",
    "MOST_BUTTONS_IN_ROW",
    "MOST_ENTITIES",
    "MOST_VARIANTS",
    "Button",
    "Content",
    "ContentError",
    "ContentProblem",
    "Variant",
    "Wording",
    "check_content",
    "from_json",
    "problems_told",
    "to_json",
]
