"""From what a model wrote to what Telegram accepts: light Markdown into HTML, in pieces that fit."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from html import unescape
from itertools import accumulate
from typing import Final

MESSAGE_UNITS: Final = 4096
LONGEST_ANSWER: Final = 3500

_ALLOWED_TAGS: Final = frozenset(
    {
        "b",
        "strong",
        "i",
        "em",
        "u",
        "ins",
        "s",
        "strike",
        "del",
        "code",
        "pre",
        "a",
        "blockquote",
        "tg-spoiler",
    }
)


class Html(str):
    """Telegram HTML that is already well-formed; `escape` leaves it as it is."""

    __slots__ = ()


# Telegram refuses NUL and lone surrogates and drops the rest; U+202A–202E and U+2066–2069 turn text around.
_UNPRINTABLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_LINE_BREAKS: Final = re.compile("\r\n?|[\u2028\u2029]")


def clean(text: str) -> str:
    """The same text without characters that Telegram refuses or that would scramble the page."""
    if text.isascii() and text.isprintable():
        return text
    return _UNPRINTABLE.sub("", _LINE_BREAKS.sub("\n", text))


def escape(value: object) -> str:
    """The value as text that is safe anywhere in Telegram HTML, attributes included."""
    if isinstance(value, Html):
        return value
    text = clean(value if isinstance(value, str) else str(value))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


_ANY_MARKUP: Final = re.compile(r"[*_~`\[\\&<>]|^[ \t]*(?:#{1,6}[ \t]|[-+][ \t]|-{3})", re.MULTILINE)
_FENCE: Final = re.compile(r"^[ \t]{0,8}```[^\n`]{0,40}$", re.MULTILINE)
_HEADING: Final = re.compile(r"[ \t]{0,8}#{1,6}[ \t]+(\S.*)")
_BULLET: Final = re.compile(r"([ \t]{0,40})[-*+][ \t]+(\S.*)")
_RULE: Final = re.compile(r"[ \t]{0,8}([-*_])(?:[ \t]?\1){2,}[ \t]*")
_QUOTE: Final = re.compile(r"[ \t]{0,8}>[ \t]?(.*)")
_INLINE: Final = re.compile(r"\\[!-/:-@\[-`{-~]|\*\*\*|\*\*|__|~~|\*|_|`|\[")
# Bounded, so that a wall of brackets costs no more than its length.
_LINK: Final = re.compile(
    r"\[([^\[\]\n]{1,300})\]\((https?://[^\s()<>\"\\]{1,1000}(?:\([^\s()<>\"\\]{0,200}\))?)\)", re.IGNORECASE
)
_MARKERS: Final = {
    "***": ("<b><i>", "</i></b>", "bi"),
    "**": ("<b>", "</b>", "b"),
    "__": ("<b>", "</b>", "b"),
    "*": ("<i>", "</i>", "i"),
    "_": ("<i>", "</i>", "i"),
    "~~": ("<s>", "</s>", "s"),
}


def to_telegram_html(text: str) -> Html:
    """Well-formed HTML for anything a model may write; what is not light Markdown is shown as it is."""
    text = clean(text)
    if not _ANY_MARKUP.search(text):
        return Html(text)
    parts = _FENCE.split(text)
    shown: list[str] = []
    for number, part in enumerate(parts):
        if number % 2 == 0:
            shown.append(_lines(part))
        elif part.strip("\n"):
            # An unclosed fence runs to the end, as everywhere in Markdown.
            shown.append(f"<pre>{escape(part.strip(chr(10)))}</pre>")
    return Html("".join(shown))


def _lines(text: str) -> str:
    shown: list[str] = []
    quoted: list[str] = []
    for line in text.split("\n"):
        if quote := _QUOTE.fullmatch(line):
            quoted.append(_inline(quote[1]))
            continue
        if quoted:
            shown.append(_block_quote(quoted))
            quoted = []
        shown.append(_line(line))
    if quoted:
        shown.append(_block_quote(quoted))
    return "\n".join(shown)


def _block_quote(lines: list[str]) -> str:
    inner = "\n".join(lines)
    return f"<blockquote>{inner}</blockquote>" if inner.strip() else ""


def _line(line: str) -> str:
    if heading := _HEADING.fullmatch(line):
        # Bold inside a heading would be bold in bold.
        title = heading[1].rstrip("# \t").replace("**", "").replace("__", "") or heading[1]
        return f"<b>{_inline(title, bold=True)}</b>"
    if _RULE.fullmatch(line):
        return "———"
    if bullet := _BULLET.fullmatch(line):
        return f"{bullet[1]}• {_inline(bullet[2])}"
    return _inline(line)


def _inline(line: str, *, bold: bool = False, links: bool = True) -> str:
    """One line with its marks turned into tags. A mark without its partner stays what the model wrote."""
    pieces: list[str] = []
    opened: dict[str, int] = {}
    position = 0
    ticks_left = True
    for mark in _INLINE.finditer(line):
        start = mark.start()
        if start < position:
            continue
        symbol = mark[0]
        pieces.append(escape(line[position:start]))
        position = mark.end()
        if symbol == "[":
            link = _LINK.match(line, start) if links else None
            if link:
                label = _inline(link[1], bold=bold, links=False)
                pieces.append(f'<a href="{escape(link[2])}">{label}</a>')
                position = link.end()
            else:
                pieces.append("[")
        elif symbol == "`":
            end = line.find("`", position) if ticks_left else -1
            ticks_left = end >= 0
            if end > position:
                pieces.append(f"<code>{escape(line[position:end])}</code>")
                position = end + 1
            else:
                pieces.append("`")
        elif symbol[0] == "\\":
            pieces.append(escape(symbol[1:]))
        else:
            _mark(line, mark, pieces, opened, bold=bold)
    pieces.append(escape(line[position:]))
    return "".join(pieces)


def _mark(line: str, mark: re.Match[str], pieces: list[str], opened: dict[str, int], *, bold: bool) -> None:
    token = mark[0]
    before = line[mark.start() - 1] if mark.start() else " "
    after = line[mark.end()] if mark.end() < len(line) else " "
    inside_words = token in {"**", "***", "~~"}
    opening, closing, style = _MARKERS[token]
    if token in opened and not before.isspace() and (inside_words or not after.isalnum()):
        at = opened[token]
        if at < len(pieces) - 1:
            pieces[at] = opening
            pieces.append(closing)
            # What was opened inside and never closed stays literal, or tags would overlap.
            for other in [each for each, index in opened.items() if index >= at]:
                del opened[other]
            return
    elif token not in opened and not after.isspace() and (inside_words or not before.isalnum()):
        styles = {"b"} if bold else set()
        styles.update(*(_MARKERS[each][2] for each in opened))
        if not styles.intersection(style):
            opened[token] = len(pieces)
    pieces.append(token)


_TAG_OR_ENTITY: Final = re.compile(
    r"<(/?)([a-z][a-z-]{0,15})((?:\s[^<>]{0,2100})?)>|&(?:[a-z]{1,8}|#\d{1,7}|#x[0-9a-f]{1,6});"
)
_SENTENCE_END: Final = re.compile(r"[.!?…]+[»”\"')\]]{0,3}(?=\s)")

_DEEPEST: Final = 8

_Tag = tuple[str, str]
_Run = tuple[str, tuple[_Tag, ...]]


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(text: str) -> str:
    """What a person would see of this Telegram HTML, without any markup."""
    if "<" not in text and "&" not in text:
        return text
    return "".join(shown for shown, _ in _runs(text))


def split_message(text: str, limit: int = MESSAGE_UNITS) -> list[str]:
    """Telegram HTML in well-formed pieces of at most `limit` UTF-16 units each, counted without the markup.

    Cut between paragraphs where possible, else lines, sentences, words. Nothing but white space at a cut is
    lost; a text with nothing to see gives no piece. `limit` is at least 2, or an emoji would never fit.
    """
    if "<" not in text and "&" not in text and units(text) <= limit:
        return [text.strip()] if text.strip() else []
    runs = list(_runs(text))
    starts = list(accumulate((len(shown) for shown, _ in runs), initial=0))
    whole = "".join(shown for shown, _ in runs)
    return [_html(runs, starts, start, end) for start, end in _cuts(whole, max(limit, 2))]


def _runs(text: str) -> Iterator[_Run]:
    """Visible stretches with their tags; a tag that is not Telegram's is text, a stray end is dropped."""
    stack: list[_Tag] = []
    position = 0
    for found in _TAG_OR_ENTITY.finditer(text):
        if found[2] is not None and found[2] not in _ALLOWED_TAGS:
            continue
        if found.start() > position:
            yield text[position : found.start()], tuple(stack)
        position = found.end()
        if found[2] is None:
            yield clean(unescape(found[0])), tuple(stack)
        elif not found[1]:
            # Nothing that we make nests deeper; a tower of tags would be carried along with every run.
            if len(stack) < _DEEPEST:
                stack.append((found[2], found[3]))
        elif any(name == found[2] for name, _ in stack):
            while stack.pop()[0] != found[2]:
                pass
    if position < len(text):
        yield text[position:], tuple(stack)


