from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from sessions_app import crisis
from sessions_app.crisis import CrisisKind, crisis_reply, hotline_list, hotlines
from tests.sessions_app.telegram_html import seen

ROWS = tomllib.loads((Path(crisis.__file__).parent / "hotlines.toml").read_text(encoding="utf-8"))["hotline"]


def numbers(language: str, country: str | None = None, kind: str | None = None) -> list[str]:
    return [line.number for line in hotlines(language, country, kind=kind)]


def test_russian_speakers_are_shown_russian_lines() -> None:
    assert numbers("ru") == [
        "112",
        "+7 495 989-50-50",
        "8-800-7000-600",
        "8-800-2000-122",
        "findahelpline.com",
    ]
    assert hotlines("ru")[0].name == "Экстренная служба"


def test_the_country_counts_more_than_the_language() -> None:
    assert numbers("ru", "us") == ["911", "988", "1-800-799-7233", "findahelpline.com"]
    assert hotlines("ru", "US")[2].hours == "круглосуточно"
    assert numbers("en", "RU")[0] == "112"


def test_english_speakers_whose_country_is_not_known_are_shown_several() -> None:
    assert numbers("en", kind="self_harm") == ["911", "988", "999", "116 123", "112", "findahelpline.com"]


def test_a_country_of_the_union_without_lines_of_its_own_gets_those_of_the_union() -> None:
    assert numbers("en", "FR", "abuse") == ["112", "findahelpline.com"]
    assert numbers("en", "FR", "minor") == ["112", "116 111", "findahelpline.com"]
    assert "0800 111 0 111" in numbers("en", "DE")


def test_a_country_that_we_know_nothing_of_gets_the_directory_and_no_wrong_number() -> None:
    assert numbers("ru", "BR") == ["findahelpline.com"]


def test_each_kind_of_danger_gets_its_own_lines() -> None:
    assert "8-800-7000-600" in numbers("ru", kind="abuse")
    assert "8-800-7000-600" not in numbers("ru", kind="self_harm")
    assert "0800 1111" in numbers("en", "GB", "minor")


def test_a_language_without_words_is_answered_in_english() -> None:
    assert hotlines("de", "DE") == hotlines("en", "DE")


def test_every_line_says_where_it_was_taken_from() -> None:
    assert all(row["source"] for row in ROWS)
    assert all(set(row["name"]) == set(row["hours"]) == {"ru", "en"} for row in ROWS)
    assert all(set(row.get("kinds", [])) <= set(CrisisKind) for row in ROWS)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("kind", list(CrisisKind))
def test_every_reply_to_a_crisis_names_someone_to_call(kind: CrisisKind, language: str) -> None:
    reply = seen(crisis_reply(kind, language))

    for number in numbers(language, kind=kind):
        assert number in reply
    assert len(reply) < 4096


def test_the_list_is_well_formed_html_a_line_each() -> None:
    html = hotline_list("en")

    assert len(seen(html).splitlines()) == len(hotlines("en"))
    assert "988 Suicide &amp; Crisis Lifeline, USA</b>: 988 (call or text, 24 hours)" in html
