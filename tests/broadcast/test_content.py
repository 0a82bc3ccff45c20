from __future__ import annotations

import json
import tomllib
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import broadcast
from broadcast.content import (
    LONGEST_CAPTION,
    LONGEST_TEXT,
    MEDIA,
    Button,
    Content,
    ContentError,
    ContentProblem,
    Variant,
    Wording,
    check_content,
    from_json,
    problems_told,
    to_json,
)
from broadcast.wording import VARIABLES

WORDS = tomllib.loads(
    (Path(broadcast.__file__).parent / "texts" / "problems.toml").read_text(encoding="utf-8")
)

buttons = st.builds(Button, label=st.text(max_size=8), url=st.text(max_size=8), say=st.text(max_size=8))
wordings = st.builds(
    Wording,
    text=st.text(max_size=30),
    buttons=st.lists(st.lists(buttons, max_size=2).map(tuple), max_size=2).map(tuple),
)
variants = st.builds(
    Variant,
    label=st.text(max_size=8),
    wordings=st.dictionaries(st.sampled_from(["ru", "en", "pt-br", "Klingon!"]), wordings, max_size=3),
)
contents = st.builds(
    Content,
    variants=st.lists(variants, max_size=3).map(tuple),
    fallback=st.sampled_from(["ru", "en", "", "de"]),
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["variants", "fallback", "label", "wordings", "ru", "text", "buttons", "url"]),
            inner,
        )
    ),
    max_leaves=12,
)


def content(text: str = "Hello", *rows: tuple[Button, ...], language: str = "en") -> Content:
    return Content((Variant("A", {language: Wording(text, rows)}),), language)


def found(checked: Content, media: str = "") -> list[tuple[str, str]]:
    return [
        (problem.code, problem.where)
        for problem in check_content(checked, media=media, variables=tuple(VARIABLES))
    ]


def said(checked: Content, language: str = "en", media: str = "") -> list[str]:
    return problems_told(check_content(checked, media=media, variables=tuple(VARIABLES)), language)


# Who reads what.


@pytest.mark.parametrize(
    ("language", "read"),
    [
        ("ru", "ru"),
        ("pt-br", "pt-br"),
        ("pt-BR", "pt-br"),
        ("pt_BR", "pt-br"),
        ("pt-pt", "pt"),
        ("en-GB", "en"),
        ("de", "en"),
        ("", "en"),
    ],
)
def test_a_reader_gets_their_language_or_the_fallback(language: str, read: str) -> None:
    wordings = {code: Wording(code) for code in ("ru", "en", "pt", "pt-br")}
    assert Content((Variant("A", wordings),), "en").wording_for(0, language) == (read, Wording(read))


def test_variants_are_counted_from_nought() -> None:
    both = Content((Variant("A", {"ru": Wording("a")}), Variant("B", {"ru": Wording("b")})), "ru")
    assert both.wording_for(1, "ru")[1].text == "b"
    with pytest.raises(LookupError, match="no variant 2 among 2"):
        both.wording_for(2, "ru")
    with pytest.raises(LookupError, match="no variant -1"):
        both.wording_for(-1, "ru")


def test_without_the_fallback_there_is_nothing_to_read() -> None:
    with pytest.raises(LookupError, match="no wording in 'en'"):
        Content((Variant("A", {"ru": Wording("a")}),), "en").wording_for(0, "de")


def test_a_button_says_its_words_or_its_label() -> None:
    assert Button("Yes").said == "Yes"
    assert Button("Yes", say="I want it").said == "I want it"
    assert Button("Yes", url="https://a.io").said == ""


# Kept in a row.


def test_content_is_kept_as_plain_json() -> None:
    kept = to_json(content("Hi", (Button("Go", url="https://a.io"), Button("Yes", say="I do")), ()))
    assert kept == {
        "fallback": "en",
        "variants": [
            {
                "label": "A",
                "wordings": {
                    "en": {
                        "text": "Hi",
                        "buttons": [
                            [{"label": "Go", "url": "https://a.io"}, {"label": "Yes", "say": "I do"}],
                            [],
                        ],
                    }
                },
            }
        ],
    }


@given(contents)
def test_what_was_kept_is_read_back(kept: Content) -> None:
    assert from_json(json.loads(json.dumps(to_json(kept)))) == kept


def test_what_is_left_out_is_empty_and_what_is_unknown_is_ignored() -> None:
    assert from_json({}) == Content((), "")
    assert from_json({"variants": [{"wordings": {"ru": {"colour": 1}}}], "mood": []}) == Content(
        (Variant("", {"ru": Wording("")}),), ""
    )


