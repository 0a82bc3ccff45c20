"""What names somebody does not leave the conversation."""

from __future__ import annotations

import pytest

from dashboard.playground.redaction import Redactor


def redacted(text: str, language: str = "en", names: tuple[str, ...] = ("Vera", "Ivanova", "vera_77")) -> str:
    return Redactor(language=language, names=names).text(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("I'm Vera Ivanova.", "I'm [name] [name]."),
        ("vera here", "[name] here"),
        ("Write to vera.iv+x@mail.example.com!", "Write to [e-mail]!"),
        ("See https://t.me/vera_77?x=1 or www.x.org/a", "See [link] or [link]"),
        ("my page: vk.com/id12345.", "my page: [link]"),
        ("I am @vera_77 there", "I am [username] there"),
        ("Call +7 (916) 123-45-67 or 555-123-4567", "Call [phone] or [phone]"),
        ("Born 12.05.1990, or 1990-05-12", "Born [date], or [date]"),
        ("pass 45678, card 4276 1234 5678 9012", "pass [number], card [phone]"),
        ("My husband Paul hides.", "My husband [name A] hides."),
        (
            "Anna told Paul. Paul told Anna's mother.",
            "[name A] told [name B]. [name B] told [name A]'s mother.",
        ),
        ("My key is sk-abcdefghijklmnop", "My key is <key>"),
        (
            "I work at home on Monday, I think; 30 years, 2 of 12.",
            "I work at home on Monday, I think; 30 years, 2 of 12.",
        ),
        ("Honestly? It is fine. Will he come?", "Honestly? It is fine. Will he come?"),
        ("", ""),
    ],
)
def test_english_words_lose_what_names_people(text: str, left: str) -> None:
    assert redacted(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Меня зовут Вера, Вере 30 лет.", "Меня зовут [имя], [имя] 30 лет."),
        ("Я верю, что Бог есть.", "Я верю, что Бог есть."),
        ("Лена сказала, что Лене грустно.", "[имя A] сказала, что [имя A] грустно."),
        ("Лень мне. Любовь зла.", "Лень мне. Любовь зла."),
        ("мы с Мариной и Вами живём в Казани", "мы с [имя A] и Вами живём в [имя B]"),
        ("Пиши: vera@mail.ru, @vera_77, +79161234567", "Пиши: [почта], [ник], [телефон]"),
        ("Наташа, ты тут?", "Наташа, ты тут?"),
    ],
)
def test_russian_words_lose_what_names_people_in_every_case(text: str, left: str) -> None:
    assert redacted(text, "ru", ("Вера", "", "vera_77")) == left


def test_a_name_keeps_its_mark_through_a_conversation() -> None:
    redactor = Redactor(language="en", names=("Vera",))
    assert redactor.text("With Paul and Greta.") == "With [name A] and [name B]."
    assert redactor.text("Then Greta left Paul.") == "Then [name B] left [name A]."


def test_lists_and_objects_are_gone_through() -> None:
    value = {"themes": ["Vera and Paul", 3], "light": -20, "more": {"who": "@vera_77"}}
    assert Redactor(language="en", names=("Vera",)).value(value) == {
        "themes": ["[name] and [name A]", 3],
        "light": -20,
        "more": {"who": "[username]"},
    }


def test_an_unknown_language_is_marked_in_english() -> None:
    assert redacted("Hello Vera", "de") == "Hello [name]"


@pytest.mark.parametrize(
    "text", ["A" * 50_000, "1 " * 50_000, "a." * 50_000, "a@" * 50_000, "Aa " * 50_000, "+(" * 50_000]
)
def test_a_long_text_costs_its_length(text: str) -> None:
    assert len(redacted(text)) <= 20 * len(text)


def test_many_names_are_told_apart() -> None:
    names = [f"{a}{b}ov" for a in "BCDFGK" for b in ("oris", "eter", "odor", "anil", "uk")]
    marks = {redacted(f"with {name}", names=()) for name in names}
    assert marks == {"with [name A]"}
    together = redacted("with " + ", and ".join(names), names=())
    assert "[name Z]" in together
    assert "[name A1]" in together
