"""How far somebody has come with signing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase

from bots.models import SecondFactor

# In the session: the factor that was proved in it. Another factor asks anew.
_PROVED = "second_factor"


class Standing(Enum):
    """What still stands between the password and the pages."""

    PROVEN = "nothing"
    CODE_WANTED = "the code of their app"
    ENROLMENT_WANTED = "an app, which is compulsory here"


@dataclass(frozen=True, slots=True)
class FactorState:
    """An account's second factor as its owner sees it."""

    is_confirmed: bool
    secret: str
    since: datetime | None
    codes_left: int


def standing_of(*, user: User, session: SessionBase) -> Standing:
    """What this person still has to do in this browser."""
    factor = _factor(user)
    if factor is not None and factor.is_confirmed:
        return Standing.PROVEN if session.get(_PROVED) == factor.pk else Standing.CODE_WANTED
    return Standing.ENROLMENT_WANTED if settings.STAFF_OTP_REQUIRED else Standing.PROVEN


def note_proof(*, user: User, session: SessionBase) -> None:
    """In this browser the factor was proved. Another key for the session: what was known before proves nothing."""
    session.cycle_key()
    session[_PROVED] = SecondFactor.objects.values_list("pk", flat=True).get(user=user)


def factor_state(*, user: User) -> FactorState | None:
    """The account's factor, whether in use or only begun; None where there is none."""
    factor = SecondFactor.objects.filter(user=user).first()
    if factor is None:
        return None
    return FactorState(
        is_confirmed=factor.is_confirmed,
        # Shown until a first code has arrived, and never again.
        secret="" if factor.is_confirmed else factor.secret,
        since=factor.confirmed_at,
        codes_left=factor.recovery_codes.count(),
    )


def _factor(user: Any) -> SecondFactor | None:
    # None where the account has none: the backend has asked already.
    return getattr(user, "second_factor", None)
