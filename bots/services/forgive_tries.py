from __future__ import annotations

from django.db.models import F
from django.db.models.functions import Greatest

from bots.models import SignInTry
from core.clock import clock
from core.encryption import fingerprint


def forgive_tries(*, key: str) -> None:
    """It was them: what they got wrong before counts no more."""
    SignInTry.objects.filter(key=fingerprint(key)).delete()


def take_back_try(*, key: str) -> None:
    """This one try was good; those of others under the same key still count."""
    SignInTry.objects.filter(key=fingerprint(key)).update(
        count=Greatest(F("count") - 1, 0), wait_until=clock.now()
    )
