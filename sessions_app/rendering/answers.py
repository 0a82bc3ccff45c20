"""What of a model's answer a person can be shown at all."""

from __future__ import annotations

import json
import re
from typing import Final

from sessions_app.rendering.characters import clean
from sessions_app.rendering.pieces import SENTENCE_END

LONGEST_ANSWER: Final = 3500

_THINKING: Final = re.compile(r"\A\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_SPEAKER: Final = re.compile(
    r"\A\s*(?:\*\*)?(?:assistant|coach|natasha|bot|наташа|коуч|бот|ассистент)(?:\*\*)?\s?:(?:\*\*)?\s*",
    re.IGNORECASE,
)
_EMPTY_LINES: Final = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_WORD: Final = re.compile(r"[^\W_]+")
_ANSWER_KEYS: Final = ("reply", "answer", "text", "message", "content")
# Nearly every answer shows within this many characters that it is one.
_GLANCE: Final = 160
_SAME_WORD_TOO_OFTEN: Final = 6


def sensible(text: str) -> str | None:
    """What a person can be shown of a model's answer, up to 3500 characters; None where there is nothing."""
    answer = clean(text).strip()
    if "<" in answer[:64]:
        answer = _THINKING.sub("", answer).strip()
        if answer[:15].lower().startswith(("<!doctype", "<html", "<?xml")):
            return None
    unwrapped = _unwrapped(answer)
    if unwrapped is None:
        return None
    speaker = _SPEAKER.match(unwrapped)
    answer = unwrapped[speaker.end() :] if speaker else unwrapped
    if "\n" in answer:
        answer = _EMPTY_LINES.sub("\n\n", answer)
    answer = answer.strip()
    if not _says_something(answer):
        return None
    return answer if len(answer) <= LONGEST_ANSWER else _shortened(answer, LONGEST_ANSWER)


def _unwrapped(answer: str) -> str | None:
    """The words inside where a model wrapped its answer into a code block or JSON; None for other JSON."""
    if answer.startswith("```") and answer.endswith("```") and answer.count("```") == 2:
        answer = answer[3:-3].partition("\n")[2].strip() or answer[3:-3].strip()
    if answer[:1] not in {"{", "["} or answer[-1:] not in {"}", "]"}:
        return answer
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError):
        return answer
    if not isinstance(value, dict):
        return None
    return next((clean(value[key]).strip() for key in _ANSWER_KEYS if isinstance(value.get(key), str)), None)


def _says_something(answer: str) -> bool:
    if "\ufffd" not in answer:
        # The last word of a glance may be cut, and so look like another.
        first = set(_WORD.findall(answer[:_GLANCE].casefold())[:-1])
        if len(first) > 1 and len(set("".join(first))) > 1:
            return True
    words = _WORD.findall(answer[: 2 * LONGEST_ANSWER].casefold())
    if not words:
        return False
    if len(words) >= _SAME_WORD_TOO_OFTEN and len(set(words)) == 1:
        return False
    letters = "".join(words)
    if len(letters) > 3 and len(set(letters)) == 1:
        return False
    return answer.count("\ufffd") * 5 <= len(letters)


def _shortened(text: str, limit: int) -> str:
    head = text[:limit]
    ends = [found.end() for found in SENTENCE_END.finditer(text, limit // 2, limit + 1)]
    if ends and ends[-1] <= limit:
        return head[: ends[-1]]
    at = max(head.rfind("\n", limit // 2), head.rfind(" ", limit // 2))
    return (head[:at] if at > 0 else head[: limit - 1]).rstrip()[: limit - 1] + "…"
