from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sandbox.text.html import parse_html
from sessions_app.rendering import (
    Html,
    clean,
    escape,
    plain,
    sensible,
    split_message,
    to_telegram_html,
    units,
)
from tests.sessions_app.telegram_html import seen, utf16_units

# Lone surrogates and NUL too: st.text leaves surrogates out unless asked.
ANY_TEXT = st.text(st.characters(codec=None), max_size=300)
# Text that is made of what Markdown is made of: most of it is broken Markdown.
MARKS = "* ** *** _ __ ~~ ` ``` [ ]( ) - # ## > 1. --- \\ <b> </b> & &amp; < 😀 [a](https://b.c) http://x.y/?a&b . a да"
MARKDOWN = st.lists(
    st.sampled_from([*MARKS.split(), "```py\n", "- ", "* ", "> ", "# ", "\n", "\n\n", " ", "\x00", "\ud83d"]),
    max_size=60,
).map("".join)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("просто слова", "просто слова"),
        ("**да**", "<b>да</b>"),
        ("__да__", "<b>да</b>"),
        ("*да*", "<i>да</i>"),
        ("_да_", "<i>да</i>"),
        ("***да***", "<b><i>да</i></b>"),
        ("~~нет~~", "<s>нет</s>"),
        ("слово**часть**слово", "слово<b>часть</b>слово"),
        ("**жирно и *курсив* внутри**", "<b>жирно и <i>курсив</i> внутри</b>"),
        ("**a *b** c*", "<b>a *b</b> c*"),
        ("`a < b`", "<code>a &lt; b</code>"),
        ("`**не жирно**`", "<code>**не жирно**</code>"),
        ("```py\nprint(1 < 2)\n```", "<pre>print(1 &lt; 2)</pre>"),
        ("до\n```\nкод\n```\nпосле", "до\n<pre>код</pre>\nпосле"),
        ("```py", "py"),
        ("```a\nкод\n```b", "<pre>код</pre>b"),
        ("```\nне закрыт", "<pre>не закрыт</pre>"),
        ("[сайт](https://a.b/c?d=1&e=2)", '<a href="https://a.b/c?d=1&amp;e=2">сайт</a>'),
        ("[вики](https://a.b/c_(d))", '<a href="https://a.b/c_(d)">вики</a>'),
        ("[**жирная** ссылка](http://a.b)", '<a href="http://a.b"><b>жирная</b> ссылка</a>'),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](tg://user?id=1)", "[x](tg://user?id=1)"),
        ('[x](https://a.b"onclick)', '[x](https://a.b"onclick)'.replace('"', "&quot;")),
        ("# Заголовок", "<b>Заголовок</b>"),
        ("### Заголовок с **жирным** ###", "<b>Заголовок с жирным</b>"),
        ("#хештег", "#хештег"),
        ("- раз\n* два\n+ три", "• раз\n• два\n• три"),
        ("  - вложенно", "  • вложенно"),
        ("1. раз\n2. два", "1. раз\n2. два"),
        ("> цитата\n> дальше\nответ", "<blockquote>цитата\nдальше</blockquote>\nответ"),
        ("---", "———"),
        ("2 * 3 * 4 и 2*3*4", "2 * 3 * 4 и 2*3*4"),
        ("snake_case_name", "snake_case_name"),
        ("**не закрыто", "**не закрыто"),
        ("пусто: **** и __ __", "пусто: **** и __ __"),
        (r"\*звёзды\* и \<", "*звёзды* и &lt;"),
        ("<b>теги</b> & амперсанд", "&lt;b&gt;теги&lt;/b&gt; &amp; амперсанд"),
        ("&lt; уже", "&amp;lt; уже"),
        ("a > b", "a &gt; b"),
    ],
)
def test_light_markdown_becomes_telegram_html(markdown: str, html: str) -> None:
    assert to_telegram_html(markdown) == html
    seen(to_telegram_html(markdown))


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("a\x00b\x07c", "abc"),
        ("a\ud800b\udfff", "ab"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("\u202eoops\u2066", "oops"),
        ("\ufeffa\ufffe\uffff", "a"),
        ("таб\tи\nстрока", "таб\tи\nстрока"),
        ("👩‍👩‍👧 \u200d", "👩‍👩‍👧 \u200d"),
    ],
)
def test_what_telegram_refuses_is_taken_out(dirty: str, cleaned: str) -> None:
    assert clean(dirty) == cleaned


