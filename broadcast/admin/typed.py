"""The texts of a broadcast as a form has them: variants by languages, each with a list of buttons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from broadcast.content import MOST_BUTTONS, MOST_VARIANTS, Button, Content, Variant, Wording

LABELS: Final = "ABCDEF"
MOST_LANGUAGES: Final = 12
# Beyond this nothing is kept at all; what may be sent is far less.
_LONGEST: Final = 50_000
_LINK: Final = "link"
_SAY: Final = "say"


class Sent(Protocol):
    """What a browser sent, as Django has it."""

    def __contains__(self, key: object, /) -> bool: ...

    def __getitem__(self, key: str, /) -> Any: ...

    def getlist(self, key: str) -> list[str]: ...


@dataclass(slots=True)
class TypedButton:
    """A button as it was typed: `target` is an address, or what tapping it says. `joins`: beside the one before."""

    label: str = ""
    kind: str = _LINK
    target: str = ""
    joins: bool = False


@dataclass(slots=True)
class TypedText:
    """One text in one language."""

    text: str = ""
    buttons: list[TypedButton] = field(default_factory=list)


@dataclass(slots=True)
class Typed:
    """All texts: `variants[number][language]`."""

    languages: list[str]
    fallback: str
    variants: list[dict[str, TypedText]]

    @classmethod
    def from_content(cls, content: Content, *, languages: Iterable[str]) -> Typed:
        """What was written before; `languages` are those of a text that is still to be written."""
        codes = list(dict.fromkeys(code for each in content.variants for code in each.wordings))
        # Kept JSON has an order of its own; the language of most people comes first.
        codes.sort(key=lambda code: code != content.fallback)
        codes = codes or list(dict.fromkeys(languages)) or ["en"]
        return cls(
            languages=codes,
            fallback=content.fallback or codes[0],
            variants=[
                {
                    code: _typed(each.wordings[code]) if code in each.wordings else TypedText()
                    for code in codes
                }
                for each in content.variants
            ]
            or [{code: TypedText() for code in codes}],
        )

    @classmethod
    def from_sent(cls, sent: Sent) -> Typed:
        """What a browser sent; whatever is missing is empty, and more than there may be is cut off."""
        codes = list(dict.fromkeys(filter(None, (_code(each) for each in sent.getlist("languages")))))
        codes = codes[:MOST_LANGUAGES] or ["en"]
        fallback = _code(_one(sent, "fallback"))
        return cls(
            languages=codes,
            fallback=fallback if fallback in codes else codes[0],
            variants=[
                {
                    code: TypedText(
                        text=_said(sent, f"text-{number}-{code}"),
                        buttons=_buttons(sent, f"{number}-{code}"),
                    )
                    for code in codes
                }
                for number in range(_count(sent, "variants", 1, MOST_VARIANTS))
            ],
        )

    def content(self) -> Content:
        """What is kept: languages in which a text says nothing are left out, but for the fallback."""
        return Content(
            variants=tuple(
                Variant(
                    LABELS[number],
                    {
                        code: Wording(text.text, _rows(text.buttons))
                        for code, text in texts.items()
                        if code == self.fallback or text.text.strip() or _rows(text.buttons)
                    },
                )
                for number, texts in enumerate(self.variants)
            ),
            fallback=self.fallback,
        )

    def change(self, change: str, sent: Sent) -> None:
        """Add or remove a text, a language or a button; what makes no sense changes nothing."""
        name, *rest = change.split(":")
        match name, rest:
            case "add-variant", [] if len(self.variants) < MOST_VARIANTS:
                self.variants.append({code: TypedText() for code in self.languages})
            case "remove-variant", [number] if len(self.variants) > 1 and self._has(number):
                del self.variants[int(number)]
            case "add-language", []:
                self._add_language(_code(_one(sent, "new-language")))
            case "remove-language", [code] if code in self.languages and len(self.languages) > 1:
                self.languages.remove(code)
                for texts in self.variants:
                    texts.pop(code, None)
                self.fallback = self.fallback if self.fallback in self.languages else self.languages[0]
            case "add-button", [number, code] if self._has(number) and code in self.languages:
                buttons = self.variants[int(number)][code].buttons
                if len(buttons) < MOST_BUTTONS:
                    buttons.append(TypedButton())
            case "remove-button", [number, code, place] if self._has(number) and code in self.languages:
                buttons = self.variants[int(number)][code].buttons
                if place.isdecimal() and int(place) < len(buttons):
                    del buttons[int(place)]
            case _:
                pass

    def _has(self, number: str) -> bool:
        return number.isascii() and number.isdecimal() and int(number) < len(self.variants)

    def _add_language(self, code: str) -> None:
        if not code or code in self.languages or len(self.languages) >= MOST_LANGUAGES:
            return
        self.languages.append(code)
        for texts in self.variants:
            texts[code] = TypedText()


def _typed(wording: Wording) -> TypedText:
    return TypedText(
        wording.text,
        [
            TypedButton(each.label, _LINK if each.url else _SAY, each.url or each.say, joins=place > 0)
            for row in wording.buttons
            for place, each in enumerate(row)
        ],
    )


def _rows(typed: Iterable[TypedButton]) -> tuple[tuple[Button, ...], ...]:
    rows: list[list[Button]] = []
    for each in typed:
        label, target = each.label.strip(), each.target.strip()
        if not label and not target:
            continue
        # A link without an address would go into the conversation, which is not what was chosen.
        is_link = each.kind == _LINK
        button = Button(label, url=target or "https://") if is_link else Button(label, say=target)
        if each.joins and rows:
            rows[-1].append(button)
        else:
            rows.append([button])
    return tuple(tuple(row) for row in rows)


def _buttons(sent: Sent, place: str) -> list[TypedButton]:
    return [
        TypedButton(
            label=_line(sent, f"label-{place}-{number}"),
            kind=_SAY if _one(sent, f"kind-{place}-{number}") == _SAY else _LINK,
            target=_line(sent, f"target-{place}-{number}"),
            joins=bool(_one(sent, f"joins-{place}-{number}")),
        )
        for number in range(_count(sent, f"buttons-{place}", 0, MOST_BUTTONS))
    ]


def _one(sent: Sent, name: str) -> str:
    return str(sent[name]) if name in sent else ""


def _count(sent: Sent, name: str, least: int, most: int) -> int:
    said = _one(sent, name)
    return (
        max(least, min(most, int(said))) if said.isascii() and said.isdecimal() and len(said) < 4 else least
    )


def _said(sent: Sent, name: str) -> str:
    """Browsers end lines in their own way; a database cannot keep a NUL."""
    return _one(sent, name)[:_LONGEST].replace("\r\n", "\n").replace("\x00", "")


def _line(sent: Sent, name: str) -> str:
    return " ".join(_said(sent, name).split())[:2000]


def _code(said: str) -> str:
    """A language code as readers have it; whatever else was typed is told of when texts are checked."""
    code = said.strip().lower().replace("_", "-")[:20]
    return "".join(each for each in code if each.isalnum() or each == "-")
