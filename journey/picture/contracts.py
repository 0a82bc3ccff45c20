"""What the picture is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

StageState = Literal["done", "current", "ahead"]
STAGES: Final = 12


@dataclass(frozen=True, slots=True)
class StageMark:
    """One of the twelve stations: its name and time are ready-made texts in the person's language."""

    number: int
    name: str
    state: StageState
    time: str = ""  # "3 дня"; empty where there is nothing to say


@dataclass(frozen=True, slots=True)
class JourneyPicture:
    """Everything the picture shows. Texts may hold anything that people call themselves.

    Raises ValueError unless the marks are the twelve in their order.
    """

    title: str
    subtitle: str
    marks: tuple[StageMark, ...]
    legend: tuple[str, str, str]  # the words for done, current, ahead

    def __post_init__(self) -> None:
        if [mark.number for mark in self.marks] != list(range(1, STAGES + 1)):
            msg = "a journey has the twelve stages, each once, in their order"
            raise ValueError(msg)
