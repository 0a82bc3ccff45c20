"""Both of Telegram's Markdowns."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.text.formatted import EntityError
from sandbox.text.markdown import parse_markdown
from sandbox.text.markdown_v2 import parse_markdown_v2


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"offset": offset, "length": length, "type": kind, **more}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("*b* _i_ `c`", "b i c", [entity("bold", 0, 1), entity("italic", 2, 1), entity("code", 4, 1)]),
        ("\\*a\\_b \\x", "*a_b \\x", []),
        ("[l](example.com)!", "l!", [entity("text_link", 0, 1, url="http://example.com/")]),
        ("[example.com]", "example.com", [entity("text_link", 0, 11, url="http://example.com/")]),
        ("[l](example.com/a", "l", [entity("text_link", 0, 1, url="http://example.com/a")]),
        ("[l](nowhere)", "l", []),
        ("```\na*b\n```", "a*b\n", [entity("pre", 0, 4)]),
        ("```py\nx\n```", "x\n", [entity("pre", 0, 2, language="py")]),
        ("**", "", []),
    ],
)
def test_the_first_markdown_knows_no_nesting(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    formatted = parse_markdown(source)
    assert (formatted.text, formatted.entities) == (text, entities)


@pytest.mark.parametrize(("source", "offset"), [("*unclosed", 0), ("я_b", 2), ("a ```b``", 2), ("[l", 0)])
def test_the_first_markdown_names_where_an_entity_began(source: str, offset: int) -> None:
    with pytest.raises(EntityError) as refused:
        parse_markdown(source)
    assert str(refused.value) == f"Can't find end of the entity starting at byte offset {offset}"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        (
            "*b _i __u ~s~ ||p||___*",
            "b i u s p",
            [
                entity("bold", 0, 9),
                entity("italic", 2, 7),
                entity("underline", 4, 5),
                entity("strikethrough", 6, 1),
                entity("spoiler", 8, 1),
            ],
        ),
        ("`a*\\`b`", "a*`b", [entity("code", 0, 4)]),
        ("```py\nx*\\`y\n```", "x*`y\n", [entity("pre", 0, 5, language="py")]),
        ("```a```", "a", [entity("pre", 0, 1)]),
        ("[l](https://e.com/a\\)b)", "l", [entity("text_link", 0, 1, url="https://e.com/a)b")]),
        ("[e\\.com]", "e.com", [entity("text_link", 0, 5, url="http://e.com/")]),
        ("[l](tg://user?id=7)", "l", [entity("text_mention", 0, 1, user={"id": 7})]),
        ("![😀](tg://emoji?id=5)", "😀", [entity("custom_emoji", 0, 2, custom_emoji_id="5")]),
        (">one\n>two\nafter", "one\ntwo\nafter", [entity("blockquote", 0, 7)]),
        (">one||\nafter", "one\nafter", [entity("expandable_blockquote", 0, 3)]),
        (">*b*", "b", [entity("blockquote", 0, 1), entity("bold", 0, 1)]),
        ("a\\.\\!\n", "a.!\n", []),
    ],
)
def test_markdown_v2_nests(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    formatted = parse_markdown_v2(source)
    assert (formatted.text, formatted.entities) == (text, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("*unclosed", "Can't find end of Bold entity at byte offset 0"),
        ("я _a", "Can't find end of Italic entity at byte offset 3"),
        ("__a", "Can't find end of Underline entity at byte offset 0"),
        ("~a", "Can't find end of Strikethrough entity at byte offset 0"),
        ("||a", "Can't find end of Spoiler entity at byte offset 0"),
        ("`a", "Can't find end of Code entity at byte offset 0"),
        ("```a", "Can't find end of Pre entity at byte offset 0"),
        ("```py\na", "Can't find end of PreCode entity at byte offset 0"),
        ("[a", "Can't find end of TextUrl entity at byte offset 0"),
        ("[a](b", "Can't find end of a URL at byte offset 4"),
        ("![a](b.com)", "Custom emoji entity must contain a tg://emoji URL"),
        ("![a](tg://emoji?id=x)", "Invalid custom emoji identifier specified"),
        *(
            (f"a{c}", f"Character '{c}' is reserved and must be escaped with the preceding '\\'")
            for c in ".-!(|>"
        ),
    ],
)
def test_broken_markdown_v2_is_refused_in_telegrams_words(source: str, reason: str) -> None:
    with pytest.raises(EntityError) as refused:
        parse_markdown_v2(source)
    assert str(refused.value) == reason
