"""The rows of this room."""

from events.models.event import Event
from events.models.run import TaskRun, TaskState

__all__ = ["Event", "TaskRun", "TaskState"]
