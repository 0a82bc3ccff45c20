"""The picture of a person's journey: what it is made of, and the one function that draws it.

Pure: no database, no clock, no network, and no files but the letters in `journey/fonts`.
"""

from __future__ import annotations

from journey.picture.contracts import JourneyPicture, StageMark, StageState
from journey.picture.drawing import PICTURE_VERSION, draw_journey

__all__ = ["PICTURE_VERSION", "JourneyPicture", "StageMark", "StageState", "draw_journey"]
