from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.markup import check_markup
from broadcast.wording import VARIABLES, Fault, Slot, compiled, filled, variables_in
from sandbox.text.html import parse_html

PIECES = [
    *"a <>&;{}|\n",
    "{name}",
    "{name|friend}",
    "{name|}",
    "{<b>name</b>|friend}",
    "{name|<b>friend</b>}",
    "{name</b>|fr</i>iend}",
    "{unknown|x}",
    "{{",
    "}}",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<code>",
    "</code>",
    '<a href="https://a.io/{x}">',
    "</a>",
    "&lt",
    "&amp;",
    "&#9",
    "lt;",
    "💖",
]
texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
names = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from([*PIECES, "nbsp;", "9;", '"', "'", "\u202e", "\u200d", "Анна"]), max_size=8).map(
        "".join
    ),
)

leaves = st.sampled_from(
    [
        "a",
        " & ",
        "&lt;",
        "&amp",
        "{name}",
        "{name|friend}",
        "{name|}",
        "{name|<s>x</s>}",
        "{stage|a&l}",
        "{{",
        "}}",
        "💖",
    ]
)
well_formed = st.recursive(
    st.lists(leaves, max_size=4).map("".join),
    lambda inner: st.tuples(st.sampled_from(["b", "i", "u", "s", "tg-spoiler"]), inner, inner).map(
        lambda parts: (
            f"<{parts[0]}>{parts[1]}{{na</{parts[0]}>me|x}}{parts[2]}{{<{parts[0]}>days}}</{parts[0]}>"
        )
    ),
    max_leaves=6,
)


def test_a_value_stands_where_its_variable_stood() -> None:
    values = {"name": "Анна", "stage": "Зов", "days": "12"}
    assert filled("{name}, {days} дней: «{stage}»", values) == "Анна, 12 дней: «Зов»"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hi {name|friend}!", "Hi friend!"),
        ("Hi {name | dear friend }!", "Hi dear friend!"),
        ("Hi{name|}!", "Hi!"),
        ("Hi {name|a|b}!", "Hi a|b!"),
        ("Hi {name|<b>you</b> &amp; me}!", "Hi <b>you</b> &amp; me!"),
    ],
)
def test_without_a_value_the_fallback_of_the_variable_stands_there(text: str, shown: str) -> None:
    assert filled(text, {}) == shown
    assert filled(text, {"name": ""}) == shown
    assert filled(text, {"name": " \u200b\u202e "}) == shown


@pytest.mark.parametrize(
    ("language", "shown"),
    [("ru", "друг"), ("en", "friend"), ("ru-RU", "друг"), ("de", "friend"), ("", "friend")],
)
def test_without_a_fallback_the_default_of_the_language_stands_there(language: str, shown: str) -> None:
    assert filled("{name}", {}, language) == shown


def test_every_variable_has_a_default_in_both_languages() -> None:
    for name in VARIABLES:
        assert filled(f"{{{name}}}", {}, "ru") != filled(f"{{{name}}}", {}, "en")


def test_a_variable_that_is_none_of_ours_has_only_its_fallback() -> None:
    assert filled("a{nickname|b}c{nickname}d", {"nickname": "x"}) == "abcd"


def test_names_are_read_in_any_case() -> None:
    assert filled("{Name} { NAME }", {"name": "Anna"}) == "Anna Anna"


def test_doubled_braces_are_braces() -> None:
    assert filled("{{name}} {{{name}}}", {"name": "Anna"}) == "{name} {Anna}"


def test_a_value_is_never_read_as_markup_or_as_a_variable() -> None:
    assert filled("{name}", {"name": '<b>"{days}"</b> &amp;', "days": "3"}) == (
        "&lt;b&gt;&quot;{days}&quot;&lt;/b&gt; &amp;amp;"
    )


def test_a_value_cannot_complete_a_reference_that_stood_before_it() -> None:
    assert filled("&{name} &l{name} &lt{name}", {"name": "t;"}) == "&amp;t; &amp;lt; &lt;t;"


def test_a_value_is_one_line_without_what_is_not_seen() -> None:
    assert filled("{name}", {"name": "An\u202ena\n\n  Maria\x00"}) == "Anna Maria"


def test_a_long_value_is_cut_to_what_its_variable_may_take() -> None:
    assert filled("{name}", {"name": "a" * 64}) == "a" * 64
    assert filled("{name}", {"name": "a" * 65}) == "a" * 63 + "…"
    assert filled("{name}", {"name": "💖" * 64}) == "💖" * 31 + "…"
    assert filled("{name}", {"name": "x" + "💖" * 64}) == "x" + "💖" * 31 + "…"


