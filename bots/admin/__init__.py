"""The registry of bots, as staff see it."""

from bots.admin.alert import AlertAdmin
from bots.admin.bot import BotAdmin
from bots.admin.figures import BotMetricDayAdmin
from bots.admin.persona import PersonaAdmin, PromptAdmin, PromptVersionAdmin
from bots.admin.staff import GroupAdmin, StaffAdmin

__all__ = [
    "AlertAdmin",
    "BotAdmin",
    "BotMetricDayAdmin",
    "GroupAdmin",
    "PersonaAdmin",
    "PromptAdmin",
    "PromptVersionAdmin",
    "StaffAdmin",
]
