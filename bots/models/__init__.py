"""The rows of this room."""

from bots.models.access import AccessRole, BotAccess
from bots.models.alert import Alert, AlertKind
from bots.models.bot import Bot, Language, ModelProvider, ProactiveKind, WantedState
from bots.models.metric import BotMetric, BotMetricDay
from bots.models.persona import Persona, Prompt, PromptDraft, PromptVersion
from bots.models.picture import BotPicture, PictureType
from bots.models.sign_in import RecoveryCode, SecondFactor, SignInTry, StaffSession
from bots.models.status import BotPeriod, BotStatus, ObservedState

__all__ = [
    "AccessRole",
    "Alert",
    "AlertKind",
    "Bot",
    "BotAccess",
    "BotMetric",
    "BotMetricDay",
    "BotPeriod",
    "BotPicture",
    "BotStatus",
    "Language",
    "ModelProvider",
    "ObservedState",
    "Persona",
    "PictureType",
    "ProactiveKind",
    "Prompt",
    "PromptDraft",
    "PromptVersion",
    "RecoveryCode",
    "SecondFactor",
    "SignInTry",
    "StaffSession",
    "WantedState",
]
