from __future__ import annotations

import re
import string

import pytest

from sessions_app.rendering import Html
from sessions_app.speech import LANGUAGES, keys, language_of, listing, paragraphs, say, variants
from tests.sessions_app.telegram_html import seen, utf16_units

COMMANDS = (
    "start",
    "natasha",
    "diagnostic",
    "end_session",
    "my_session_summary",
    "my_journey",
    "my_metaphysical_profile",
    "analyze_readiness",
    "streams",
    "platform",
    "pause",
    "resume",
    "stats",
    "fill_profiles",
    "broadcast",
    "cancel",
    "privacy",
    "export",
    "forget_me",
    "language",
    "help",
)


def _values(key: str, language: str) -> dict[str, object]:
    return dict.fromkeys(_variables(key, language), "<Ева & Co>")


def _variables(key: str, language: str) -> set[str]:
    names: set[str] = set()
    while True:
        try:
            say(key, language, **dict.fromkeys(names, "x"))
        except KeyError as error:
            names.add(error.args[0])
        else:
            return names


ALL = [(key, language) for language in LANGUAGES for key in sorted(keys(language))]


def test_both_languages_have_the_same_texts() -> None:
    assert keys("ru") == keys("en")


@pytest.mark.parametrize("key", sorted(keys("ru")))
def test_both_languages_ask_for_the_same_values_and_offer_as_many_wordings(key: str) -> None:
    assert _variables(key, "ru") == _variables(key, "en")
    assert variants(key, "ru") == variants(key, "en")


@pytest.mark.parametrize(("key", "language"), ALL)
def test_every_text_is_well_formed_and_fits_into_one_message(key: str, language: str) -> None:
    for variant in range(variants(key, language)):
        text = say(key, language, variant=variant, **_values(key, language))

        assert seen(text).strip()
        assert utf16_units(seen(text)) <= 4096
        assert text == text.strip()
        assert "{" not in text


@pytest.mark.parametrize(("key", "language"), [each for each in ALL if each[0].endswith("_button")])
def test_buttons_are_short_and_carry_no_markup(key: str, language: str) -> None:
    label = say(key, language, **dict.fromkeys(_variables(key, language), "100"))

    assert len(label) <= 32
    assert not set("<>&{}\n") & set(label)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_description_that_telegram_takes(command: str, language: str) -> None:
    assert 1 <= len(say(f"commands.{command}", language)) <= 256


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_greeting_discloses_what_it_must(language: str) -> None:
    greeting = say("start.greeting", language)
    machine, adult = {"ru": ("искусственный интеллект", "18"), "en": ("artificial intelligence", "18")}[
        language
    ]

    assert machine in greeting
    assert adult in greeting
    assert "/privacy" in greeting
    assert "/forget_me" in greeting


@pytest.mark.parametrize(("key", "language"), ALL)
def test_every_command_that_a_text_names_exists(key: str, language: str) -> None:
    text = seen(say(key, language, **_values(key, language)))

    assert set(re.findall(r"(?<![\w/<])/([a-z_]+)", text)) <= set(COMMANDS)


@pytest.mark.parametrize(("key", "language"), ALL)
def test_russian_texts_do_not_guess_gender_with_brackets(key: str, language: str) -> None:
    assert not re.search(r"\w\((?:а|ла|на)\)", say(key, language, **_values(key, language)))


def test_values_are_escaped() -> None:
    text = say("start.welcome_back_natasha", "ru", name='<b>Ева</b> & "Ко" {persona}')

    assert "&lt;b&gt;Ева&lt;/b&gt; &amp; &quot;Ко&quot; {persona}" in text


def test_values_that_are_html_already_are_left_as_they_are() -> None:
    assert "<i>да</i>" in say("session.ended", "ru", summary=Html("<i>да</i>"))


def test_values_lose_what_telegram_refuses() -> None:
    text = say("start.welcome_back_natasha", "en", name="A\x00d\ud800a\u202e")

    assert text.startswith("Welcome back, Ada!")


def test_the_persona_may_have_another_name() -> None:
    assert "Natasha" in say("start.greeting", "en")
    assert "<Han" not in say("start.greeting", "en", persona="<Han>")
    assert "I am &lt;Han&gt;" in say("start.greeting", "en", persona="<Han>")


def test_wordings_go_around() -> None:
    count = variants("model.unavailable", "ru")
    said = [say("model.unavailable", "ru", variant=number) for number in range(count)]

    assert len(set(said)) == count >= 3
    assert say("model.unavailable", "ru", variant=count) == said[0]


def test_an_unknown_key_and_a_missing_value_are_lookup_errors() -> None:
    with pytest.raises(LookupError):
        say("start.gretting", "ru")
    with pytest.raises(LookupError):
        say("session.ended", "ru")


def test_a_language_without_texts_is_answered_in_english() -> None:
    assert say("language.changed", "fr") == say("language.changed", "en")


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("ru", "ru"),
        ("ru-RU", "ru"),
        ("RU_ru", "ru"),
        ("uk", "ru"),
        ("be", "ru"),
        ("en", "en"),
        ("en-GB", "en"),
        ("pt-br", "en"),
        ("rup", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_language_of_a_telegram_tag(tag: str | None, language: str) -> None:
    assert language_of(tag) == language


def test_paragraphs_leave_out_what_is_not_there() -> None:
    assert paragraphs("a", None, "", "b") == "a\n\nb"


def test_a_listing_escapes_its_items() -> None:
    assert listing(["a<b", 2]) == "• a&lt;b\n• 2"


def test_no_text_has_a_hole_in_its_braces() -> None:
    # A "{" that str.format cannot read would fail only when it is said.
    for key, language in ALL:
        for variant in range(variants(key, language)):
            names = [
                name
                for _, name, _, _ in string.Formatter().parse(
                    say(key, language, variant=variant, **_values(key, language))
                )
            ]
            assert names == [None] * len(names)
