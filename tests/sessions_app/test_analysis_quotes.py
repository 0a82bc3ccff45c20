from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.analysis.quotes import LONGEST_QUOTE, Spoken, said
from sessions_app.rendering import clean

EVA = [
    "Я боюсь, что муж никогда меня не услышит. Сегодня дождь.",
    "Ещё «вчера» — всё было иначе...   и я молчала",
    "Кто-то же должен; don't you think?\nВот и всё",
    "Устала!",
]
ANY_TEXT = st.text(st.characters(codec=None), max_size=120)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("я боюсь, что муж", "Я боюсь, что муж"),
        ("«Я БОЮСЬ что муж»", "Я боюсь, что муж"),
        ('"боюсь — что муж никогда"', "боюсь, что муж никогда"),
        ("...никогда меня не услышит…", "никогда меня не услышит"),
        ("услышит. Сегодня дождь", "услышит. Сегодня дождь"),
        ("еще вчера всё было иначе", "Ещё «вчера» — всё было иначе"),
        ("всё было иначе и я молчала", "всё было иначе...   и я молчала"),
        ("кто то же должен", "Кто-то же должен"),
        ("Don’t you think", "don't you think"),
        ("think? вот и все", "think?\nВот и всё"),
    ],
)
def test_a_quote_is_found_whatever_its_case_and_punctuation(quote: str, found: str) -> None:
    assert said(quote, EVA) == found


@pytest.mark.parametrize(
    "quote",
    [
        "Я боюсь, что жена",
        "боюсь муж",
        "боюсь что мужа",
        "оюсь, что муж",
        "мне страшно, что муж меня не слышит",
        "не услышит Сегодня был дождь",
        "дождь. Ещё вчера",
        "Always yours",
        "",
        " ",
        "…",
        "?! ⟦⟧ 👍",
        "\x00\x00",
    ],
)
def test_what_was_never_said_is_no_quote(quote: str) -> None:
    assert said(quote, EVA) is None


def test_one_word_is_a_quote_only_when_it_is_all_of_a_message() -> None:
    assert said("устала", EVA) == "Устала"
    assert said("«Устала...»", EVA) == "Устала"
    assert said("боюсь", EVA) is None
    assert said("дождь", EVA) is None


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("Я боюсь … Сегодня дождь", "Я боюсь, что муж никогда меня не услышит. Сегодня дождь"),
        ("я боюсь [...] не услышит", "Я боюсь, что муж никогда меня не услышит"),
        ("…я боюсь… что муж (...) сегодня дождь…", "Я боюсь, что муж никогда меня не услышит. Сегодня дождь"),
        # The other way round, across messages, overlapping, or with a lone word for a half.
        ("Сегодня дождь … Я боюсь", None),
        ("Я боюсь … и я молчала", None),
        ("Я боюсь … боюсь, что муж", None),
        ("Я боюсь … дождь", None),
        ("Я боюсь … он меня бросит", None),
    ],
)
def test_an_ellipsis_leaves_words_out_within_one_message(quote: str, found: str | None) -> None:
    assert said(quote, EVA) == found


def test_the_halves_are_taken_where_they_lie_closest() -> None:
    text = "мне жаль. Потом много всего было. Мне жаль, но надо идти дальше"

    assert said("мне жаль … идти дальше", [text]) == "Мне жаль, но надо идти дальше"


def test_a_quote_is_at_most_so_long_and_ends_with_a_whole_word() -> None:
    text = "слово за словом и ещё раз " * 40
    found = said(text, [text])

    assert found is not None
    assert LONGEST_QUOTE - 10 < len(found) <= LONGEST_QUOTE
    assert text.startswith(found + " ")


def test_a_word_longer_than_any_quote_is_none() -> None:
    assert said("x" * 500 + " y", ["x" * 500 + " y"]) is None


def test_what_is_returned_can_be_stored_and_shown() -> None:
    found = said("я боюсь темноты", ["Я\u202e бою\u200bсь\x00 тем\ud800ноты"])

    assert found is not None
    found.encode("utf-8")
    assert "\x00" not in found
    assert "\u202e" not in found


def test_letters_may_be_composed_in_any_way() -> None:
    assert said("мой чужой дом", ["Мо\u0438\u0306 чужо\u0438\u0306 дом"]) is not None
    assert said("мои чужои дом", ["Мой чужой дом"]) is None
    assert said("крепкий замок", ["Крепкий за\u0301мок на двери"]) == "Крепкий за\u0301мок"
    assert said("die strasse hier", ["Die Straße hier, ja"]) == "Die Straße hier"


def test_signs_of_markup_are_punctuation() -> None:
    assert said("**я** боюсь `перемен`", ["Я **боюсь** _перемен_"]) == "Я **боюсь** _перемен"


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("я боюсь " * 400_000, "я боюсь " * 100),
        ("." * 3_000_000, "я боюсь"),
        ("x" * 3_000_000, "x" * 3_000_000),
        ("a " * 900 + "b", "a " * 500_000),
        ("a a … " * 300 + "a b", "a " * 500_000),
        ("\u0438\u0306" * 1_000_000, "\u0438\u0306" * 100_000),
        ("\u0301" * 1_000_000 + "a b", "\u0301" * 1_000_000),
    ],
)
def test_a_megabyte_is_looked_up_like_anything_else(quote: str, text: str) -> None:
    found = said(quote, [text])

    assert found is None or (len(found) <= LONGEST_QUOTE and found in text)


def test_many_quotes_are_looked_up_in_texts_that_were_read_once() -> None:
    spoken = Spoken.of(EVA)

    assert [spoken.find("устала"), spoken.find("сегодня дождь"), spoken.find("никогда больше")] == [
        "Устала",
        "Сегодня дождь",
        None,
    ]
    assert Spoken.of([]).find("сегодня дождь") is None


@given(quote=ANY_TEXT, texts=st.lists(ANY_TEXT, max_size=4))
def test_whatever_comes_back_was_said(quote: str, texts: list[str]) -> None:
    found = said(quote, texts)

    assert found is None or (0 < len(found) <= LONGEST_QUOTE and any(found in clean(text) for text in texts))


@given(
    words=st.lists(st.sampled_from(["Я", "боюсь", "Ёлку", "34", "don't", "кто-то", "и", "всё"]), min_size=2),
    marks=st.lists(st.sampled_from([" ", ", ", " — ", "\n", "! "]), min_size=40, max_size=40),
    start=st.integers(0, 5),
    length=st.integers(2, 6),
)
def test_any_two_words_on_end_are_found_however_they_are_marked(
    words: list[str], marks: list[str], start: int, length: int
) -> None:
    text = "".join(word + mark for word, mark in zip(words, marks, strict=False))
    part = words[start : start + length]
    if len(part) < 2:
        return
    found = said("«" + " ".join(part).upper().replace("Ё", "Е") + "»", [text])

    assert found is not None
    assert found in text
