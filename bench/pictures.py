"""A journey to draw: twelve stages of which some are done, with the texts that the product would put there."""

from __future__ import annotations

from journey.picture import JourneyPicture, StageMark
from journey.stages import stages


def a_journey(current: int) -> JourneyPicture:
    """Somebody stands on this stage (1 to 12), after some days on each before it."""
    return JourneyPicture(
        title="Путь Марии",
        subtitle=f"Этап {current} из 12",
        marks=tuple(
            StageMark(
                stage.number,
                stage.name,
                "done" if stage.number < current else "current" if stage.number == current else "ahead",
                f"{stage.number} дней" if stage.number <= current else "",
            )
            for stage in stages("ru")
        ),
        legend=("пройдено", "сейчас", "впереди"),
    )