def test_escaping_leaves_finished_html_alone() -> None:
    assert escape('<a href="x">&') == "&lt;a href=&quot;x&quot;&gt;&amp;"
    assert escape(Html("<b>x</b>")) == "<b>x</b>"
    assert escape(17) == "17"


@given(ANY_TEXT)
def test_any_text_becomes_well_formed_html(text: str) -> None:
    seen(to_telegram_html(text))


@given(MARKDOWN)
@example("*`*`*")
@example("**[a](https://b.c)** **[**](https://b.c)")
@example("> **a\n> b**")
@example("# **a** [b](https://c.d)")
@settings(max_examples=400)
def test_any_markdown_becomes_well_formed_html(text: str) -> None:
    seen(to_telegram_html(text))


@given(st.text(st.characters(codec="utf-8", exclude_characters="*_~`[]\\<>&#-+\r"), max_size=200))
def test_text_without_markup_is_shown_as_it_is(text: str) -> None:
    assert seen(to_telegram_html(text)) == clean(text)


@given(st.one_of(ANY_TEXT, MARKDOWN), st.integers(2, 60))
@settings(max_examples=400)
def test_every_piece_is_well_formed_fits_and_shows_something(text: str, limit: int) -> None:
    html = to_telegram_html(text)
    pieces = split_message(html, limit)

    for piece in pieces:
        shown = seen(piece)
        assert 1 <= utf16_units(shown) <= limit
        assert shown.strip()
        assert shown == shown.strip()
    # Nothing but white space is lost, and nothing is said twice.
    assert "".join("".join(map(seen, pieces)).split()) == "".join(seen(html).split())


@given(ANY_TEXT, st.integers(2, 40))
def test_pieces_of_anything_at_all_are_well_formed(text: str, limit: int) -> None:
    for piece in split_message(text, limit):
        assert 1 <= utf16_units(parse_html(piece).text) <= limit


@given(st.one_of(ANY_TEXT, MARKDOWN))
def test_plain_shows_what_a_person_would_see(text: str) -> None:
    html = to_telegram_html(text)
    assert plain(html) == seen(html)


