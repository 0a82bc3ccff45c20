"""Light Markdown, as models write it, into well-formed Telegram HTML."""

from __future__ import annotations

import re
from typing import Final

from sessions_app.rendering.characters import Html, clean, escape

_ANY_MARKUP: Final = re.compile(r"[*_~`\[\\&<>]|^[ \t]*(?:#{1,6}[ \t]|[-+][ \t]|-{3})", re.MULTILINE)
_FENCE: Final = re.compile(r"^[ \t]{0,8}```([^\n`]{0,40})$", re.MULTILINE)
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
    before, *rest = _FENCE.split(text)
    shown = [_lines(before)]
    # What follows comes by fours: what the opening fence says, code, what the closing fence says, text.
    for start in range(0, len(rest), 4):
        name, code, *after = rest[start : start + 4]
        inside = code.strip("\n")
        # An unclosed fence runs to the end, as everywhere in Markdown; an empty one has only its name to show.
        shown.append(f"<pre>{escape(inside)}</pre>" if inside else escape(name))
        shown.extend((escape(after[0]), _lines(after[1])) if after else ())
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
