"""What a sign of crisis is called for staff; alerts and events keep its code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from bots.models import AlertKind

SIGNS: Final[Mapping[str, Any]] = {
    "self_harm": _("self-harm"),
    "violence": _("violence"),
    "abuse": _("abuse"),
    "minor": _("under age"),
}


def subject_of(kind: str, subject: str) -> str:
    """What an alert is about."""
    return str(SIGNS.get(subject, subject)) if kind == AlertKind.CRISIS else subject
