from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.markup import Problem, check_markup, is_link
from sandbox.text.formatted import EntityError
from sandbox.text.html import parse_html

PIECES = [
    *"ab <>&\"'/=;",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<u>",
    "</u>",
    "<code>",
    "</code>",
    "<pre>",
    "</pre>",
    '<code class="language-python">',
    '<a href="https://example.com/?a=1&amp;b=2">',
    "</a>",
    '<a href="nowhere">',
    "<blockquote>",
    "<blockquote expandable>",
    "</blockquote>",
    '<span class="tg-spoiler">',
    "<span>",
    "</span>",
    "<tg-spoiler>",
    "</tg-spoiler>",
    '<tg-emoji emoji-id="5368324170671202286">',
    "</tg-emoji>",
    "<p>",
    "</p>",
    "<br/>",
    "&lt;",
    "&amp",
    "&#9829;",
    "&nbsp;",
    "💖",
    "ё",
    "\n",
]
markup = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def told(html: str) -> list[tuple[str, int, str]]:
    return [(problem.code, problem.position, problem.fragment) for problem in check_markup(html).problems]


@pytest.mark.parametrize(
    ("html", "plain", "entities"),
    [
        ("no markup at all", "no markup at all", 0),
        ("<b>a</b> <strong>b</strong> <i>c</i> <em>d</em>", "a b c d", 4),
        ("<u>a</u><ins>b</ins><s>c</s><strike>d</strike><del>e</del>", "abcde", 5),
        ('<a href="https://example.com">here</a>', "here", 1),
        ("<a href='tg://user?id=1'>her</a>", "her", 1),
        ("<code>x</code><pre>y</pre>", "xy", 2),
        ('<pre><code class="language-python">x = 1</code></pre>', "x = 1", 1),
        ("<blockquote>a</blockquote><blockquote expandable>b</blockquote>", "ab", 2),
        ('<tg-spoiler>a</tg-spoiler><span class="tg-spoiler">b</span>', "ab", 2),
        ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', "👍", 1),
        ("<B>big</B >", "big", 1),
        ("<b></b>nothing is bold", "nothing is bold", 0),
        ("&lt;b&gt; &amp; &quot;&#33;&#x21;", '<b> & "!!', 0),
        ("Tom & Jerry, AT&T, a > b", "Tom & Jerry, AT&T, a > b", 0),
    ],
)
def test_what_telegram_knows_is_read_without_complaint(html: str, plain: str, entities: int) -> None:
    found = check_markup(html)
    assert (found.plain, found.entities, found.problems) == (plain, entities, ())


def test_length_is_counted_in_utf_16_units_of_what_is_seen() -> None:
    assert check_markup("<b>Любовь</b> 💖&amp;").units == 6 + 1 + 2 + 1


