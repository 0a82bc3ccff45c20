"""How the journey looks in the admin."""

from __future__ import annotations

from datetime import timedelta

from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bots.admin.faces import badge
from core.clock import clock
from journey.models import ProgressOutcome
from journey.stages import Intensity

INTENSITIES = {
    Intensity.SOFT: gettext_lazy("soft"),
    Intensity.MEDIUM: gettext_lazy("medium"),
    Intensity.FIRM: gettext_lazy("firm"),
}
LANGUAGE_NAMES = {"ru": gettext_lazy("Russian"), "en": gettext_lazy("English")}
_HOW_HARD = {Intensity.SOFT: "info", Intensity.MEDIUM: "", Intensity.FIRM: "warning"}
_HOW_LEFT = {
    ProgressOutcome.CURRENT: "info",
    ProgressOutcome.COMPLETED: "success",
    ProgressOutcome.LEFT: "",
    ProgressOutcome.DISPUTED: "warning",
}


def intensity(how: Intensity) -> SafeString:
    """How hard the coach may push, as a label."""
    return badge(INTENSITIES[how], _HOW_HARD[how])


def outcome(how: str) -> SafeString:
    """How a stage was left, as a label."""
    known = ProgressOutcome(how)
    return badge(known.label, _HOW_LEFT[known])


def span(seconds: float) -> str:
    """A length of time in words."""
    if seconds < 60:
        return _("less than a minute")
    now = clock.now()
    return timesince(now - timedelta(seconds=seconds), now, depth=2)
