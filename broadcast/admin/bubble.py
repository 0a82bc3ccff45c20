"""Telegram HTML as a page may show it: read by our own rules, built anew as nodes. What is broken is shown as text."""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from broadcast.markup import REFERENCE, TAG, check_markup, is_link, referenced

_TOKEN: Final = re.compile(rf"{TAG.pattern}|{REFERENCE.pattern}")
_NAME: Final = re.compile(r"</?([A-Za-z-]+)")
_HREF: Final = re.compile(r"href\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
# What may stand in the page for what Telegram knows; nothing else ever does.
_NODES: Final = {
    "b": "strong",
    "strong": "strong",
    "i": "em",
    "em": "em",
    "u": "u",
    "ins": "u",
    "s": "s",
    "strike": "s",
    "del": "s",
    "a": "a",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-spoiler": "span",
    "span": "span",
    "tg-emoji": "span",
}


def bubble(html: str) -> SafeString:
    """The text of a message, safe to put into a page."""
    if check_markup(html).problems:
        return format_html('<div class="bubble-text is-broken">{}</div>', html)
    root = Element("div", {"class": "bubble-text"})
    open_nodes = [root]
    position = 0
    for token in _TOKEN.finditer(html):
        _say(open_nodes[-1], html[position : token.start()])
        position = token.end()
        said = token[0]
        if said.startswith("&"):
            reference = REFERENCE.fullmatch(said)
            _say(open_nodes[-1], referenced(reference) if reference else said)
        elif said.startswith("</"):
            # The check has seen that tags end in their order; the page's own node never does.
            if len(open_nodes) > 1:
                open_nodes.pop()
        else:
            open_nodes.append(_node(open_nodes[-1], said))
    _say(open_nodes[-1], html[position:])
    return mark_safe(tostring(root, encoding="unicode", method="html"))  # noqa: S308 - nodes, escaped by themselves


def _node(parent: Element, tag: str) -> Element:
    named = _NAME.match(tag)
    name = named[1].lower() if named else ""
    node = SubElement(parent, _NODES.get(name, "span"))
    if name == "a":
        href = _HREF.search(tag)
        address = REFERENCE.sub(referenced, next(filter(None, href.groups()), "")).strip() if href else ""
        if is_link(address):
            node.set("href", address)
            node.set("target", "_blank")
            node.set("rel", "noopener noreferrer nofollow")
    elif name in {"tg-spoiler", "span"}:
        node.set("class", "bubble-spoiler")
        node.set("tabindex", "0")
    return node


def _say(node: Element, text: str) -> None:
    """Append a text to a node, behind what it holds already."""
    if not text:
        return
    if len(node):
        node[-1].tail = (node[-1].tail or "") + text
    else:
        node.text = (node.text or "") + text
