"""Telegram's HTML: what it becomes, and what is refused in which words."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.text.formatted import EntityError
from sandbox.text.html import parse_html


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"offset": offset, "length": length, "type": kind, **more}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>a</b><strong>b</strong>", "ab", [entity("bold", 0, 1), entity("bold", 1, 1)]),
        ("<i>a</i><em>b</em>", "ab", [entity("italic", 0, 1), entity("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [entity("underline", 0, 1), entity("underline", 1, 1)]),
        (
            "<s>a</s><strike>b</strike><del>c</del>",
            "abc",
            [entity("strikethrough", n, 1) for n in range(3)],
        ),
        (
            '<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>',
            "ab",
            [entity("spoiler", 0, 1), entity("spoiler", 1, 1)],
        ),
        ("<code>a</code> <pre>b</pre>", "a b", [entity("code", 0, 1), entity("pre", 2, 1)]),
        (
            '<pre><code class="language-python">x = 1</code></pre>',
            "x = 1",
            [entity("pre", 0, 5, language="python")],
        ),
        ('<code class="language-python">x</code>', "x", [entity("code", 0, 1)]),
        ("<blockquote>a</blockquote>", "a", [entity("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [entity("expandable_blockquote", 0, 1)]),
        (
            '<tg-emoji emoji-id="5368">x</tg-emoji>',
            "x",
            [entity("custom_emoji", 0, 1, custom_emoji_id="5368")],
        ),
        (
            "<a href='https://t.me/x?a=1&amp;b=2'>l</a>",
            "l",
            [entity("text_link", 0, 1, url="https://t.me/x?a=1&b=2")],
        ),
        ("<a href=example.com>l</a>", "l", [entity("text_link", 0, 1, url="http://example.com/")]),
        ("<a>example.org</a>", "example.org", [entity("text_link", 0, 11, url="http://example.org/")]),
        ('<a href="not a link">l</a>', "l", []),
        ('<a href="tg://user?id=7">l</a>', "l", [entity("text_mention", 0, 1, user={"id": 7})]),
        ("<B>a</B>", "a", [entity("bold", 0, 1)]),
        ("<b>a</>", "a", [entity("bold", 0, 1)]),
        ("<b ></b >a", "a", []),
        ("&lt;b&gt; &amp; &quot; &#65; &#x1F600; &nbsp; &#0; a&b", '<b> & " A 😀 &nbsp; &#0; a&b', []),
        ("😀<b>я😀</b>", "😀я😀", [entity("bold", 2, 3)]),
        ("<b>1<i>2</i>3</b>", "123", [entity("bold", 0, 3), entity("italic", 1, 1)]),
    ],
)
def test_markup_becomes_text_with_entities_in_utf16_units(
    source: str, text: str, entities: list[dict[str, Any]]
) -> None:
    formatted = parse_html(source)
    assert (formatted.text, formatted.entities) == (text, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>unclosed", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<script>x</script>", 'Unsupported start tag "script" at byte offset 0'),
        ("я < я", 'Unsupported start tag "" at byte offset 3'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<", 'Unsupported start tag "" at byte offset 0'),
        ("<b", 'Unclosed start tag "b" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ('<a href="x', 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=x?y>l</a>", "Unexpected end of name token at byte offset 8"),
        ('<a "x">l</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        (
            "<b><i>test</b></i>",
            'Unmatched end tag at byte offset 10, expected "</i>", found "</b>"',
        ),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        (
            '<tg-emoji emoji-id="9999999999999999999">x</tg-emoji>',
            "Invalid custom emoji identifier specified",
        ),
    ],
)
def test_broken_markup_is_refused_in_telegrams_words(source: str, reason: str) -> None:
    with pytest.raises(EntityError) as refused:
        parse_html(source)
    assert str(refused.value) == reason
