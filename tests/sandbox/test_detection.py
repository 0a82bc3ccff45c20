"""What Telegram finds in a text by itself, and how white space and links are read."""

from __future__ import annotations

import pytest

from sandbox.text.detection import detected
from sandbox.text.formatted import FormattedText, trimmed, utf16_length
from sandbox.text.links import LinkError, checked_link


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start deep", [("bot_command", "/start")]),
        ("/help@natasha_bot now", [("bot_command", "/help@natasha_bot")]),
        ("a/b and 1/2", []),
        ("hi @anna_k, #путь and $USD", [("mention", "@anna_k"), ("hashtag", "#путь"), ("cashtag", "$USD")]),
        ("#123 is no tag", []),
        ("see https://example.com/a?b=1.", [("url", "https://example.com/a?b=1")]),
        ("see example.com/путь, ok", [("url", "example.com/путь")]),
        ("write me@example.com", [("email", "me@example.com")]),
        ("😀 /x", [("bot_command", "/x")]),
    ],
)
def test_commands_mentions_tags_and_addresses_are_found(text: str, found: list[tuple[str, str]]) -> None:
    units = text.encode("utf-16-le")
    entities = detected(FormattedText(text)).entities
    spans = [units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le") for e in entities]
    assert list(zip([e["type"] for e in entities], spans, strict=True)) == found


def test_nothing_is_looked_for_inside_code_and_links() -> None:
    code = {"offset": 0, "length": 6, "type": "code"}
    assert detected(FormattedText("/start /help", [code])).entities == [
        code,
        {"offset": 7, "length": 5, "type": "bot_command"},
    ]


def test_trimming_moves_cuts_and_drops_entities() -> None:
    entities = [
        {"offset": 0, "length": 2, "type": "bold"},
        {"offset": 1, "length": 4, "type": "italic"},
        {"offset": 4, "length": 3, "type": "code"},
    ]
    result = trimmed(FormattedText("  ab \n ", entities))
    assert result.text == "ab"
    assert result.entities == [{"offset": 0, "length": 2, "type": "italic"}]


@pytest.mark.parametrize(("text", "length"), [("abc", 3), ("путь", 4), ("😀", 2), ("я😀a", 4)])
def test_length_counts_utf16_units(text: str, length: int) -> None:
    assert utf16_length(text) == length


@pytest.mark.parametrize(
    ("given", "link"),
    [
        ("https://example.com", "https://example.com/"),
        ("https://example.com/a?b#c", "https://example.com/a?b#c"),
        ("example.com:8080/x", "http://example.com:8080/x"),
        ("http://127.0.0.1:8000/go", "http://127.0.0.1:8000/go"),
        ("http://[::1]:8000/go", "http://[::1]:8000/go"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
    ],
)
def test_links_get_a_scheme(given: str, link: str) -> None:
    assert checked_link(given) == link


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("", "URL host is empty"),
        ("https://", "URL host is empty"),
        ("not-a-url", "Wrong HTTP URL"),
        ("http://localhost:8000/", "Wrong HTTP URL"),
        ("http://[broken", "Wrong HTTP URL"),
        ("ftp://example.com", "Unsupported URL protocol"),
        ("javascript:alert(1)", "Unsupported URL protocol"),
    ],
)
def test_other_links_are_refused(given: str, reason: str) -> None:
    with pytest.raises(LinkError) as refused:
        checked_link(given)
    assert str(refused.value) == reason