def _html(runs: list[_Run], starts: list[int], start: int, end: int) -> str:
    shown: list[str] = []
    opened: tuple[_Tag, ...] = ()
    for index in range(bisect_right(starts, start) - 1, len(runs)):
        if starts[index] >= end:
            break
        text, tags = runs[index]
        part = text[max(start - starts[index], 0) : end - starts[index]]
        if not part:
            continue
        same = 0
        while same < min(len(opened), len(tags)) and opened[same] == tags[same]:
            same += 1
        shown.extend(f"</{name}>" for name, _ in reversed(opened[same:]))
        shown.extend(f"<{name}{rest}>" for name, rest in tags[same:])
        shown.append(escape(part))
        opened = tags
    shown.extend(f"</{name}>" for name, _ in reversed(opened))
    return "".join(shown)


def _cuts(whole: str, limit: int) -> Iterator[tuple[int, int]]:
    position = 0
    while position < len(whole):
        end = _reach(whole, position, limit)
        if end < len(whole):
            end = position + _kindest_cut(whole[position : end + 1])
        start, stop = position, end
        while start < stop and whole[start].isspace():
            start += 1
        while stop > start and whole[stop - 1].isspace():
            stop -= 1
        if start < stop:
            yield start, stop
        position = end


def _reach(whole: str, start: int, limit: int) -> int:
    chunk = whole[start : start + limit]
    if chunk.isascii() or max(chunk) <= "\uffff":
        return start + len(chunk)
    used = 0
    for index, char in enumerate(chunk):
        used += 2 if char > "\uffff" else 1
        if used > limit:
            return start + index
    return start + len(chunk)