@pytest.mark.parametrize(
    ("kept", "where"),
    [
        (None, ""),
        ([], ""),
        ({1: "x"}, ""),
        ({"fallback": 1}, "fallback"),
        ({"variants": {}}, "variants"),
        ({"variants": [{}] * 1001}, "variants"),
        ({"variants": ["A"]}, "variants[0]"),
        ({"variants": [{"label": None}]}, "variants[0].label"),
        ({"variants": [{}, {"wordings": []}]}, "variants[1].wordings"),
        ({"variants": [{"wordings": {"ru": "x"}}]}, "variants[0].wordings.ru"),
        ({"variants": [{"wordings": {"ru": {"text": 1}}}]}, "variants[0].wordings.ru.text"),
        ({"variants": [{"wordings": {"ru": {"buttons": ""}}}]}, "variants[0].wordings.ru.buttons"),
        ({"variants": [{"wordings": {"ru": {"buttons": [{}]}}}]}, "variants[0].wordings.ru.buttons[0]"),
        ({"variants": [{"wordings": {"ru": {"buttons": [[1]]}}}]}, "variants[0].wordings.ru.buttons[0][0]"),
        (
            {"variants": [{"wordings": {"ru": {"buttons": [[], [{"url": 1}]]}}}]},
            "variants[0].wordings.ru.buttons[1][0].url",
        ),
    ],
)
def test_damage_is_told_with_its_place(kept: Any, where: str) -> None:
    with pytest.raises(ContentError) as caught:
        from_json(kept)
    assert caught.value.where == where
    assert caught.value.code == "broadcast.content_damaged"
    assert caught.value.permanent
    assert (f"damaged at {where}:" if where else "damaged: an object") in caught.value.message


@given(anything)
def test_damage_is_never_anything_else_than_told(kept: Any) -> None:
    try:
        read = from_json(kept)
    except ContentError:
        return
    assert from_json(to_json(read)) == read


# What can be sent.


@pytest.mark.parametrize("media", MEDIA)
def test_a_plain_message_can_be_sent_with_everything(media: str) -> None:
    checked = content(
        "Hi {name|friend}, <b>look</b>:",
        (Button("Go", url="https://a.io"), Button("Tell me", say="Tell me more")),
    )
    assert found(checked, media) == []


def test_an_empty_text_can_be_sent_under_a_file_only() -> None:
    for text in ("", "  \n ", "<b> </b>", "\u200b", "&#8203;"):
        assert ("empty", "text") in found(content(text))
        assert ("empty", "text") not in found(content(text), "photo")
    assert found(content(""), "voice") == []


def test_a_text_of_which_nothing_may_be_left_is_told() -> None:
    assert found(content("{name|}")) == [("empty_perhaps", "text")]
    assert found(content("{name|}"), "photo") == []
    assert found(content("{name|friend}")) == []


