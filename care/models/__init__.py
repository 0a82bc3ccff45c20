"""The rows of this room."""

from care.models.proactive import ProactiveMessage
from care.models.run import RotationRun, RunState, RunTrigger

__all__ = ["ProactiveMessage", "RotationRun", "RunState", "RunTrigger"]
