"""The rows of this room."""

from care.models.figures import KeptFigures
from care.models.proactive import ProactiveMessage
from care.models.run import RotationRun, RunState, RunTrigger

__all__ = ["KeptFigures", "ProactiveMessage", "RotationRun", "RunState", "RunTrigger"]