@pytest.mark.parametrize(
    ("media", "most", "code"),
    [("", LONGEST_TEXT, "text_long"), ("video", LONGEST_CAPTION, "caption_long")],
)
def test_the_longest_text_is_4096_and_the_longest_caption_1024(media: str, most: int, code: str) -> None:
    assert found(content("a" * most), media) == []
    assert found(content("a" * (most + 1)), media) == [(code, "text")]
    assert found(content("💖" * (most // 2)), media) == []
    assert found(content("💖" * (most // 2) + "a"), media) == [(code, "text")]
    assert found(content("<b>" + "&amp;" * most + "</b>"), media) == []
    assert found(content("\n\n" + "a" * most + "\r\n"), media) == []


def test_length_is_that_of_the_longest_values() -> None:
    assert found(content("{name}" + "a" * (4096 - 64))) == []
    assert found(content("{name}" + "a" * (4096 - 63))) == [("text_long_filled", "text")]
    assert found(content("{name|" + "b" * 70 + "}" + "a" * (1024 - 70)), "photo") == []
    assert found(content("{name|" + "b" * 70 + "}" + "a" * (1024 - 69)), "photo") == [
        ("caption_long_filled", "text")
    ]
    (line,) = said(content("{name}{name}" + "a" * 4000))
    assert line == (
        "Variant A, language en, text: With the longest names the message has 4128 characters as Telegram counts "
        "them; 32 too many, 4096 fit."
    )


def test_a_text_without_end_is_not_read_at_all() -> None:
    assert found(content("<b>" * 20_000)) == [("source_long", "text")]


def test_a_message_has_at_most_100_formatted_places() -> None:
    assert found(content("<b>a</b> " * 100)) == []
    assert found(content("<b>a</b> " * 101)) == [("too_many_entities", "text")]


def test_broken_formatting_is_told_with_line_and_character() -> None:
    assert found(content("one\ntwo <b>three\n</i>")) == [
        ("unclosed_tag", "text:2:5"),
        ("stray_closing", "text:3:1"),
    ]
    assert said(content("a<br>\n2 < 3", language="ru"), "ru") == [
        "Вариант A, язык ru, текст, строка 1, символ 2: Telegram не знает «<br>». Просто начните новую строку.",
        "Вариант A, язык ru, текст, строка 2, символ 3: Знак < в «< 3» читается как начало тега; пишите &lt;.",
    ]


@pytest.mark.parametrize(
    ("html", "advice"),
    [
        ("<p>x</p>", "Just begin a new line."),
        ("<h1>x</h1>", "For a heading write <b>…</b> on a line of its own."),
        ("<li>x</li>", "For a list begin each line with •."),
        ("<font>x</font>", "There are b, i, u, s,"),
    ],
)
def test_a_tag_that_telegram_does_not_know_is_answered_with_what_to_write(html: str, advice: str) -> None:
    (line,) = said(content(html))
    assert advice in line


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("nmae", "name"),
        ("имя", "name"),
        ("first_name", "name"),
        ("stag", "stage"),
        ("дней", "days"),
        ("botname", "bot"),
    ],
)
def test_an_unknown_variable_is_answered_with_the_nearest(written: str, meant: str) -> None:
    (line,) = said(content(f"Hi {{{written}}}"))
    assert line == (
        f"Variant A, language en, text, line 1, character 4: Nothing is known by the name {{{written}}}. "
        f"Did you mean {{{meant}}}?"
    )


def test_a_variable_like_no_other_is_answered_with_those_there_are() -> None:
    checked = check_content(content("{xyzzy} {stage}"), media="", variables=("name", "bot"))
    assert [(each.code, each.message) for each in checked] == [
        ("variable_unknown", "Nothing is known by the name {xyzzy}; there are {name}, {bot}."),
        ("variable_unknown", "Nothing is known by the name {stage}; there are {name}, {bot}."),
    ]


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("Hi {name", "brace_unclosed", "text:1:4"),
        ("Hi\n }", "brace_stray", "text:2:2"),
        ("Hi {}", "variable_unnamed", "text:1:4"),
        ('<a href="https://a.io/{name}">x</a>', "variable_in_tag", "text:1:1"),
        ("Hi\x00", "unprintable", "text"),
        ("Hi \u202eyou", "unprintable", "text"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, code: str, where: str) -> None:
    assert found(content(text)) == [(code, where)]


# Buttons.


def test_there_are_at_most_20_buttons_and_8_in_a_row() -> None:
    def keyboard(*lengths: int) -> Content:
        return content(
            "Hi",
            *(tuple(Button(f"{row} {one}") for one in range(length)) for row, length in enumerate(lengths)),
        )

    assert found(keyboard(8, 8, 4)) == []
    assert found(keyboard(8, 8, 5)) == [("too_many_buttons", "")]
    assert found(keyboard(1, 9)) == [("row_long", "buttons:2")]
    assert said(keyboard(*([1] * 60))) == [
        "Variant A, language en: There are 60 buttons; nobody reads more than 20."
    ]
    assert said(keyboard(9), "ru") == [
        "Вариант A, язык en, ряд кнопок 1: В одном ряду 9 кнопок; помещается не больше 8."
    ]


@pytest.mark.parametrize(
    ("button", "codes"),
    [
        (Button("a" * 64), []),
        (Button("a" * 65), ["button_label_long"]),
        (Button(""), ["button_unnamed"]),
        (Button(" \u200b "), ["button_unnamed"]),
        (Button("👍"), []),
        (Button("a < b, {x"), []),
        (Button("<b>Go</b>"), ["button_markup"]),
        (Button("a <here> b"), []),
        (Button("Go, {name}"), ["button_variable"]),
        (Button("Go\x00"), ["unprintable"]),
        (Button("Go", say="\ud800"), ["unprintable"]),
        (Button("Go", url="https://example.com/a?b=c"), []),
        (Button("Go", url="tg://resolve?domain=bot"), []),
        (Button("Go", url="example.com"), ["button_url_unfit"]),
        (Button("Go", url="javascript:alert(1)"), ["button_url_unfit"]),
        (Button("Go", url="mailto:a@example.com"), ["button_url_unfit"]),
        (Button("Go", url="https://a.io/" + "a" * 987), []),
        (Button("Go", url="https://a.io/" + "a" * 988), ["button_url_long"]),
        (Button("Go", say="a" * 300), []),
        (Button("Go", say="a" * 301), ["button_say_long"]),
        (Button("Go", url="https://a.io", say="x"), ["button_both"]),
    ],
)
def test_a_button_is_told_with_its_place(button: Button, codes: list[str]) -> None:
    assert found(content("Hi", (Button("ok"),), (Button("ok"), button))) == [
        (code, "button:2:2") for code in codes
    ]


def test_all_buttons_together_have_a_size() -> None:
    row = (Button("Go", url="https://a.io/" + "a" * 980),)
    assert found(content("Hi", *([row] * 9))) == []
    assert found(content("Hi", *([row] * 10))) == [("buttons_large", "")]


# The whole.


def test_there_is_at_least_one_variant_and_at_most_six() -> None:
    def tried(count: int) -> Content:
        return Content(tuple(Variant(f"V{number}", {"ru": Wording("x")}) for number in range(count)), "ru")

    assert found(tried(0)) == [("no_variants", "")]
    assert found(tried(6)) == []
    assert found(tried(7)) == [("too_many_variants", "")]


def test_variants_have_names_of_their_own() -> None:
    def named(*labels: str) -> list[str]:
        checked = Content(tuple(Variant(label, {"ru": Wording("x")}) for label in labels), "ru")
        return said(checked)

    assert named("A", "B") == []
    assert named("A", "B", " a", "b") == [
        "Two variants are called “a”; give them different names.",
        "Two variants are called “b”; give them different names.",
    ]
    assert named("A", " ") == ["Variant #2: The variant has no name."]
    (line,) = named("a" * 65)
    assert line.endswith("The name of the variant has 65 characters; at most 64 are allowed.")


def test_each_variant_is_written_in_the_fallback_language() -> None:
    both = (Variant("A", {"ru": Wording("x"), "en": Wording("x")}), Variant("B", {"en": Wording("x")}))
    assert found(Content(both, "en")) == []
    assert said(Content(both, "ru")) == [
        "Variant B: There is no text in “ru”, the language for everybody else."
    ]
    assert found(Content(both, "")) == [("no_fallback", "")]


def test_languages_are_codes() -> None:
    assert found(content(language="pt-br")) == []
    assert found(content(language="Russian")) == [("language_unfit", "")]
    assert found(content(language="ru_RU")) == [("language_unfit", "")]


def test_only_what_telegram_carries_is_carried() -> None:
    assert said(content(), media="sticker") == [
        "“sticker” cannot be sent; a broadcast carries a photo, a video, a voice message or a document."
    ]


def test_every_language_of_every_variant_is_looked_at() -> None:
    checked = Content(
        (
            Variant("A", {"ru": Wording("{"), "en": Wording("ok")}),
            Variant("B", {"ru": Wording("ok"), "en": Wording("<b>")}),
        ),
        "ru",
    )
    problems = check_content(checked, media="photo", variables=VARIABLES)
    assert [(each.code, each.variant, each.language) for each in problems] == [
        ("brace_unclosed", "A", "ru"),
        ("unclosed_tag", "B", "en"),
    ]


# In words.


def test_a_problem_carries_its_english_words() -> None:
    (problem,) = check_content(content("</b>"), media="photo", variables=VARIABLES)
    assert problem.message == "“</b>” closes nothing."
    assert hash(problem)
    assert problems_told([problem], "de") == [
        "Variant A, language en, text, line 1, character 1: “</b>” closes nothing."
    ]


def fields(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("code", [code for code in WORDS if not code.startswith("place_")])
def test_whatever_is_wrong_has_words(code: str, language: str) -> None:
    row = WORDS[code]
    assert set(row) == {"en", "ru"}
    assert fields(row["en"]) == fields(row["ru"])
    values = dict.fromkeys(fields(row["en"]), "§") | {"advice": "advice_list"}
    (line,) = problems_told([ContentProblem(code, "A", "ru", "text", "", values)], language)
    assert line.endswith((".", "?", "…"))
    assert line.count("§") == len(fields(row["en"]) - {"advice"})


@given(contents, st.sampled_from([*MEDIA, "gif"]))
def test_anything_is_checked_and_told(checked: Content, media: str) -> None:
    problems = check_content(checked, media=media, variables=VARIABLES)
    assert len(problems_told(problems, "ru")) == len(problems_told(problems, "en")) == len(problems)