@pytest.mark.parametrize(
    ("html", "problems"),
    [
        ("one <b>two", [("unclosed_tag", 4, "<b>")]),
        ("<b>one <i>two", [("unclosed_tag", 0, "<b>"), ("unclosed_tag", 7, "<i>")]),
        ("one</b>", [("stray_closing", 3, "</b>")]),
        ("<b><i>x</b></i>", [("wrong_closing", 7, "</b>")]),
        ("<b><i>x</b> </i></i>", [("wrong_closing", 7, "</b>"), ("stray_closing", 16, "</i>")]),
        ("a<br>b", [("unknown_tag", 1, "<br>")]),
        ("<p>a</p>", [("unknown_tag", 0, "<p>")]),
        ("a</p>", [("unknown_tag", 1, "</p>")]),
        ("a < b", [("bare_angle", 2, "< b")]),
        ("I <3 you\nand you", [("bare_angle", 2, "<3 you")]),
        ("a <b", [("bare_angle", 2, "<b")]),
        ("a&nbsp;b", [("unknown_entity", 1, "&nbsp;")]),
        ("&#0; &#xD800; &#1114112;", [("unknown_entity", 0, "&#0;"), ("unknown_entity", 5, "&#xD800;"),
                                      ("unknown_entity", 14, "&#1114112;")]),
        ('<b class="x">a</b>', [("attribute_unknown", 0, '<b class="x">')]),
        ('<a href="https://a.io" title="x">a</a>', [("attribute_unknown", 0, '<a href="https://a.io" title="x">')]),
        ("<a>x</a>", [("attribute_missing", 0, "<a>")]),
        ("<span>x</span>", [("attribute_missing", 0, "<span>")]),
        ("<tg-emoji>x</tg-emoji>", [("attribute_missing", 0, "<tg-emoji>")]),
        ('<span class="red">x</span>', [("attribute_unfit", 0, '<span class="red">')]),
        ('<tg-emoji emoji-id="x">x</tg-emoji>', [("attribute_unfit", 0, '<tg-emoji emoji-id="x">')]),
        ('<blockquote expandable="yes">x</blockquote>', [("attribute_unfit", 0, '<blockquote expandable="yes">')]),
        ('<pre><code class="python">x</code></pre>', [("attribute_unfit", 5, '<code class="python">')]),
        ('<code class="language-go">x</code>', [("attribute_unknown", 0, '<code class="language-go">')]),
        ('<a href="example.com">x</a>', [("link_unfit", 0, '<a href="example.com">')]),
        ('<a href="javascript:alert(1)">x</a>', [("link_unfit", 0, '<a href="javascript:alert(1)">')]),
        ('<a href="">x</a>', [("link_unfit", 0, '<a href="">')]),
        ('<a href="https://a.io>x</a>', [("broken_tag", 0, '<a href="https://a.io>')]),
        ("<b/>", [("broken_tag", 0, "<b/>"), ("unclosed_tag", 0, "<b/>")]),
        ("<b>x</b c>", [("broken_tag", 4, "</b c>")]),
        ("<code><b>x</b></code>", [("nested_tag", 6, "<b>")]),
        ("<pre>a<i>b</i></pre>", [("nested_tag", 6, "<i>")]),
        ("<blockquote><blockquote>x</blockquote></blockquote>", [("nested_tag", 12, "<blockquote>")]),
        ('<a href="https://a.io"><a href="https://b.io">x</a></a>', [("nested_tag", 23, '<a href="https://b.io">')]),
    ],
)  # fmt: skip
def test_what_telegram_would_not_understand_is_told_with_its_place(
    html: str, problems: list[tuple[str, int, str]]
) -> None:
    assert told(html) == problems


def test_a_problem_says_what_should_be_there() -> None:
    assert check_markup("<b><i>x</b>").problems == (Problem("wrong_closing", 7, "</b>", "b", "</i>"),)
    assert check_markup("<u>x").problems == (Problem("unclosed_tag", 0, "<u>", "u", "</u>"),)
    assert check_markup("<pre><b>x</b></pre>").problems == (Problem("nested_tag", 5, "<b>", "b", "pre"),)


def test_problems_come_in_the_order_of_the_text_and_at_most_twenty() -> None:
    positions = [problem.position for problem in check_markup("<b>" + "< " * 100).problems]
    assert positions == sorted(positions)
    assert len(positions) == 20
    assert positions[0] == 0


def test_a_long_fragment_is_cut() -> None:
    (problem,) = check_markup(f"<section {'x' * 500}>").problems
    assert len(problem.fragment) == 40
    assert problem.fragment.endswith("…")


def test_a_tower_of_tags_is_only_text() -> None:
    found = check_markup("<b>" * 20_000 + "x" + "</b>" * 20_000)
    assert (found.plain, found.entities, found.problems) == ("x", 20_000, ())


@given(html=markup)
def test_what_passes_is_read_by_the_sandbox_in_the_same_way(html: str) -> None:
    found = check_markup(html)
    if not found.problems:
        read = parse_html(html)
        assert read.text == found.plain
        assert len(read.entities) <= found.entities + html.count("<pre>")


@given(html=markup)
def test_what_telegram_refuses_never_passes(html: str) -> None:
    try:
        parse_html(html)
    except EntityError:
        assert check_markup(html).problems


@given(html=st.text(max_size=300))
def test_anything_is_read(html: str) -> None:
    found = check_markup(html)
    assert all(html.startswith(problem.fragment[:12], problem.position) for problem in found.problems)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "http://example.com:8080/a?b=c#d",
        "HTTPS://Example.COM",
        "https://пример.рф/путь",
        "tg://resolve?domain=bot",
        "tg:resolve?domain=bot",
        "https://[::1]/",
    ],
)
def test_an_address_leads_somewhere(url: str) -> None:
    assert is_link(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "https://",
        "https:///path",
        "https://localhost",
        "https://a..com",
        "https://exa mple.com",
        "https://example.com\n",
        "https://example.com:port",
        "https://[",
        "ftp://example.com",
        "javascript:alert(1)",
        "mailto:a@example.com",
        "tg:",
        "//example.com",
    ],
)
def test_no_address_leads_nowhere(url: str) -> None:
    assert not is_link(url)
