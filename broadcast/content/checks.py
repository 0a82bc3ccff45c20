"""What of a broadcast's content cannot be sent, found before anything is sent. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from broadcast.content.said import Button, Content, Variant, Wording
from broadcast.content.told import ContentProblem, message
from broadcast.markup import TAG, TAGS, check_markup, is_link
from broadcast.wording import compiled
from profiles.plain import plain_text
from sessions_app.rendering import MESSAGE_UNITS, clean, units

# Telegram's limits.
LONGEST_TEXT: Final = MESSAGE_UNITS
LONGEST_CAPTION: Final = 1024
MOST_ENTITIES: Final = 100
_MOST_KEYBOARD_BYTES: Final = 10_000
# Ours: what people can take in and use.
MOST_VARIANTS: Final = 6
MOST_BUTTONS: Final = 20
MOST_BUTTONS_IN_ROW: Final = 8
LONGEST_LABEL: Final = 64
LONGEST_SAID: Final = 300
LONGEST_URL: Final = 1000
# What is written in tags and references comes on top of the text; beyond this nothing is read at all.
_LONGEST_SOURCE: Final = 40_000

MEDIA: Final = ("", "photo", "video", "voice", "document")

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}")
_TAG_NAME: Final = re.compile(r"[a-z-]+", re.IGNORECASE)
# What a variable is often called by those who do not know its name.
_MEANT: Final[Mapping[str, str]] = {
    "имя": "name",
    "first_name": "name",
    "username": "name",
    "user": "name",
    "стадия": "stage",
    "этап": "stage",
    "step": "stage",
    "поток": "stream",
    "программа": "stream",
    "course": "stream",
    "бот": "bot",
    "персона": "bot",
    "botname": "bot",
    "bot_name": "bot",
    "persona": "bot",
    "дни": "days",
    "дней": "days",
    "день": "days",
}


_Found = tuple[str, str, Mapping[str, object]]


def check_content(content: Content, *, media: str, variables: Collection[str]) -> list[ContentProblem]:
    """Everything that would be refused or shown wrongly; empty when it can be sent.

    `media` is one of `MEDIA`, the empty one for a message of text alone. `variables` are the names that may be
    used. Lengths are those of the longest values that the variables may take.
    """
    found = [_problem("", "", each) for each in _of_all(content, media)]
    for number, variant in enumerate(content.variants[:MOST_VARIANTS], start=1):
        label = variant.label.strip() or f"#{number}"
        found.extend(_problem(label, "", each) for each in _of_variant(variant, content.fallback))
        for language, wording in variant.wordings.items():
            found.extend(
                _problem(label, language, each)
                for each in (
                    *_of_language(language),
                    *_of_text(wording, language, media=media, variables=variables),
                    *_of_buttons(wording),
                )
            )
    return found


def _problem(variant: str, language: str, found: _Found) -> ContentProblem:
    code, where, values = found
    return ContentProblem(code, variant, language, where, message(code, values, "en"), values)


def _of_all(content: Content, media: str) -> Iterator[_Found]:
    if media not in MEDIA:
        yield "media_unknown", "", {"media": media}
    if not content.variants:
        yield "no_variants", "", {}
    if len(content.variants) > MOST_VARIANTS:
        yield "too_many_variants", "", {"count": len(content.variants), "most": MOST_VARIANTS}
    labels = [variant.label.strip().casefold() for variant in content.variants]
    for label in sorted({each for each in labels if each and labels.count(each) > 1}):
        yield "label_twice", "", {"label": label}
    if content.variants and not content.fallback:
        yield "no_fallback", "", {}


def _of_variant(variant: Variant, fallback: str) -> Iterator[_Found]:
    if not variant.label.strip():
        yield "variant_unnamed", "", {}
    elif len(variant.label) > LONGEST_LABEL:
        yield "variant_label_long", "", {"length": len(variant.label), "most": LONGEST_LABEL}
    if fallback and fallback not in variant.wordings:
        yield "fallback_missing", "", {"fallback": fallback}


def _of_language(language: str) -> Iterator[_Found]:
    if not _LANGUAGE.fullmatch(language):
        yield "language_unfit", "", {"code": language}


def _of_text(wording: Wording, language: str, *, media: str, variables: Collection[str]) -> Iterator[_Found]:
    text = wording.text
    if len(text) > _LONGEST_SOURCE:
        yield "source_long", "text", {"length": len(text), "most": _LONGEST_SOURCE}
        return
    if clean(text) != text.replace("\r\n", "\n"):
        yield "unprintable", "text", {}
    yield from _of_braces(text, variables)
    for problem in check_markup(text).problems:
        yield (
            problem.code,
            _place(text, problem.position),
            {"fragment": problem.fragment, "name": problem.name, "expected": problem.expected}
            | _advice(problem.code, problem.name),
        )
    yield from _of_size(text, language, media=media)


def _of_braces(text: str, variables: Collection[str]) -> Iterator[_Found]:
    template = compiled(text)
    for fault in template.faults:
        yield fault.code, _place(text, fault.position), {"fragment": fault.fragment}
    for slot in template.slots:
        if slot.name not in variables:
            nearest = _nearest(slot.name, variables)
            yield (
                "variable_near" if nearest else "variable_unknown",
                _place(text, slot.position),
                {
                    "name": slot.name,
                    "nearest": nearest,
                    "known": ", ".join(f"{{{each}}}" for each in variables),
                },
            )


def _of_size(text: str, language: str, *, media: str) -> Iterator[_Found]:
    template = compiled(text)
    if not media and not plain_text(check_markup(template.at_shortest(language)).plain, 2 * LONGEST_TEXT):
        # Variables without a value may leave nothing.
        yield "empty_perhaps" if template.slots else "empty", "text", {}
    longest = check_markup(template.at_longest(language))
    # Telegram counts what is left without the white space around it.
    length = units(longest.plain.strip())
    most = LONGEST_CAPTION if media else LONGEST_TEXT
    if length > most:
        code = "caption_long" if media else "text_long"
        code = f"{code}_filled" if template.slots else code
        yield code, "text", {"length": length, "most": most, "over": length - most}
    if longest.entities > MOST_ENTITIES:
        yield "too_many_entities", "text", {"count": longest.entities, "most": MOST_ENTITIES}


def _of_buttons(wording: Wording) -> Iterator[_Found]:
    count = sum(len(row) for row in wording.buttons)
    if count > MOST_BUTTONS:
        yield "too_many_buttons", "", {"count": count, "most": MOST_BUTTONS}
        return
    taken = 0
    for number, row in enumerate(wording.buttons, start=1):
        if len(row) > MOST_BUTTONS_IN_ROW:
            yield "row_long", f"buttons:{number}", {"count": len(row), "most": MOST_BUTTONS_IN_ROW}
        for column, button in enumerate(row, start=1):
            taken += sum(len(each.encode("utf-8", "replace")) for each in (button.label, button.url)) + 60
            for code, values in _of_button(button):
                yield code, f"button:{number}:{column}", values
    if taken > _MOST_KEYBOARD_BYTES:
        yield "buttons_large", "", {"most": _MOST_KEYBOARD_BYTES}


def _of_button(button: Button) -> Iterator[tuple[str, Mapping[str, object]]]:
    label = plain_text(button.label, max(len(button.label), 1))
    if not label:
        yield "button_unnamed", {}
    elif len(button.label) > LONGEST_LABEL:
        yield "button_label_long", {"length": len(button.label), "most": LONGEST_LABEL}
    if clean(button.label + button.say) != button.label + button.say:
        yield "unprintable", {}
    if any(_names_a_tag(tag[0]) for tag in TAG.finditer(button.label)):
        yield "button_markup", {"label": button.label}
    if compiled(button.label).slots:
        yield "button_variable", {"label": button.label}
    if button.url and button.say:
        yield "button_both", {}
    if len(button.url) > LONGEST_URL:
        yield "button_url_long", {"length": len(button.url), "most": LONGEST_URL}
    elif button.url and not is_link(button.url):
        yield "button_url_unfit", {"url": button.url}
    if len(button.say) > LONGEST_SAID:
        yield "button_say_long", {"length": len(button.say), "most": LONGEST_SAID}


def _names_a_tag(text: str) -> bool:
    named = _TAG_NAME.search(text)
    return named is not None and named[0].lower() in TAGS


def _nearest(name: str, variables: Collection[str]) -> str:
    if _MEANT.get(name) in variables:
        return _MEANT[name]
    return next(iter(get_close_matches(name, sorted(variables), n=1, cutoff=0.5)), "")


def _advice(code: str, name: str) -> dict[str, str]:
    """Which advice fits a tag that Telegram does not know: `advice` names it among the messages."""
    if code != "unknown_tag":
        return {}
    if name in {"br", "p", "div"}:
        return {"advice": "advice_break"}
    if name in {"h1", "h2", "h3", "h4", "h5", "h6"}:
        return {"advice": "advice_heading"}
    return {"advice": "advice_list"} if name in {"ul", "ol", "li"} else {"advice": "advice_tags"}


def _place(text: str, position: int) -> str:
    before = text[:position]
    return f"text:{before.count(chr(10)) + 1}:{position - before.rfind(chr(10))}"
