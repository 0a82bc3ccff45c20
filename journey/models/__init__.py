"""The rows of this room."""

from journey.models.progress import JourneyProgress, ProgressOutcome
from journey.models.readiness import Readiness
from journey.models.stage_text import StageVersion

__all__ = ["JourneyProgress", "ProgressOutcome", "Readiness", "StageVersion"]
