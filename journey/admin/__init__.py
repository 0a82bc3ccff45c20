"""The journey as staff see it: what the stages say, where people stand, and what they are ready for."""

import journey.admin.panel  # noqa: F401 - its parts of a person's page
from journey.admin.steps import ReadinessAdmin, StepAdmin
from journey.admin.wordings import StageVersionAdmin

__all__ = ["ReadinessAdmin", "StageVersionAdmin", "StepAdmin"]