@pytest.mark.parametrize(
    ("text", "with_value", "without"),
    [
        ("<b>{name</b>|friend}!", "<b>Anna</b>!", "<b>friend</b>!"),
        ("{<b>name</b>|friend}!", "<b>Anna</b>!", "<b>friend</b>!"),
        ("{na<b>me}</b>!", "Anna<b></b>!", "friend<b></b>!"),
        ("{<b>name|fri</b>end}!", "<b>Anna</b>!", "<b>friend</b>!"),
        ("{name|<b>you</b>}!", "Anna!", "<b>you</b>!"),
        ("<i>{<b>n</b>ame|a<u>b</u>c}</i>", "<i><b>Anna</b></i>", "<i><b>a<u>b</u>c</b></i>"),
    ],
)
def test_formatting_that_begins_or_ends_inside_the_braces_stays_valid(
    text: str, with_value: str, without: str
) -> None:
    assert compiled(text).faults == ()
    assert filled(text, {"name": "Anna"}) == with_value
    assert filled(text, {}) == without
    assert check_markup(with_value).problems == check_markup(without).problems == ()


def test_inside_a_tag_nothing_is_filled() -> None:
    text = '<a href="https://a.io/{name}">x</a>'
    assert filled(text, {"name": "Anna"}) == text
    assert compiled(text).faults == (Fault("variable_in_tag", 0, '<a href="https://a.io/{name}">'),)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a {name", [("brace_unclosed", 2, "{name")]),
        ("a {name\n}", [("brace_unclosed", 2, "{name")]),
        ("{na{name}", [("brace_unclosed", 0, "{na{name}")]),
        ("a } b", [("brace_stray", 2, "}")]),
        ("{}", [("variable_unnamed", 0, "{}")]),
        ("{1}", [("variable_unnamed", 0, "{1}")]),
        ("{|friend}", [("variable_unnamed", 0, "{|friend}")]),
        ("{first name} }", [("variable_unnamed", 0, "{first name}"), ("brace_stray", 13, "}")]),
        ("{name|<b>x</b>} {{ }}", []),
    ],
)
def test_braces_that_mean_nothing_are_told_and_shown_as_written(
    text: str, faults: list[tuple[str, int, str]]
) -> None:
    assert [(each.code, each.position, each.fragment) for each in compiled(text).faults] == faults
    if faults and "name}" not in text:
        assert filled(text, {"name": "Anna"}) == text


def test_variables_are_listed_once_in_their_order() -> None:
    assert variables_in("{stage} {name|x} {{bot}} {stage|y} {nme}") == ("stage", "name", "nme")
    assert variables_in("nothing") == ()


def test_a_slot_knows_its_place_and_its_fallback() -> None:
    assert compiled("Hi {name|you & I}, {days}").slots == (
        Slot("name", "you &amp; I", 3),
        Slot("days", None, 19),
    )


def test_the_longest_and_the_shortest_text_are_told() -> None:
    template = compiled("{days}{name|}{stage|" + "s" * 70 + "}")
    # What is said of the days without a value takes more than the days could.
    assert check_markup(template.at_longest("ru")).units == len("несколько") + 64 + 70
    assert check_markup(template.at_shortest("ru")).units == 1 + 0 + 1


def test_the_same_text_is_read_once() -> None:
    assert compiled("Hello, {name}") is compiled("Hello, {name}")


@given(text=texts, name=names)
def test_a_valid_text_is_valid_with_any_name(text: str, name: str) -> None:
    if not check_markup(text).problems and not compiled(text).faults:
        assert check_markup(filled(text, {"name": name})).problems == ()


@given(text=well_formed, name=names)
def test_formatting_that_crosses_braces_is_valid_with_any_name(text: str, name: str) -> None:
    assert check_markup(text).problems == ()
    assert compiled(text).faults == ()
    for values in ({}, {"name": name}, {"name": name, "stage": name, "days": "7"}):
        shown = filled(text, values)
        assert check_markup(shown).problems == ()
        assert parse_html(shown).text == check_markup(shown).plain


@given(name=names)
def test_a_name_is_seen_as_it_is_whatever_it_is_made_of(name: str) -> None:
    shown = check_markup(filled("<b>{name|nobody}</b>", {"name": name}))
    assert shown.problems == ()
    assert shown.units <= VARIABLES["name"]
    assert shown.entities == 1


@given(name=st.text(alphabet=st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=30))
def test_the_short_way_and_the_long_way_of_filling_agree(name: str) -> None:
    # A tab between spaces is no easy value, and ends as the same line.
    assert filled("{name}", {"name": f"x {name}"}) == filled("{name}", {"name": f"x \t {name}"})


@given(text=texts, name=names)
def test_nobody_gets_more_or_less_than_was_announced(text: str, name: str) -> None:
    template = compiled(text)
    if not check_markup(text).problems:
        seen = check_markup(template.filled({"name": name}, "en")).units
        assert check_markup(template.at_shortest("en")).units <= seen
        assert seen <= check_markup(template.at_longest("en")).units


@given(text=st.text(alphabet=st.sampled_from("ab&;\n "), max_size=40))
def test_text_without_variables_is_seen_as_it_was_written(text: str) -> None:
    assert check_markup(filled(text, {})).plain == text


@given(text=st.text(max_size=200))
def test_braces_are_kept_through_doubling(text: str) -> None:
    plain = text.replace("<", "").replace("&", "").replace("\r", "")
    doubled = plain.replace("{", "{{").replace("}", "}}")
    assert compiled(doubled).faults == ()
    assert filled(doubled, {}) == filled(plain, {}) or compiled(plain).slots or "{{" in plain or "}}" in plain