@given(ANY_TEXT)
def test_units_are_those_of_utf_16(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_a_short_message_stays_one() -> None:
    assert split_message("<b>да</b> & нет".replace("&", "&amp;")) == ["<b>да</b> &amp; нет"]
    assert split_message("  слова \n") == ["слова"]


@pytest.mark.parametrize("nothing", ["", " \n ", "<b> </b>", "<i></i>"])
def test_nothing_to_see_gives_no_piece(nothing: str) -> None:
    assert split_message(nothing) == []


def test_a_cut_prefers_a_paragraph_then_a_line_then_a_sentence_then_a_word() -> None:
    assert split_message("aaaa bbbb cccc\n\ndd ee", 18) == ["aaaa bbbb cccc", "dd ee"]
    assert split_message("aaaa bbbb cccc\ndd ee", 18) == ["aaaa bbbb cccc", "dd ee"]
    assert split_message("Aaaa bbbb. Cccc dddd eeee", 18) == ["Aaaa bbbb.", "Cccc dddd eeee"]
    assert split_message("aaaa bbbb cccc dddd", 12) == ["aaaa bbbb", "cccc dddd"]
    assert split_message("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


def test_tags_are_closed_at_a_cut_and_opened_again_after_it() -> None:
    html = '<b>раз <a href="https://a.b">два три</a> четыре</b>'

    assert split_message(html, 10) == [
        '<b>раз <a href="https://a.b">два</a></b>',
        '<b><a href="https://a.b">три</a> четыре</b>',
    ]


def test_an_entity_counts_as_the_one_character_that_it_shows() -> None:
    assert split_message("&lt;" * 10, 10) == ["&lt;" * 10]
    assert split_message("&lt;" * 11, 10) == ["&lt;" * 10, "&lt;"]


def test_an_emoji_counts_twice_and_is_never_cut() -> None:
    assert split_message("😀" * 5, 4) == ["😀😀", "😀😀", "😀"]
    assert split_message("😀" * 2048) == ["😀" * 2048]
    assert len(split_message("😀" * 2049)) == 2


def test_a_joined_emoji_stays_whole_where_it_can() -> None:
    family = "👩‍👩‍👧"
    pieces = split_message("a" * 10 + family * 3, 20)

    assert [piece.count("\u200d") % 2 for piece in pieces] == [0] * len(pieces)


def test_a_tag_that_telegram_does_not_know_is_shown_as_text() -> None:
    assert [seen(piece) for piece in split_message("<div>" * 3, 10)] == ["<div><div>", "<div>"]


def test_plain_takes_the_markup_out() -> None:
    assert plain('<b>a</b> &lt;<a href="https://b.c">d</a>&quot;') == 'a <d"'
    assert plain("без разметки") == "без разметки"


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        " \n\t ",
        "\x00\x01",
        "...!!!???",
        "— — —",
        "*** ___",
        "🙂🙂🙂",
        "ааааааааааа",
        "a a a a a a a",
        "да да да да да да",
        "\ufffd\ufffd\ufffda",
        "<!DOCTYPE html><html><body>502</body></html>",
        "<html>Bad gateway</html>",
        "<think>I should answer</think>",
        "<think>never closed",
        '{"error": {"message": "overloaded"}}',
        "[1, 2, 3]",
        '{"reply": ""}',
        "```\n```",
        "\ud800",
    ],
)
def test_garbage_is_no_answer(garbage: str) -> None:
    assert sensible(garbage) is None


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("  Да.  ", "Да."),
        ("Я?", "Я?"),
        ("42", "42"),
        ("Natasha: и что?", "и что?"),
        ("**Наташа:** и что?", "и что?"),
        ("<think>hm</think>\n\nИ что?", "И что?"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("```\nИ что?\n```", "И что?"),
        ('{"reply": "И что?"}', "И что?"),
        ('{"role": "assistant", "content": "И что?"}', "И что?"),
        ("{не json}", "{не json}"),
        ("а" * 3, "а" * 3),
        ("Ха-ха-ха, ну да", "Ха-ха-ха, ну да"),
    ],
)
def test_a_sensible_answer_is_kept_without_its_wrapping(answer: str, shown: str) -> None:
    assert sensible(answer) == shown


def test_too_much_is_cut_at_the_end_of_a_sentence() -> None:
    answer = sensible("Это предложение. " * 400)

    assert answer is not None
    assert 3400 < len(answer) <= 3500
    assert answer.endswith("предложение.")


def test_too_much_without_sentences_is_cut_between_words() -> None:
    answer = sensible("слово " * 1000)

    assert answer is None
    answer = sensible("слово дело " * 1000)
    assert answer is not None
    assert answer.endswith(("слово…", "дело…"))
    assert len(answer) <= 3500


def test_too_much_without_spaces_is_cut_anyway() -> None:
    answer = sensible("аб" * 5000)

    assert answer is not None
    assert len(answer) == 3500
    assert answer.endswith("…")


@given(st.one_of(ANY_TEXT, MARKDOWN))
def test_what_is_sensible_can_always_be_sent(text: str) -> None:
    answer = sensible(text)

    if answer is not None:
        assert answer == answer.strip()
        pieces = split_message(to_telegram_html(answer))
        assert 1 <= len(pieces) <= 2
        assert all(parse_html(piece).text.strip() for piece in pieces)


@pytest.mark.parametrize(
    "wall",
    [
        "*",
        "[",
        "`a",
        "_a",
        "<b>",
        "<b>a",
        "&amp;",
        "[a",
        "\n",
        "> ",
        "- ",
        "***a",
        "```\n",
        "[a](http://x ",
        "**_~~a ",
        "{",
        "# ",
    ],
)
def test_a_wall_of_anything_is_taken_in_linear_time(wall: str) -> None:
    # Were any of this quadratic, the suite would not end in minutes.
    text = (wall * 300_000)[:300_000]

    html = to_telegram_html(text)
    split_message(html)
    split_message(text)
    sensible(text)
    plain(text)
