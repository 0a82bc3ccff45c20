"""The rows of this room."""

from care.models.day import BotDay
from care.models.figures import KeptFigures
from care.models.pick import PickResult, RotationPick
from care.models.proactive import ProactiveMessage
from care.models.run import RotationRun, RunState, RunTrigger

__all__ = [
    "BotDay",
    "KeptFigures",
    "PickResult",
    "ProactiveMessage",
    "RotationPick",
    "RotationRun",
    "RunState",
    "RunTrigger",
]
