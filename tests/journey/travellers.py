"""Journeys to draw."""

from __future__ import annotations

from journey.picture import JourneyPicture, StageMark, StageState
from journey.stages import stages

LEGEND = {"ru": ("пройдено", "сейчас", "впереди"), "en": ("done", "you are here", "ahead")}
TITLE = {"ru": "Путь героя", "en": "The Hero’s Journey"}
LETTERS: dict[str, StageState] = {"d": "done", "c": "current", "a": "ahead"}


def a_journey(
    states: str = "dddddcaaaaaa",
    *,
    language: str = "ru",
    subtitle: str = "Вера · 21 ноября 2026",
    title: str | None = None,
    time: str = "",
    names: tuple[str, ...] = (),
) -> JourneyPicture:
    """A journey whose states are spelt with one letter for each stage; `time` stands at all but those ahead."""
    names = names or tuple(each.name for each in stages(language))
    return JourneyPicture(
        title=TITLE[language] if title is None else title,
        subtitle=subtitle,
        marks=tuple(
            StageMark(number, name, LETTERS[letter], "" if letter == "a" else time)
            for number, (name, letter) in enumerate(zip(names, states, strict=True), start=1)
        ),
        legend=LEGEND[language],
    )


def standing_at(number: int) -> str:
    """All stages before this one done, all behind it ahead; 13: all done."""
    return ("d" * (number - 1) + "c" + "a" * 12)[:12]