def _kindest_cut(window: str) -> int:
    """Where to cut, at least 1; the last character of `window` is the first that no longer fits."""
    room = len(window) - 1
    for mark, least in (("\n\n", room // 2), ("\n", room // 2)):
        at = window.rfind(mark, least)
        if at > 0:
            return at
    at = max((found.end() for found in _SENTENCE_END.finditer(window, room // 2)), default=0)
    if not 0 < at <= room:
        at = window.rfind(" ", room // 2)
    if not 0 < at <= room:
        at = room
        # An accent or the tail of a joined emoji belongs to what stands before it.
        while at > room - 16 and at > 1 and _joins(window, at):
            at -= 1
        at = at if at > max(room - 16, 1) else room
    return max(at, 1)


def _joins(window: str, at: int) -> bool:
    return window[at] in _JOINING or "\U0001f3fb" <= window[at] <= "\U0001f3ff" or window[at - 1] == "\u200d"


_JOINING: Final = frozenset("\u200d\ufe0e\ufe0f\u20e3" + "".join(map(chr, range(0x300, 0x370))))


_THINKING: Final = re.compile(r"\A\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_SPEAKER: Final = re.compile(
    r"\A\s*(?:\*\*)?(?:assistant|coach|natasha|bot|наташа|коуч|бот|ассистент)(?:\*\*)?\s?:(?:\*\*)?\s*",
    re.IGNORECASE,
)
_EMPTY_LINES: Final = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_WORD: Final = re.compile(r"[^\W_]+")
_ANSWER_KEYS: Final = ("reply", "answer", "text", "message", "content")
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
    answer = _EMPTY_LINES.sub("\n\n", _SPEAKER.sub("", unwrapped)).strip()
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
    ends = [found.end() for found in _SENTENCE_END.finditer(text, limit // 2, limit + 1)]
    if ends and ends[-1] <= limit:
        return head[: ends[-1]]
    at = max(head.rfind("\n", limit // 2), head.rfind(" ", limit // 2))
    return (head[:at] if at > 0 else head[: limit - 1]).rstrip()[: limit - 1] + "…"
